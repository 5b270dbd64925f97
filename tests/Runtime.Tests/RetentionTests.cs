using Triggers.Engine.Definitions;
using Triggers.Engine.Records;
using Triggers.Runtime.CampaignTests;
using Triggers.Runtime.Queries;
using Triggers.Runtime.Simulations;
using Triggers.Runtime.Tests.Support;
using Triggers.Storage;
using Triggers.Storage.Postgres;
using Triggers.Storage.Sqlite;
using Triggers.Tests.Shared;

namespace Triggers.Runtime.Tests;

/// <summary>Where a retention has dropped the beginning of the log, whatever is told of the past, or made from it, says where history begins. Inherit with a store.</summary>
public abstract class RetentionTests
{
    private const int Days = 30;

    protected abstract Task<IStore> OpenAsync(ServerHarness harness, int retentionDays);

    [EngineFact]
    public async Task Every_answer_that_is_made_from_the_log_says_where_it_begins()
    {
        await using var host = await StartWithoutBeginningAsync();
        var from = HistoryBeginning.InstantOf(host.Store.Settings)!.Value;
        Assert.InRange(from, host.Time.GetUtcNow() - TimeSpan.FromDays(41), host.Time.GetUtcNow() - TimeSpan.FromDays(30));

        var (ann, bob) = ((await host.Server.Queries.TimelineAsync("ann", [], null, 100, default))!, (await host.Server.Queries.TimelineAsync("bob", [], null, 100, default))!);
        Assert.Equal((from, null), (ann.HistoryFrom, bob.HistoryFrom));
        Assert.Null((await host.Server.Queries.CustomerAsync("ann", default))!.HistoryFrom);
        Assert.Equal((from, null), ((await host.Server.Queries.TraitHistoryAsync("ann", "email", null, 10, default))!.HistoryFrom, (await host.Server.Queries.TraitHistoryAsync("bob", "email", null, 10, default))!.HistoryFrom));

        // Most partitions hold nothing any more: that is no beginning of its own.
        Assert.Equal(from, (await host.Server.Simulations.RunAsync(new SimulationRequest(host.Server.Definitions.Current), default))!.HistoryFrom);
        foreach (var exact in (bool[])[false, true])
        {
            var preview = await host.Server.Simulations.PreviewAsync(host.Store.Definitions.Find(host.Server.Definitions.Version)!.Files, "did('Refunded')", exact, default);
            Assert.Equal((0, from), (preview.Estimate, preview.HistoryFrom));
        }

        await ServerHarness.UntilAsync(async () => (await host.Server.Operations.ViewAsync(default)).Store.HistoryFrom == from, "the operations view to say where history begins");
    }

    [EngineFact]
    public async Task Explanations_of_the_past_say_where_it_begins()
    {
        await using var host = await StartWithoutBeginningAsync();
        var from = HistoryBeginning.InstantOf(host.Store.Settings)!.Value;
        var now = host.Time.GetUtcNow();

        Assert.Null((await AskAsync("ann", "viewers", null)).Explanation!.HistoryFrom);
        Assert.Equal(from, (await AskAsync("ann", "viewers", now)).Explanation!.HistoryFrom);
        Assert.Null((await AskAsync("bob", "viewers", now)).Explanation!.HistoryFrom);
        Assert.Contains("The log does not go back so far: it is kept from", (await AskAsync("ann", "viewers", from - TimeSpan.FromHours(1))).Missing, StringComparison.Ordinal);
        Assert.Contains("The log is kept from", (await host.Server.Queries.ExplainAsync("ann", new ExplainQuestion(null, null, "0.0.0", null), default))!.Missing, StringComparison.Ordinal);

        async Task<ExplainAnswer> AskAsync(string customer, string segment, DateTimeOffset? at) => (await host.Server.Queries.ExplainAsync(customer, new ExplainQuestion(segment, null, null, at), default))!;
    }

