#if WITH_ORLEANS
using Triggers.Engine.Records;
using Triggers.Runtime.Tests.Support;
using Triggers.Storage;
using Triggers.Tests.Shared;

namespace Triggers.Grains.Tests;

/// <summary>The live numbers of a cluster: silos and a web process over one store.</summary>
[NeedsPostgres]
public sealed class LiveRelayTests : IAsyncLifetime
{
    private const int Users = 60;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly ServerHarness _shared = new();
    private TestCluster _cluster = null!;
    private int _events;

    public async Task InitializeAsync()
    {
        if (PostgresServer.WhyNot is null)
        {
            _cluster = new TestCluster(await PostgresServer.SharedAsync());
        }
    }

    public async Task DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        await _shared.DisposeAsync();
    }

    [EngineFact]
    public async Task Every_process_shows_what_the_store_has_and_subscribes_once_at_each_silo()
    {
        var first = await _cluster.AddAsync(_shared);
        var second = await _cluster.AddAsync(_shared);
        var web = await _cluster.AddAsync(_shared, hasSilo: false);
        await TrackAsync(first, second, web);
        await RestAsync(first, second, web);
        Assert.Equal(Users, web.Server.Queries.Stats().Events.Total);

        // A third silo gets its share of the partitions, and their numbers with them.
        var third = await _cluster.AddAsync(_shared);
        await UntilAsync(() => third.Partitions.Count > 0, "the new silo to have partitions");
        await TrackAsync(first, second, third, web);
        await RestAsync(first, second, third, web);

        Assert.Equal(2 * Users, web.Server.Queries.Stats().Events.Total);
        await UntilAsync(() => first.Partitions.Count + second.Partitions.Count + third.Partitions.Count == 64, "no partition to be on its way any more");
        await UntilAsync(() => Array.TrueForAll([first, second, third], node => node.Silo.Share!.Subscribers == 3), "each silo to be watched once by the two others and the web process");
    }

    [EngineFact]
    public async Task The_numbers_of_a_silo_that_is_killed_come_back_with_its_partitions()
    {
        var (first, second, web) = await TwoAndWebAsync();

        await second.KillAsync();

        await UntilAsync(() => first.Partitions.Count == 64, "the other silo to have every partition");
        await RestAsync(first, web);
        Assert.Equal(Users, web.Server.Queries.Stats().Events.Total);
        await TrackAsync(first, web);
        await RestAsync(first, web);
        Assert.Equal(2 * Users, web.Server.Queries.Stats().Events.Total);
    }

    [EngineFact]
    public async Task The_numbers_of_a_silo_that_stops_go_over_to_the_others()
    {
        var (first, second, web) = await TwoAndWebAsync();

        await second.StopAsync();

        await RestAsync(first, web);
        Assert.Equal(Users, web.Server.Queries.Stats().Events.Total);
        Assert.Equal(64, first.Partitions.Count);
    }

    [EngineFact]
    public async Task A_web_process_refuses_events_when_no_silo_is_left_to_apply_them_and_says_what_is_wrong()
    {
        var silo = await _cluster.AddAsync(_shared);
        var web = await _cluster.AddAsync(_shared, hasSilo: false);
        await TrackAsync(web);
        await RestAsync(silo, web);
        Assert.Equal(AppendStatus.Ok, (await AppendAsync(web, "ann")).Status);

        await silo.KillAsync();
        await UntilAsync(() => web.Server.Queries.Stats().Events.Total == 0, "the silo's numbers to vanish");
        _shared.Time.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(AppendStatus.Busy, (await AppendAsync(web, "ann")).Status);
        var view = await web.Server.Operations.ViewAsync(default);
        Assert.Contains(view.Problems, problem => problem.Severity == "critical" && problem.Text.Contains("partitions have no owner", StringComparison.Ordinal));
        Assert.Null(view.Measuring);
    }

    private async Task<(TestCluster.Node First, TestCluster.Node Second, TestCluster.Node Web)> TwoAndWebAsync()
    {
        var first = await _cluster.AddAsync(_shared);
        var second = await _cluster.AddAsync(_shared);
        var web = await _cluster.AddAsync(_shared, hasSilo: false);
        await UntilAsync(() => second.Partitions.Count > 0, "both silos to have partitions");
        await TrackAsync(first, second, web);
        await RestAsync(first, second, web);
        return (first, second, web);
    }

    private async Task TrackAsync(params TestCluster.Node[] nodes)
    {
        for (var user = 0; user < Users; user++)
        {
            var node = nodes[user % nodes.Length];
            for (var began = DateTime.UtcNow; !(await AppendAsync(node, $"user{user}")).IsOk;)
            {
                Assert.True(DateTime.UtcNow - began < s_patience, "the event was refused all the time");
                await Task.Delay(50);
            }
        }
    }

    private async Task<AppendResult> AppendAsync(TestCluster.Node node, string user)
    {
        using var batch = new RecordBatch();
        batch.AddTrack(CustomerKey.User(user), "Product Viewed", _shared.Time.Ms, $"e{++_events}", """{"price":60}""");
        return await node.Server.Ingest.AppendAsync(batch);
    }

    private Task RestAsync(params TestCluster.Node[] nodes) => UntilAsync(
        () => nodes[^1].Store.Recover() is var store && store.Partitions.All(mark => mark.Cursor == mark.Head) && Array.TrueForAll(nodes, node => ShowsWhatIs(node, store)),
        "every process to show what the store has");

    private static bool ShowsWhatIs(TestCluster.Node node, Recovery store)
    {
        var shown = node.Server.Live.Snapshot();
        return shown.Counters.Keys.Union(store.Counters.Keys, StringComparer.Ordinal).All(name => shown.Counters.GetValueOrDefault(name) == store.Counters.GetValueOrDefault(name))
            && shown.Rates.LagRecords == 0;
    }

    /// <summary>The pace of the feeds is the test's clock.</summary>
    private async Task UntilAsync(Func<bool> condition, string what)
    {
        using var patience = new CancellationTokenSource(s_patience);
        do
        {
            Assert.False(patience.IsCancellationRequested, $"waited {s_patience} for {what}");
            await Task.Delay(5);
            _shared.Time.Advance(TimeSpan.FromMilliseconds(20));
        }
        while (!condition());
    }
}
#endif
