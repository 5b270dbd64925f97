using Triggers.Engine.Customers;
using Triggers.Engine.Programs;

namespace Triggers.Engine.Segments.Keepings;

/// <summary>
/// The last instant on each day of a customer's life, whatever the windows. The day is that of the place where the event happened; it stands beside
/// the instant as soon as one is another day than that of UTC: until then it takes four bytes a day.
/// </summary>
internal sealed class DaysKeeping : Keeping
{
    public static readonly DaysKeeping Instance = new();

    private const long DayMs = 86_400_000;

    /// <summary>How far apart two instants of one day can be: time zones reach from 12 h behind UTC to 14 h ahead.</summary>
    private const long DaySpreadMs = 3 * DayMs;

    public override Widening Widening => Widening.Nothing;

    public override bool HasValues => false;

    /// <param name="value">The day, in days since 1970.</param>
    public override void Add(ref BehaviourState state, StateHeap heap, CompiledBehaviour behaviour, long instant, long value, long now)
    {
        if (!state.HasValues && value != DayOf(instant))
        {
            StartDays(ref state, heap);
        }

        state.Reserve(heap);
        var times = state.Times(heap);
        var at = state.Find(heap, instant);
        for (var later = at; later < state.End && times[later] - instant <= DaySpreadMs; later++)
        {
            if (DayAt(in state, heap, later) == value)
            {
                return;
            }
        }

        for (var earlier = at - 1; earlier >= state.Start && instant - times[earlier] <= DaySpreadMs; earlier--)
        {
            if (DayAt(in state, heap, earlier) == value)
            {
                state.Remove(heap, earlier, earlier + 1);
                state.Place(heap, state.Find(heap, instant), instant, value);
                return;
            }
        }

        state.Place(heap, at, instant, value);
        state.Total++;
        if (state.Length > Limits.DaysKeptMax)
        {
            state.Remove(heap, state.Start, state.Start + 1);
        }
    }

    public override void Unite(ref BehaviourState ours, StateHeap heap, CompiledBehaviour behaviour, in BehaviourState theirs, StateHeap theirHeap, long now)
    {
        for (var at = theirs.Start; at < theirs.End; at++)
        {
            Add(ref ours, heap, behaviour, theirs.Times(theirHeap)[at], DayAt(in theirs, theirHeap, at), now);
        }

        ours.Total += theirs.Total - theirs.Length;
    }

    /// <summary>Days since 1970, rounded down before it.</summary>
    public static long DayOf(long instant) => (instant - (((instant % DayMs) + DayMs) % DayMs)) / DayMs;

    private static long DayAt(in BehaviourState state, StateHeap heap, int at) => state.HasValues ? state.Sums(heap)[at] : DayOf(state.Times(heap)[at]);

    private static void StartDays(ref BehaviourState state, StateHeap heap)
    {
        state.StartValues(heap);
        for (var at = state.Start; at < state.End; at++)
        {
            state.Sums(heap)[at] = DayOf(state.Times(heap)[at]);
        }
    }
}
