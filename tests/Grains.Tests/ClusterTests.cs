#if WITH_ORLEANS
using Triggers.Grains.Hosting;
using Triggers.Runtime.Operations;
using Triggers.Runtime.Tests.Support;
using Triggers.Storage.Postgres;
using Triggers.Tests.Shared;

namespace Triggers.Grains.Tests;

/// <summary>Several servers over one store: who has which partition, what becomes of it when one comes, goes or crashes, and what they tell each other.</summary>
[NeedsPostgres]
public sealed class ClusterTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(40);

    private TestCluster _cluster = null!;
    private ServerHarness _host = null!;

    public async Task InitializeAsync()
    {
        if (PostgresServer.WhyNot is null)
        {
            _cluster = new TestCluster(await PostgresServer.SharedAsync());
            _host = new ServerHarness();
            _cluster.Join(_host);
            await _host.StartAsync();
        }
    }

    public async Task DisposeAsync()
    {
        if (_host is not null)
        {
            await _cluster.DisposeAsync();
            await _host.DisposeAsync();
        }
    }

    [EngineFact]
    public async Task A_silo_that_joins_gets_its_share_and_one_that_stops_gives_its_partitions_back()
    {
        await FillAsync(1);
        var second = await _cluster.AddAsync(_host);

        await UntilAsync(() => second.Partitions.Count == 32 && Mine.Count == 32, "each of two silos to have half");
        Assert.Empty(second.Partitions.Intersect(Mine));
        await FillAsync(2);

        await second.StopAsync();
        await UntilAsync(() => Mine.Count == 64, "the one that is left to have all");
        await FillAsync(3);
        await AssertFilledAsync(3);
    }

    [EngineFact]
    public async Task Partitions_of_a_silo_that_crashed_begin_elsewhere_with_nothing_lost_or_doubled()
    {
        var second = await _cluster.AddAsync(_host);
        await UntilAsync(() => second.Partitions.Count == 32, "the second silo to have half");
        await FillAsync(1);

        await second.CrashAsync();
        await FillAsync(2);
        await AssertFilledAsync(2);
        Assert.Equal(64, Mine.Count);
    }

    [EngineFact]
    public async Task A_drained_silo_has_no_partitions_until_it_is_undrained_and_the_last_one_cannot_be()
    {
        var second = await _cluster.AddAsync(_host);
        var web = await _cluster.AddAsync(_host, hasSilo: false);
        await UntilAsync(() => web.Server.IsReady && second.Partitions.Count == 32, "the second silo to have half");
        await FillAsync(1);

        await web.Server.Operations.PlaceAsync(PlacementOrder.Drain, "node0", default);
        await UntilAsync(() => second.Partitions.Count == 0 && Mine.Count == 64, "the drained silo to have none");
        await FillAsync(2);
        Assert.Equal("balanced drained", string.Join(' ', (await _host.Server.Operations.ViewAsync(default)).Nodes.Select(node => node.Placement)));
        Assert.Contains("No other silo", await RefusedAsync(web, PlacementOrder.Drain, Environment.MachineName), StringComparison.Ordinal);
        Assert.Contains($"{Environment.MachineName} (127.0.0.1:", await RefusedAsync(web, PlacementOrder.Drain, "nobody"), StringComparison.Ordinal);

        await web.Server.Operations.PlaceAsync(PlacementOrder.Undrain, "node0", default);
        await UntilAsync(() => second.Partitions.Count == 32 && Mine.Count == 32, "it to have half again");
        await AssertFilledAsync(2);
    }

    [EngineFact]
    public async Task While_balance_is_held_partitions_move_only_when_somebody_asks()
    {
        await _host.Server.Operations.PlaceAsync(PlacementOrder.Hold, null, default);
        await UntilAsync(() => Placement(_host) == PlacementStates.Held, "the hold to be known");
        var second = await _cluster.AddAsync(_host);

        // By itself it would go on long before this.
        await Task.Delay(2 * Limits.BalanceAfterMs);
        Assert.Equal((64, 0), (Mine.Count, second.Partitions.Count));

        await second.Server.Operations.PlaceAsync(PlacementOrder.Rebalance, null, default);
        await UntilAsync(() => second.Partitions.Count == 32 && Mine.Count == 32, "each to have half");
        await _host.Server.Operations.PlaceAsync(PlacementOrder.Release, null, default);
        await UntilAsync(() => Placement(_host) == PlacementStates.Balanced, "the release to be known");
    }

    [EngineFact]
    public async Task A_process_without_a_silo_asks_those_that_have_one()
    {
        var web = await _cluster.AddAsync(_host, hasSilo: false);
        await UntilAsync(() => web.Server.IsReady, "the process to have found a silo");
        await _host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await _host.SettleAsync();

        var customer = await web.Server.Queries.CustomerAsync("ann", default);
        Assert.Equal("ann@example.com", customer?.Email);
        Assert.Empty(web.Partitions);
    }

    [EngineFact]
    public async Task A_campaign_paused_in_one_process_is_paused_in_all()
    {
        var second = await _cluster.AddAsync(_host);
        Assert.True(await second.Server.Commands.PauseCampaignAsync("welcome", true, default));
        await UntilAsync(() => _host.Server.Queries.Campaign("welcome")!.Status == "paused", "the other process to know of the pause");

        await _host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await _host.TrackAsync("ann", "Signed Up");
        await _host.SettleAsync();
        Assert.Empty(_host.Email.Attempts);

        Assert.True(await _host.Server.Commands.PauseCampaignAsync("welcome", false, default));
        await UntilAsync(() => second.Server.Queries.Campaign("welcome")!.Status != "paused", "the first process to know that it goes on");
    }

    [EngineFact]
    public async Task Definitions_that_one_process_takes_in_are_followed_by_all_and_an_old_folder_does_not_bring_the_old_ones_back()
    {
        using var old = new TempFolder();
        SmallShop.WriteTo(old);
        var second = await _cluster.AddAsync(_host);
        var segments = _host.Definitions.In("segments.yaml");
        await File.AppendAllTextAsync(segments, "\nnewcomers: count('Signed Up') >= 1\n");

        var reload = await _host.Server.Definitions.ReloadAsync(default);
        Assert.True(reload.Changed);

        // What is new is filled from history, which ends in one more version.
        var filled = reload.Version + 1;
        await UntilAsync(() => _host.Server.Definitions.Version == filled && second.Server.Definitions.Version == filled, "the fill to end and the other process to follow");
        Assert.Contains(second.Server.Definitions.Current.Segments, segment => segment.Id == "newcomers");

        var third = await _cluster.AddAsync(_host, definitions: old.Path);
        var fourth = await _cluster.AddAsync(_host, hasSilo: false, definitions: old.In("there-is-none"));
        Assert.Equal((filled, filled), (third.Server.Definitions.Version, fourth.Server.Definitions.Version));
        Assert.Equal(filled, _host.Server.Definitions.Version);
    }

    [EngineFact]
    public async Task A_server_by_itself_and_a_cluster_refuse_each_other()
    {
        var error = await Assert.ThrowsAsync<DatabaseLockedException>(() =>
            PostgresStore.OpenAsync(new PostgresStoreOptions { ConnectionString = _cluster.Settings.ConnectionString! }, _host.Time, _host.Logs));

        Assert.Contains("--runtime orleans", error.Message, StringComparison.Ordinal);
    }

    private static string Placement(ServerHarness host) => host.Loops is OrleansHost silo ? silo.Node.Describe()!.Placement : "";

    private static async Task<string> RefusedAsync(TestCluster.Node by, PlacementOrder order, string node) =>
        (await Assert.ThrowsAsync<PlacementRefusedException>(() => by.Server.Operations.PlaceAsync(order, node, default))).Message;

    private IReadOnlyList<int> Mine => ((OrleansHost)_host.Loops!).Node.Partitions;

    /// <summary>One more order of each of a hundred customers.</summary>
    private async Task FillAsync(int round)
    {
        for (var user = 0; user < 100; user++)
        {
            await _host.TrackAsync($"user{user}", "Order Completed", """{"total":20}""", $"round{round}-{user}");
        }
    }

    private async Task AssertFilledAsync(int rounds)
    {
        await UntilAsync(() => _host.Opened.Recover().Partitions.All(mark => mark.Cursor == mark.Head), "every record to be committed");
        Assert.Equal(100 * rounds, _host.Counter("events/total"));
        for (var user = 0; user < 100; user++)
        {
            Assert.Equal(rounds, (await _host.CustomerAsync($"user{user}")).Events.Total);
        }
    }

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, $"waited {s_patience} for {what}");
            await Task.Delay(20);
        }
    }
}
#endif
