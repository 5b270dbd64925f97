using Triggers.Runtime.Loop;
using Triggers.Runtime.Operations;
using Triggers.Runtime.Replays;
using Triggers.Runtime.Queries;
using Triggers.Storage.Measuring;

namespace Triggers.Runtime.Tests.Operations;

public sealed class OperationsPartTests
{
    [Fact]
    public void The_age_of_lag_is_that_of_the_oldest_uncommitted_record()
    {
        var lag = new LagTracker();

        Assert.Equal(0, lag.Look(head: 10, committed: 10, now: 1_000));
        Assert.Equal(0, lag.Look(12, 10, 2_000));
        Assert.Equal(1_000, lag.Look(20, 10, 3_000));
        Assert.Equal(1_000, lag.Look(20, 12, 4_000));
        Assert.Equal(2_000, lag.Look(20, 19, 5_000));
        Assert.Equal(0, lag.Look(20, 20, 6_000));
        Assert.Equal(0, lag.Look(21, 20, 60_000));
    }

    [Fact]
    public void Lag_that_nobody_works_off_keeps_its_age()
    {
        var lag = new LagTracker();
        for (var second = 0; second < 5_000; second++)
        {
            lag.Look(100 + second, 50, second * 1_000);
        }

        Assert.Equal(5_000_000, lag.Look(6_000, 50, 5_000_000));
    }

    [Fact]
    public void Due_timers_are_counted_to_a_limit()
    {
        var heap = new TimerHeap();
        var random = new Random(5);
        for (ulong hash = 0; hash < 2_000; hash++)
        {
            heap.Push(random.Next(1, 101) * 1_000, hash);
        }

        var expected = 0;
        var copy = new TimerHeap();
        while (heap.Count > 0)
        {
            var (due, hash) = heap.Pop();
            expected += due <= 40_500 ? 1 : 0;
            copy.Push(due, hash);
        }

        Assert.Equal(expected, copy.CountDue(40_500, 10_000));
        Assert.Equal(100, copy.CountDue(40_500, 100));
        Assert.Equal(0, copy.CountDue(999, 10_000));
        Assert.Equal(0, heap.CountDue(40_500, 100));
    }

    [Fact]
    public void A_healthy_cluster_has_no_problems()
    {
        Assert.Empty(ProblemFinder.Find([Node("a", 0, 2), Node("b", 1, 3)], 4, Store(), Sending()));
    }

    [Fact]
    public void What_needs_somebody_is_said_most_urgent_first()
    {
        var sick = Node("b", 1) with
        {
            Status = HealthStatus.Recovering,
            Reasons = ["Records are replayed."],
            Lag = new LagView(7, 12.34, 0),
            Timers = new TimersView(10, 5, 60),
            Replay = new ReplayStats(100, 2, []),
        };

        var problems = ProblemFinder.Find(
            [Node("a", 0), sick],
            4,
            Store() with { Upkeep = [new UpkeepView("sorted runs", 3, null, 0, 1, "broken")] },
            new SendingView(false, null, 4, [new ChannelView("email", 9, 3_600, Latency.None, Latency.None)]));

        Assert.Equal(
            [
                ("critical", null, "2 of 4 partitions have no owner (2, 3): nothing is decided for their customers."),
                ("critical", "b", "2 replayed records led to other effects than were committed: see the log and `triggers replay --check`."),
                ("warning", "b", "It is recovering: Records are replayed."),
                ("warning", "b", "7 records wait to be applied, the oldest for 12.3 s."),
                ("warning", "b", "Timers are due and not fired, the oldest for 60.0 s."),
                ("warning", null, "Background work 'sorted runs' failed and is tried again: broken"),
                ("warning", null, "9 messages wait for email, the oldest for 1 h 0 min."),
                ("warning", null, "4 messages failed for good and wait for a decision."),
            ],
            problems.Select(problem => (problem.Severity, problem.Node, problem.Text)));
    }

    [Fact]
    public void A_store_that_refuses_is_said_once()
    {
        var node = Node("a", 0) with { Status = HealthStatus.Refusing, Reasons = ["The disk is full."] };

        var problems = ProblemFinder.Find([node], 1, Store() with { Status = "refusing", Reason = "The disk is full." }, Sending());

        Assert.Equal("The disk is full.", Assert.Single(problems).Text);
    }

    private static StoreView Store() => new("sqlite", "taking", "", new Dictionary<string, long>(StringComparer.Ordinal), 0, 0, []);

    private static SendingView Sending() => new(false, null, 0, [new ChannelView("email", 3, 10, Latency.None, Latency.None)]);

    private static NodeView Node(string name, params int[] partitions)
    {
        var sample = NodeSample.Of([.. partitions.Select(number => new PartitionView(number, PartitionStates.Live, 1, 5, 5, 5, 0, 0, 0, 0, 0, 0, 0, 1))]);
        return new NodeView(
            name, "all", "embedded", "1", HealthStatus.Ready, [], DateTimeOffset.UnixEpoch, 1, new ProcessView(1, 1, 100, 1, 1, 1, 0, []), sample.Lag, sample.Timers, sample.Customers, 0, 0,
            Latency.None, Latency.None, Latency.None, new ReplayStats(0, 0, []), sample.Partitions, []);
    }
}
