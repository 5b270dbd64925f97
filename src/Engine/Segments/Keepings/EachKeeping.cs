using Triggers.Engine.Customers;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Json;

namespace Triggers.Engine.Segments.Keepings;

/// <summary>
/// The newest instants, each with the value that a property had, by 48 bits of its hash. Which are the newest does not depend on the order in which they
/// come, nor on which of two customers had them; the same value at the same instant is kept once.
/// </summary>
internal sealed class EachKeeping : Keeping
{
    public static readonly EachKeeping Instance = new();

    /// <summary>The event has no such property.</summary>
    public const long NoValue = 0;

    public override bool HasValues => true;

    public override bool TryValue(in JsonSlot slot, ReadOnlySpan<byte> bytes, out long value)
    {
        value = DistinctKeeping.Instance.TryValue(in slot, bytes, out var key) ? Math.Max(key, 1) : NoValue;
        return true;
    }

    public override void Add(ref BehaviourState state, StateHeap heap, CompiledBehaviour behaviour, long instant, long value, long now)
    {
        state.Total++;
        Keep(ref state, heap, behaviour, instant, value, now);
    }

    public override void Unite(ref BehaviourState ours, StateHeap heap, CompiledBehaviour behaviour, in BehaviourState theirs, StateHeap theirHeap, long now)
    {
        ours.Total += theirs.Total;
        var times = theirs.Times(theirHeap);
        var values = theirs.Sums(theirHeap);
        for (var at = theirs.Start; at < theirs.End; at++)
        {
            Keep(ref ours, heap, behaviour, times[at], values[at], now);
        }
    }

    /// <summary>More happened than is kept: instants up to this one may be missing.</summary>
    public static long CutAt(Customer customer, CompiledBehaviour behaviour)
    {
        var index = Customer.FindBehaviour(customer.Behaviours, behaviour.Id);
        if (index < 0)
        {
            return long.MinValue;
        }

        ref readonly var state = ref customer.Behaviours[index];
        return IsCut(in state) ? state.Times(customer.Heap)[state.Start] : long.MinValue;
    }

    public static bool IsCut(in BehaviourState state) => state.Length > Limits.SequenceInstantsMax;

    private static void Keep(ref BehaviourState state, StateHeap heap, CompiledBehaviour behaviour, long instant, long value, long now)
    {
        var boundary = now - behaviour.Windows[^1];
        state.Forget(heap, boundary);
        if (instant <= boundary)
        {
            return;
        }

        state.Reserve(heap);
        var times = state.Times(heap);
        var values = state.Sums(heap);
        var at = state.Find(heap, instant);
        while (at > state.Start && times[at - 1] == instant && values[at - 1] >= value)
        {
            at--;
        }

        if (at < state.End && times[at] == instant && values[at] == value)
        {
            return;
        }

        // One more than the limit stays, so that it shows that there were more.
        if (!IsCut(in state))
        {
            state.Place(heap, at, instant, value);
        }
        else if (at > state.Start)
        {
            state.Place(heap, at, instant, value);
            state.Remove(heap, state.Start, state.Start + 1);
        }
    }
}
