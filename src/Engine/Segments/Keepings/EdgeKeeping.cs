using Triggers.Engine.Customers;
using Triggers.Engine.Programs;

namespace Triggers.Engine.Segments.Keepings;

/// <summary>The newest or the oldest instant alone.</summary>
internal sealed class EdgeKeeping(bool isNewest) : Keeping
{
    public static readonly EdgeKeeping Newest = new(true), Oldest = new(false);

    public override Widening Widening => Widening.Nothing;

    public override bool HasValues => false;

    public override void Add(ref BehaviourState state, StateHeap heap, CompiledBehaviour behaviour, long instant, long value, long now)
    {
        state.Total++;
        Keep(ref state, heap, instant);
    }

    public override void Unite(ref BehaviourState ours, StateHeap heap, CompiledBehaviour behaviour, in BehaviourState theirs, StateHeap theirHeap, long now)
    {
        ours.Total += theirs.Total;
        if (theirs.Length > 0)
        {
            Keep(ref ours, heap, theirs.Times(theirHeap)[theirs.Start]);
        }
    }

    private void Keep(ref BehaviourState state, StateHeap heap, long instant)
    {
        if (state.Length == 0)
        {
            state.Reserve(heap);
            state.Place(heap, state.Start, instant, 0);
            return;
        }

        ref var kept = ref state.Times(heap)[state.Start];
        kept = isNewest ? Math.Max(kept, instant) : Math.Min(kept, instant);
    }
}
