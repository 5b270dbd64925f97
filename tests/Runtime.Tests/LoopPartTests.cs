using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Runtime.Loop;
using Triggers.Storage;

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
            var due = random.NextInt64(1_000) * 1_000;
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
    public void A_record_has_one_checksum_whatever_stands_beside_it_in_its_commit()
    {
        using var first = new EffectBuffer(4);
        using var second = new EffectBuffer(4);
        var entered = new Counter("entered");
        var active = new Counter("active");

        first.Select(1, cursor: 10);
        Apply(first, 10, effects => effects.Count(entered, 1), effects => effects.Count(active, 1));
        first.Select(2, cursor: 7);
        Apply(first, 7, effects => effects.Count(entered, 1));
        first.Select(1, cursor: 10);
        Apply(first, 12, effects => effects.Count(active, -1));
        Apply(first, 13);
        second.Select(3, cursor: 0);
        Apply(second, 0, effects => effects.Count(new Counter("entered"), 1), effects => effects.Count(new Counter("active"), 1));
        Apply(second, 1, effects => effects.Count(active, 1), effects => effects.Count(entered, 1));

        // The record at 11 was a fact, and so is the one at 14.
        var ofFirst = ChecksumsOf(first, 1, 10, 15);
        var ofSecond = ChecksumsOf(second, 3, 0, 2);
        Assert.Equal(ofSecond[0], ofFirst[0]);
        Assert.NotEqual(ofSecond[1], ofFirst[0]);
        Assert.Equal([EffectHash.None, EffectHash.NoEffects, EffectHash.None], [ofFirst[1], ofFirst[3], ofFirst[4]]);
        var (commit, _) = first.Take();
        Assert.Equal(2, commit.Counters[entered]);
        Assert.False(commit.Counters.ContainsKey(active));
        first.Select(1, cursor: 15);
        Assert.Equal([EffectHash.None], ChecksumsOf(first, 1, 15, 16));
    }

    [Fact]
    public void Only_the_latest_decisions_are_kept_for_viewers_in_their_order()
    {
        using var effects = new EffectBuffer(1);
        for (var index = 0; index < Limits.FeedMax + 30; index++)
        {
            effects.Decide("u:ann"u8, DecisionKind.Converted, index, "welcome", "");
        }

        var (_, recent) = effects.Take();
        Assert.Equal(Enumerable.Range(30, Limits.FeedMax).Select(index => (long)index), recent.Select(decision => decision.At));
        Assert.All(recent, decision => Assert.Equal("u:ann", decision.CustomerKey));
        Assert.Empty(effects.Take().Recent);
    }

    [Fact]
    public void Every_kind_of_effect_is_part_of_the_checksum_and_its_value_is_frozen()
    {
        var message = new MessageDecision("000000000000000000000000000000aa", "u:ann", "welcome", 2, "1", "email", "hello", "ann@example.com", "{}"u8.ToArray(), 1000, 2000);
        ushort Of(Action<EffectBuffer> effect)
        {
            using var effects = new EffectBuffer(1);
            effects.Select(0, 0);
            Apply(effects, 0, effect);
            return ChecksumsOf(effects, 0, 0, 1)[0];
        }

        ushort[] checksums =
        [
            Of(effects => effects.Count(new Counter("a"), 1)),
            Of(effects => effects.Count(new Counter("a"), -1)),
            Of(effects => effects.Count(new Counter("b"), 1)),
            Of(effects => effects.Send(message)),
            Of(effects => effects.Send(message with { Data = "{ }"u8.ToArray() })),
            Of(effects => effects.Send(message with { ExpiresAt = 2001 })),
            Of(effects => effects.CancelUnsent("u:ann", null, null, "erased")),
            Of(effects => effects.CancelUnsent("u:ann", null, "email", "erased")),
            Of(effects => effects.Index("u:ann", "e", null)),
            Of(effects => effects.Index("u:ann", null, "e")),
            Of(effects => effects.Records.AddCommand("u:ann"u8, CommandKind.Suppress, "")),
            Of(effects => effects.Records.AddCommand("u:bob"u8, CommandKind.Suppress, "")),
            Of(effects => effects.Records.AddTakeOver("u:ann"u8, "a:x"u8, [1, 2])),
        ];

        Assert.Equal(checksums.Length, checksums.Distinct().Count());
        Assert.Equal(checksums[^1], Of(effects => effects.Records.AddTakeOver("u:ann"u8, "a:x"u8, [3])));
        Assert.Equal<ushort>([31322, 13880, 10107, 46189, 64762, 33924, 786, 7925, 8174, 39070, 30076, 22343, 65424], checksums);
    }

    private static void Apply(EffectBuffer effects, long offset, params Action<EffectBuffer>[] made)
    {
        effects.Begin();
        foreach (var effect in made)
        {
            effect(effects);
        }

        effects.End(new RecordView { Offset = offset });
    }

    private static ushort[] ChecksumsOf(EffectBuffer effects, int partition, long from, long to)
    {
        var before = effects.Commit.Checksums.Length;
        effects.Advance(new PartitionAdvance(partition, 1, from, to));
        return System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(effects.Commit.Checksums.Written[before..]).ToArray();
    }
}
