using Triggers.Engine.Customers;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Json;

namespace Triggers.Engine.Segments.Keepings;

/// <summary>
/// The greatest value ever, and those instants whose value no later one reaches: the oldest of them in a window is the window's greatest. Least values are
/// kept with their sign turned.
/// </summary>
internal sealed class ExtremesKeeping(bool isLeast) : Keeping
{
    public static readonly ExtremesKeeping Greatest = new(false), Least = new(true);

    public override Widening Widening => Widening.FromOlder;

    public override bool HasValues => true;

    public override bool TryValue(in JsonSlot slot, ReadOnlySpan<byte> bytes, out long value)
    {
        var isNumber = base.TryValue(in slot, bytes, out value);
        value = isLeast ? -value : value;
        return isNumber;
    }

    public override void Add(ref BehaviourState state, StateHeap heap, CompiledBehaviour behaviour, long instant, long value, long now)
    {
        state.Sum = state.Total == 0 ? value : Math.Max(state.Sum, value);
        state.Total++;
        Keep(ref state, heap, behaviour, instant, value, now);
    }

    public override void Unite(ref BehaviourState ours, StateHeap heap, CompiledBehaviour behaviour, in BehaviourState theirs, StateHeap theirHeap, long now)
    {
        if (theirs.Total > 0)
        {
            ours.Sum = ours.Total == 0 ? theirs.Sum : Math.Max(ours.Sum, theirs.Sum);
            ours.Total += theirs.Total;
        }

        var times = theirs.Times(theirHeap);
        var values = theirs.Sums(theirHeap);
        for (var at = theirs.Start; at < theirs.End; at++)
        {
            Keep(ref ours, heap, behaviour, times[at], values[at], now);
        }
    }

    private static void Keep(ref BehaviourState state, StateHeap heap, CompiledBehaviour behaviour, long instant, long value, long now)
    {
        if (behaviour.Windows.Length == 0)
        {
            return;
        }

        var boundary = now - behaviour.Windows[^1];
        state.Forget(heap, boundary);
        if (instant <= boundary)
        {
            return;
        }

        if (state.Length >= Limits.ExactInstantsMax)
        {
            state.Thin(heap, now, behaviour.Windows);
        }

        state.Reserve(heap);
        var times = state.Times(heap);
        var values = state.Sums(heap);
        var at = state.Find(heap, instant);
        if ((at < state.End && values[at] >= value) || (at > state.Start && times[at - 1] == instant && values[at - 1] >= value))
        {
            return;
        }

        var from = at;
        while (from > state.Start && values[from - 1] <= value)
        {
            from--;
        }

        state.Place(heap, state.Remove(heap, from, at), instant, value);
    }
}