    [EngineFact]
    public async Task What_is_filled_from_the_rest_says_where_that_begins_as_long_as_it_looks_further_back()
    {
        await using var host = await StartWithoutBeginningAsync();
        var from = HistoryBeginning.InstantOf(host.Store.Settings)!.Value;
        host.Time.Advance(TimeSpan.FromMinutes(1));
        host.Definitions.Write("segments.yaml", """
            viewers: count('Product Viewed', where properties.price > 50, within 10m) >= 3
            buyers: did('Order Completed')
            big-spender: sum('Order Completed', properties.total, within 365d) >= 500
            waverers: did('Product Added', within 5m) and not did('Order Completed', within 5m)
            quiet: lifecycle = 'dormant'
            refunded: did('Refunded')
            no-refund: not segment('refunded')
            lately: did('Refused', within 7d)
            this-year: count('Refunded', where properties.total > 5, within 365d) >= 1
            """);
        Assert.True((await host.Server.Definitions.ReloadAsync(default)).Changed);
        await ServerHarness.UntilAsync(() => host.Server.Definitions.Version == 3, "the fill to be done");
        await host.SettleAsync();

        Assert.Equal(from, Assert.Single(host.Server.Fills.List()).HistoryFrom);
        Assert.Equal("no-refund refunded this-year", string.Join(' ', host.Server.Queries.Segments().Where(segment => segment.HistoryFrom == from).Select(segment => segment.Id).Order(StringComparer.Ordinal)));
        Assert.Equal(3, host.Server.Queries.Segments().Count(segment => segment.HistoryFrom is not null));
        foreach (var (customer, expected) in ((string, DateTimeOffset?)[])[("ann", from), ("bob", null)])
        {
            Assert.Equal(expected, (await host.Server.Queries.ExplainAsync(customer, new ExplainQuestion("refunded", null, null, null), default))!.Explanation!.HistoryFrom);
            Assert.Equal(expected, (await host.Server.Queries.ExplainAsync(customer, new ExplainQuestion(null, "welcome", null, null), default))!.Explanation!.HistoryFrom);
            Assert.Equal(expected, (await host.Server.Queries.CustomerAsync(customer, default))!.HistoryFrom);
        }

        Assert.Equal(from, (await host.Server.Measuring.ViewAsync()).HistoryFrom);
        host.Definitions.Write("value.yaml", "order: Order Completed\namount: properties.total\n");
        Assert.True((await host.Server.Definitions.ReloadAsync(default)).Changed);
        await ServerHarness.UntilAsync(() => host.Server.Valuing.View().HistoryFrom == from, "what is behind the models of purchases to be filled");

        await host.AdvanceAsync(TimeSpan.FromDays(366), TimeSpan.FromDays(61));
        Assert.Equal("no-refund refunded", string.Join(' ', host.Server.Queries.Segments().Where(segment => segment.HistoryFrom is not null).Select(segment => segment.Id).Order(StringComparer.Ordinal)));
    }

    [EngineFact]
    public async Task A_test_of_a_draft_says_that_its_new_conditions_do_not_know_everything()
    {
        await using var host = await StartWithoutBeginningAsync();
        const string Draft = "campaign: draft\nstatus: draft\ntrigger: { event: Signed Up }\naudience: not did('Refunded')\nsteps: [ { wait: 1h } ]\n";
        var drafted = DefinitionLoader.Load([.. host.Store.Definitions.Find(host.Server.Definitions.Version)!.Files, new DefinitionFile("campaigns/draft.yaml", Draft)]).Definitions!;

        Assert.Contains((await TestAsync("ann")).Notes, note => note.StartsWith("History begins at ", StringComparison.Ordinal));
        Assert.DoesNotContain((await TestAsync("bob")).Notes, note => note.StartsWith("History begins at ", StringComparison.Ordinal));

        async Task<TestReport> TestAsync(string customer) =>
            (await host.Server.Tests.RunAsync(new TestRequest(drafted, "draft", customer, null, null, [], Limits.TestSpanMsMax, false, null, false), default)).Report!;
    }

    /// <summary>Ann was known, and had signed up and been refunded, before the log begins; Bob came after.</summary>
    private async Task<ServerHarness> StartWithoutBeginningAsync()
    {
        var host = await ServerHarness.StartNewAsync(harness => harness.OpenStore = each => OpenAsync(each, Days));
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await host.TrackAsync("ann", "Signed Up");
        await host.TrackAsync("ann", "Refunded", """{"total":10}""");
        await host.SettleAsync();
        await host.StopAsync();
        host.Time.Advance(TimeSpan.FromDays(40));
        // To read the log while it waits would be in the way of what drops it.
        await using (var store = await OpenAsync(host, Days))
        {
            await ServerHarness.UntilAsync(
                () => Task.FromResult(HistoryBeginning.Of(store.Settings) > 0 && !store.History.Read(CustomerKey.User("ann")).Any()),
                () => $"old records to leave. Upkeep: {string.Join(", ", store.Figures().Upkeep)}. It logged: {host.Logs.Text}");
        }

        // What else is old would leave at some moment from here on, and history begin there.
        host.OpenStore = each => OpenAsync(each, 0);
        await host.StartAsync();
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await host.IdentifyAsync("bob", """{"email":"bob@example.com"}""");
        await host.TrackAsync("bob", "Product Viewed");
        await host.SettleAsync();
        return host;
    }
}

public sealed class RetentionOnSqliteTests : RetentionTests
{
    protected override async Task<IStore> OpenAsync(ServerHarness harness, int retentionDays) =>
        await SqliteStore.OpenAsync(new SqliteStoreOptions { Folder = harness.DataFolder, LogRetentionDays = retentionDays }, harness.Time, harness.Logs);
}

[NeedsPostgres]
public sealed class RetentionOnPostgresTests : RetentionTests
{
    private readonly string _schema = "retention_" + Guid.NewGuid().ToString("N");

    protected override async Task<IStore> OpenAsync(ServerHarness harness, int retentionDays) =>
        await PostgresStore.OpenAsync(
            new PostgresStoreOptions { ConnectionString = (await PostgresServer.SharedAsync()).ConnectionString(_schema), LogRetentionDays = retentionDays }, harness.Time, harness.Logs);
}
