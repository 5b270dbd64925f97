using Triggers.Engine.Customers;
using Triggers.Engine.Programs;

namespace Triggers.Engine.Segments.Keepings;

/// <summary>The last instant on each day (UTC) of a customer's life, whatever the windows: four bytes a day, and any window is exact.</summary>
internal sealed class DaysKeeping : Keeping
{
    public static readonly DaysKeeping Instance = new();

    private const long Day = 86_400_000;

    public override Widening Widening => Widening.Nothing;

    public override bool HasValues => false;

    public override void Add(ref BehaviourState state, StateHeap heap, CompiledBehaviour behaviour, long instant, long value, long now)
    {
        state.Reserve(heap);
        var times = state.Times(heap);
        var at = state.Find(heap, instant);
        if (at > state.Start && IsSameDay(times[at - 1], instant))
        {
            times[at - 1] = instant;
        }
        else if (at == state.End || !IsSameDay(times[at], instant))
        {
            state.Place(heap, at, instant, 0);
            state.Total++;
            if (state.Length > Limits.DaysKeptMax)
            {
                state.Remove(heap, state.Start, state.Start + 1);
            }
        }
    }

    public override void Unite(ref BehaviourState ours, StateHeap heap, CompiledBehaviour behaviour, in BehaviourState theirs, StateHeap theirHeap, long now)
    {
        foreach (var instant in theirs.Times(theirHeap)[theirs.Start..theirs.End])
        {
            Add(ref ours, heap, behaviour, instant, 0, now);
        }

        ours.Total += theirs.Total - theirs.Length;
    }

    private static bool IsSameDay(long left, long right) => DayOf(left) == DayOf(right);

    /// <summary>Days since 1970, rounded down before it.</summary>
    private static long DayOf(long instant) => (instant - (((instant % Day) + Day) % Day)) / Day;
}
