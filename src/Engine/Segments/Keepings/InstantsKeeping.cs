using Triggers.Engine.Customers;
using Triggers.Engine.Programs;
using Triggers.Engine.Scoring;

namespace Triggers.Engine.Segments.Keepings;

/// <summary>Every instant that some window still sees, and totals for ever: count, did, sum, average.</summary>
internal sealed class InstantsKeeping(bool hasValues) : Keeping
{
    public static readonly InstantsKeeping Counted = new(false), Summed = new(true);

    public override Widening Widening => Widening.FromOlder;

    public override bool HasValues => hasValues;

    public override void Add(ref BehaviourState state, StateHeap heap, CompiledBehaviour behaviour, long instant, long value, long now)
    {
        state.Total++;
        state.Sum = FixedPoint.Add(state.Sum, value);
        if (behaviour.Windows.Length > 0)
        {
            state.Insert(heap, instant, 1, value, now, behaviour.Windows);
        }
    }

    public override void Unite(ref BehaviourState ours, StateHeap heap, CompiledBehaviour behaviour, in BehaviourState theirs, StateHeap theirHeap, long now)
    {
        ours.Total += theirs.Total;
        ours.Sum = FixedPoint.Add(ours.Sum, theirs.Sum);
        var times = theirs.Times(theirHeap);
        var counts = theirs.Counts(theirHeap);
        var sums = theirs.Sums(theirHeap);
        for (var at = theirs.Start; at < theirs.End && behaviour.Windows.Length > 0; at++)
        {
            ours.Insert(heap, times[at], theirs.HasCounts ? counts[at] : 1, theirs.HasValues ? sums[at] : 0, now, behaviour.Windows);
        }
    }
}
