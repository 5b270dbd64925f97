using System.Buffers.Binary;
using Triggers.Engine.Customers;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Json;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Text;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Segments.Keepings;

/// <summary>The last instant of each value, by 48 bits of its hash, whatever the windows.</summary>
internal sealed class DistinctKeeping : Keeping
{
    public static readonly DistinctKeeping Instance = new();

    public override Widening Widening => Widening.Nothing;

    public override bool HasValues => true;

    public override bool TryValue(in JsonSlot slot, ReadOnlySpan<byte> bytes, out long value)
    {
        var number = slot.Number;
        var isNumber = slot.Type == ValueType.Number || (slot.Type == ValueType.Text && Comparison.TryNumber(bytes, out number));
        if (isNumber || slot.Type == ValueType.Boolean)
        {
            Span<byte> bits = stackalloc byte[8];
            BinaryPrimitives.WriteDoubleLittleEndian(bits, number + 0.0);
            value = Key(Hash64.Of(bits, isNumber ? 1u : 2u));
            return true;
        }

        value = Key(Hash64.Of(bytes));
        return slot.Type == ValueType.Text;
    }

    public override void Add(ref BehaviourState state, StateHeap heap, CompiledBehaviour behaviour, long instant, long value, long now)
    {
        state.Reserve(heap);
        var times = state.Times(heap);
        var values = state.Sums(heap);
        for (var known = state.Start; known < state.End; known++)
        {
            if (values[known] == value)
            {
                if (times[known] >= instant)
                {
                    return;
                }

                state.Remove(heap, known, known + 1);
                break;
            }
        }

        state.Place(heap, state.Find(heap, instant), instant, value);
        if (state.Length > Limits.DistinctValuesMax)
        {
            state.Remove(heap, state.Start, state.Start + 1);
        }

        state.Total = state.Length;
    }

    public override void Unite(ref BehaviourState ours, StateHeap heap, CompiledBehaviour behaviour, in BehaviourState theirs, StateHeap theirHeap, long now)
    {
        var times = theirs.Times(theirHeap);
        var values = theirs.Sums(theirHeap);
        for (var at = theirs.Start; at < theirs.End; at++)
        {
            Add(ref ours, heap, behaviour, times[at], values[at], now);
        }
    }

    private static long Key(ulong hash) => (long)(hash >>> 16);
}
