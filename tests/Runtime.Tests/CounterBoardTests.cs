using Triggers.Engine.Effects;
using Triggers.Runtime.Live;

namespace Triggers.Runtime.Tests;

public sealed class CounterBoardTests
{
    private static readonly Counter Events = new("events/total"), Sent = new("messages/sent");

    [Fact]
    public void A_partition_brings_what_it_had_counted_and_takes_it_away_again()
    {
        var board = new CounterBoard(alone: null);
        board.Come(3, Totals(events: 10));
        board.Come(7, Totals(events: 5, sent: 1));
        Publish(board, 3, events: 2);
        Publish(board, 7, events: 1, sent: 1);
        Assert.Equal((18L, 2L), (board["events/total"], board["messages/sent"]));

        board.Leave(7);

        Assert.Equal((12L, 0L), (board["events/total"], board["messages/sent"]));
        board.Come(7, Totals(events: 6, sent: 2));
        board.Leave(3);
        Assert.Equal((6L, 2L), (board["events/total"], board["messages/sent"]));
    }

    [Fact]
    public void A_commit_that_is_told_after_its_partition_left_counts_nowhere()
    {
        var board = new CounterBoard(alone: null);
        board.Come(3, Totals(events: 10));
        board.Leave(3);

        Publish(board, 3, events: 2);

        Assert.Equal(0, board["events/total"]);
    }

    [Fact]
    public void A_partition_that_comes_twice_counts_once()
    {
        var board = new CounterBoard(alone: null);
        board.Come(3, Totals(events: 10));
        board.Come(3, Totals(events: 12));

        Assert.Equal(12, board["events/total"]);
    }

    [Fact]
    public void What_comes_and_goes_is_no_rate()
    {
        var board = new CounterBoard(alone: null);
        board.Come(3, Totals(events: 1_000_000));
        Publish(board, 3, events: 5);
        board.Come(4, Totals(events: 1_000_000));
        board.Leave(3);
        Publish(board, 4, events: 2);

        Assert.Equal(7, board.CountedHere("events/total"));
    }

    [Fact]
    public void Changes_are_told_once_with_their_totals()
    {
        var board = new CounterBoard(alone: null);
        board.Come(3, Totals(events: 10, sent: 4));
        board.TakeChanges();
        Publish(board, 3, events: 1);

        Assert.Equal(new Dictionary<string, long>(StringComparer.Ordinal) { ["events/total"] = 11 }, board.TakeChanges().Counters);
        board.Leave(3);
        Assert.Equal(new Dictionary<string, long>(StringComparer.Ordinal) { ["events/total"] = 0, ["messages/sent"] = 0 }, board.TakeChanges().Counters);
        Assert.Empty(board.TakeChanges().Counters);
    }

    [Fact]
    public void A_process_that_is_alone_counts_for_every_partition()
    {
        var board = new CounterBoard(Totals(events: 10));
        Publish(board, 3, events: 1);
        Publish(board, 9, events: 1);

        Assert.Equal(12, board["events/total"]);
        Assert.Equal(2, board.CountedHere("events/total"));
    }

    private static Dictionary<string, long> Totals(long events, long sent = 0) => new(StringComparer.Ordinal) { ["events/total"] = events, ["messages/sent"] = sent };

    private static void Publish(CounterBoard board, int partition, long events, long sent = 0)
    {
        var deltas = new Dictionary<Counter, long> { [Events] = events };
        if (sent > 0)
        {
            deltas[Sent] = sent;
        }

        board.Publish(partition, deltas, []);
    }
}
