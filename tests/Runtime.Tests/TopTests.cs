using Triggers.Runtime.Queries;
using Triggers.Runtime.Tests.Support;

namespace Triggers.Runtime.Tests;

/// <summary>The top of all customers through the whole loop: measured, told through the log, walked, and the same after a crash.</summary>
public sealed class TopTests
{
    private const string Segments = """

        best: top(10%, sum('Order Completed', properties.total))
        others: not segment('best')
        """;

    [Fact]
    public async Task A_moved_line_moves_idle_customers_and_a_crash_changes_nothing_of_it()
    {
        await using var host = await ServerHarness.StartNewAsync(harness => File.AppendAllText(harness.Definitions.In("segments.yaml"), Segments));
        await ServerHarness.UntilAsync(async () => (await host.Server.Measuring.ViewAsync()).MeasuredAt is not null, "the measurement at the start");
        await OrderAsync(host, "early", 1, 40);
        await host.SettleAsync();
        Assert.Equal((0, 0), (host.Counter("segment/best/size"), host.Counter("segment/others/size")));
        var before = host.Time.GetUtcNow();
        host.Time.Advance(TimeSpan.FromSeconds(10));

        await host.Server.MeasureAsync();
        await host.SettleAsync();

        Assert.Equal((4, 36), (host.Counter("segment/best/size"), host.Counter("segment/others/size")));
        Assert.Equal("early37 early38 early39 early40", await BestAsync(host));
        await OrderAsync(host, "late", 41, 80);
        host.Time.Advance(TimeSpan.FromSeconds(10));

        await host.Server.MeasureAsync();
        await host.SettleAsync();

        const string expected = "late73 late74 late75 late76 late77 late78 late79 late80";
        Assert.Equal(expected, await BestAsync(host));
        Assert.Equal((8, 72), (host.Counter("segment/best/size"), host.Counter("segment/others/size")));
        var timeline = await host.Server.Queries.TimelineAsync("early40", [], null, 50, default);
        Assert.Contains(timeline!.Items, item => item.Kind == TimelineKinds.Decision && item.Subject == "best");

        await host.CrashAndStartAsync();
        await host.SettleAsync();

        Assert.Equal(expected, await BestAsync(host));
        Assert.Equal(0, host.Server.Queries.Stats().Replay.Disagreements);
        var view = await host.Server.Measuring.ViewAsync();
        var line = Assert.Single(view.Lines);
        Assert.Equal(("top(10%, sum('Order Completed', properties.total))", 72.0, 80L, 0.0, 0), (line.Text, line.Line!.Value, line.Customers, line.ErrorPercent, view.PartitionsWalking));

        // A look that finds the same lines tells nothing.
        var head = host.Store.Recover().Partitions.Sum(mark => mark.Head);
        await host.Server.MeasureAsync();
        Assert.Equal(head, host.Store.Recover().Partitions.Sum(mark => mark.Head));

        var now = await host.Server.Queries.ExplainAsync("early40", new ExplainQuestion("best", null, null, null), default);
        Assert.Contains("has to be more than 72", now!.Explanation!.InTheWay!.Needed, StringComparison.Ordinal);
        var then = await host.Server.Queries.ExplainAsync("early40", new ExplainQuestion("best", null, null, before), default);
        Assert.Contains("measured over all customers first", then!.Explanation!.InTheWay!.Needed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_measured_at_the_start_when_definitions_bring_it_and_again_and_again()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await OrderAsync(host, "c", 1, 20);
        await host.SettleAsync();
        await File.AppendAllTextAsync(host.Definitions.In("segments.yaml"), Segments);
        Assert.True((await host.Server.Definitions.ReloadAsync(default)).Changed);

        await ServerHarness.UntilAsync(() => host.Counter("segment/best/size") == 2, "the new segment to be measured");
        await host.TrackAsync("c1", "Order Completed", """{"total":100}""");
        await host.SettleAsync();
        await host.AdvanceAsync(TimeSpan.FromMinutes(16));

        await ServerHarness.UntilAsync(async () => await BestAsync(host) == "c1 c20", "the next measurement");
    }

    [Fact]
    public async Task While_nobody_has_the_number_it_is_looked_for_every_minute()
    {
        await using var host = await ServerHarness.StartNewAsync(harness => File.AppendAllText(harness.Definitions.In("segments.yaml"), Segments));
        await ServerHarness.UntilAsync(async () => (await host.Server.Measuring.ViewAsync()).MeasuredAt is not null, "the measurement at the start");
        await OrderAsync(host, "c", 1, 20);
        await host.SettleAsync();

        await host.AdvanceAsync(TimeSpan.FromMinutes(1) + TimeSpan.FromSeconds(1));
        await ServerHarness.UntilAsync(async () => await BestAsync(host) == "c19 c20", "the measurement a minute later");

        await host.TrackAsync("c1", "Order Completed", """{"total":100}""");
        await host.AdvanceAsync(TimeSpan.FromMinutes(5));
        var view = await host.Server.Measuring.ViewAsync();
        Assert.Equal(TimeSpan.FromMinutes(15), view.NextAt - view.MeasuredAt);
    }

    private static async Task OrderAsync(ServerHarness host, string name, int from, int to)
    {
        for (var person = from; person <= to; person++)
        {
            await host.TrackAsync($"{name}{person}", "Order Completed", $$"""{"total":{{person}}}""");
        }
    }

    private static async Task<string> BestAsync(ServerHarness host) =>
        string.Join(' ', (await host.Server.Queries.MembersAsync("best", null, 100, default))!.Items.Select(member => member.Id).Order(StringComparer.Ordinal));
}
