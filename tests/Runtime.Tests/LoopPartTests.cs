using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Runtime.Loop;

namespace Triggers.Runtime.Tests;

public sealed class LoopPartTests
{
    [Fact]
    public void Timers_come_out_earliest_first()
    {
        var random = new Random(7);
        var heap = new TimerHeap();
        var expected = new List<long>();
        for (var index = 0; index < 5_000; index++)
        {
            var due = random.NextInt64(1_000);
            heap.Push(due, (ulong)index);
            expected.Add(due);
            if (random.Next(3) == 0)
            {
                expected.Sort();
                Assert.Equal(expected[0], heap.Next);
                Assert.Equal(expected[0], heap.Pop().Due);
                expected.RemoveAt(0);
            }
        }

        expected.Sort();
        foreach (var due in expected)
        {
            Assert.Equal(due, heap.Pop().Due);
        }

        Assert.Equal(long.MaxValue, heap.Next);
    }

    [Fact]
    public void Effects_of_one_read_are_summed_and_their_checksum_depends_on_order_and_partition_alone()
    {
        using var first = new EffectBuffer(4);
        using var second = new EffectBuffer(4);
        var entered = new Counter("entered");
        var active = new Counter("active");

        first.Begin(1);
        first.Count(entered, 1);
        first.Count(active, 1);
        first.End();
        first.Begin(2);
        first.Count(entered, 1);
        first.End();
        first.Begin(1);
        first.Count(active, -1);
        first.End();

        second.Begin(1);
        second.Count(new Counter("entered"), 1);
        second.Count(new Counter("active"), 1);
        second.Count(active, -1);
        second.End();

        var checksum = first.TakeChecksum(1);
        Assert.Equal(second.TakeChecksum(1), checksum);
        Assert.NotEqual(checksum, first.TakeChecksum(2));
        var (commit, _) = first.Take();
        Assert.Equal(2, commit.Counters[entered]);
        Assert.False(commit.Counters.ContainsKey(active));
    }

    [Fact]
    public void Only_the_latest_decisions_are_kept_for_viewers_in_their_order()
    {
        using var effects = new EffectBuffer(1);
        for (var index = 0; index < Limits.FeedMax + 30; index++)
        {
            effects.Decide(new Decision(DecisionKind.Converted, "u:ann", index, "welcome", ""));
        }

        var (_, recent) = effects.Take();
        Assert.Equal(Enumerable.Range(30, Limits.FeedMax).Select(index => (long)index), recent.Select(decision => decision.At));
        Assert.Empty(effects.Take().Recent);
    }

    [Fact]
    public void Records_for_others_are_part_of_the_checksum()
    {
        ulong Of(string key)
        {
            using var effects = new EffectBuffer(1);
            effects.Begin(0);
            effects.Records.AddCommand(System.Text.Encoding.UTF8.GetBytes(key), CommandKind.Suppress, "");
            effects.End();
            return effects.TakeChecksum(0);
        }

        Assert.Equal(Of("u:ann"), Of("u:ann"));
        Assert.NotEqual(Of("u:ann"), Of("u:bob"));
    }
}
