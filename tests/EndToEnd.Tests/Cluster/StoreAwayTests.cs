using System.Diagnostics;
using Triggers.EndToEnd.Tests.Harness;
using Triggers.Tests.Shared;
using Xunit.Abstractions;

namespace Triggers.EndToEnd.Tests.Cluster;

/// <summary>PostgreSQL gone, and slow.</summary>
[NeedsPostgres]
[NeedsOrleans]
[NeedsTime]
[Collection("cluster")]
public sealed class StoreAwayTests(ITestOutputHelper output)
{
    [EngineFact]
    public async Task While_PostgreSQL_is_gone_events_are_refused_and_when_it_is_back_all_goes_on_by_itself()
    {
        await using var cluster = await TestCluster.StartAsync(deadAfter: 15);
        foreach (var seconds in (int[])(Soak.IsLong ? [0, 60, 1, 20] : [0, 5]))
        {
            await cluster.Load.WaitForAsync(300, () => cluster.Output);
            await cluster.Postgres.StopAsync();
            var (taken, refused) = (cluster.Load.Total, cluster.Load.Answered(503));
            await Task.Delay(TimeSpan.FromSeconds(seconds));
            if (seconds > 0)
            {
                // What was on its way when the server went may still be answered; nothing after it is.
                Assert.InRange(cluster.Load.Total, taken, taken + 300);
                Assert.True(cluster.Load.Answered(503) > refused, "no request was answered 503");
            }

            await cluster.Postgres.StartAsync();
            var (last, median) = await cluster.Probes.AnswerAsync(Stopwatch.GetTimestamp());
            output.WriteLine($"recovery: PostgreSQL away for {seconds} s: every partition answers again {last:F1} s after its start, half of them after {median:F1} s");
            Assert.All(cluster.Nodes, node => Assert.True(node.Ended.Count == 0, node.Output));
        }

        await cluster.WaitSharedAsync();
        await WaitReportedAsync(cluster);
        output.WriteLine(cluster.Describe(await cluster.AssertNothingLostOrDoubledAsync()));
    }

    [EngineFact]
    public async Task On_a_disk_that_stands_still_again_and_again_events_wait_or_are_refused_and_nothing_is_lost()
    {
        await using var cluster = await TestCluster.StartAsync(deadAfter: 15);
        for (var pause = 0; pause < (Soak.IsLong ? 40 : 4); pause++)
        {
            cluster.Postgres.Freeze();
            await Task.Delay(TimeSpan.FromSeconds(pause % 4 == 3 ? 7 : 2));
            cluster.Postgres.Thaw();
            await Task.Delay(TimeSpan.FromMilliseconds(400));
        }

        var (last, median) = await cluster.Probes.AnswerAsync(Stopwatch.GetTimestamp());
        output.WriteLine($"recovery: PostgreSQL stood still for 2 to 7 s again and again: every partition answers {last:F1} s after the last time, half of them after {median:F1} s");
        Assert.All(cluster.Nodes, node => Assert.True(node.Ended.Count == 0, node.Output));
        await cluster.WaitSharedAsync();
        output.WriteLine(cluster.Describe(await cluster.AssertNothingLostOrDoubledAsync()));
    }

    /// <summary>Every process took some of the events in; what one of them tells of their quality is of all.</summary>
    private static async Task WaitReportedAsync(TestCluster cluster)
    {
        var taken = cluster.Load.Total;
        using var api = cluster.Web.Client();
        await Wait.UntilAsync(
            "the web process tells of the events of all processes",
            async () => (await api.GetJsonAsync("/api/v1/quality")).GetProperty("names").EnumerateArray().Sum(name => name.Number("total.events")) >= taken,
            () => cluster.Output);
    }
}
