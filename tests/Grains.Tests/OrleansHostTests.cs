using Triggers.Runtime.Hosting;
using Triggers.Runtime.Tests;
using Triggers.Runtime.Tests.Support;
using Triggers.Storage.Postgres;
using Triggers.Tests.Shared;

namespace Triggers.Grains.Tests;

/// <summary>One silo. It outlives the servers that a test stops, crashes and starts, so customers that stand ahead of the next one's cursor must go back.</summary>
public abstract class OrleansConformance : HostConformance, IAsyncLifetime
{
    private LoopHost? _silo;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_silo is not null)
        {
            await _silo.DisposeAsync();
        }
    }

    protected async Task<ServerHarness> StartOnSiloAsync(Action<ServerHarness>? setUp)
    {
        var harness = new ServerHarness();
        setUp?.Invoke(harness);
        _silo = ClusterHost.Create(ClusterSettings.Alone, harness.Logs);
        harness.Loops = _silo;
        await harness.StartAsync();
        return harness;
    }
}

[NeedsOrleans]
public sealed class OrleansHostTests : OrleansConformance
{
    protected override Task<ServerHarness> StartAsync(Action<ServerHarness>? setUp = null) => StartOnSiloAsync(setUp);
}

[NeedsOrleans]
[NeedsPostgres]
public sealed class OrleansHostOnPostgresTests : OrleansConformance
{
    protected override async Task<ServerHarness> StartAsync(Action<ServerHarness>? setUp = null)
    {
        var server = await PostgresServer.SharedAsync();
        var schema = "orleans_" + Guid.NewGuid().ToString("N");
        return await StartOnSiloAsync(harness =>
        {
            harness.OpenStore = async each => await PostgresStore.OpenAsync(
                new PostgresStoreOptions { ConnectionString = server.ConnectionString(schema), MaintainsItself = each.StoreMaintainsItself }, each.Time, each.Logs);
            setUp?.Invoke(harness);
        });
    }
}
