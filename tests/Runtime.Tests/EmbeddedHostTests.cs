using System.Text;
using Triggers.Runtime.Tests.Support;
using Triggers.Storage.Postgres;
using Triggers.Storage.Sqlite;
using Triggers.Tests.Shared;

namespace Triggers.Runtime.Tests;

/// <summary>The embedded host over SQLite.</summary>
public sealed class EmbeddedHostTests : HostConformance
{
    [EngineFact]
    public async Task A_stop_that_could_not_flush_is_told_from_one_that_did()
    {
        var faults = new FaultStore();
        await using var host = await StartAsync(set => set.Wrap = faults.Around);
        await host.StopAsync();
        Assert.False(host.Server.EndedEarly);

        await host.StartAsync();
        faults.SpoilLog();
        await host.TrackAsync("ann", "Signed Up");
        await host.StopAsync();

        Assert.True(host.Server.EndedEarly);
    }

    [EngineFact]
    public async Task A_loop_that_begins_again_keeps_its_thread()
    {
        var faults = new FaultStore();
        await using var host = await StartAsync(set => set.Wrap = faults.Around);
        faults.LoseNextEpoch();
        await host.TrackAsync("ann", "Signed Up");
        await ServerHarness.UntilAsync(() => faults.EpochsLost == 1, "the epoch to be lost");
        await host.SettleAsync();

        Assert.False(faults.ReadsOnPoolThreads);
    }

    [EngineFact]
    public async Task A_start_that_has_to_replay_a_damaged_block_ends_with_what_is_damaged()
    {
        await using var host = await StartAsync();
        await host.TrackAsync("ann", "Signed Up");
        await host.SettleAsync();
        await host.CrashAsync();
        var file = Path.Combine(host.DataFolder, "store.db");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file, Encoding.Latin1)).Replace("u:ann", "u:bob", StringComparison.Ordinal), Encoding.Latin1);

        var error = await Assert.ThrowsAsync<StoreDamagedException>(host.StartAsync);
        await host.Opened.DisposeAsync();

        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains("of the log (table Blocks) is damaged", error.Message, StringComparison.Ordinal);
    }

    protected override Task<ServerHarness> StartAsync(Action<ServerHarness>? setUp = null) => ServerHarness.StartNewAsync(setUp);
}

[NeedsPostgres]
public sealed class EmbeddedHostOnPostgresTests : HostConformance
{
    protected override async Task<ServerHarness> StartAsync(Action<ServerHarness>? setUp = null)
    {
        var server = await PostgresServer.SharedAsync();
        var schema = "host_" + Guid.NewGuid().ToString("N");
        return await ServerHarness.StartNewAsync(harness =>
        {
            harness.OpenStore = async each => await PostgresStore.OpenAsync(
                new PostgresStoreOptions { ConnectionString = server.ConnectionString(schema), MaintainsItself = each.StoreMaintainsItself }, each.Time, each.Logs);
            setUp?.Invoke(harness);
        });
    }
}
