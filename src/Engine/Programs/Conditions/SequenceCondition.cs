using System.Buffers;
using Triggers.Engine.Expressions;
using Triggers.Engine.Scoring;

namespace Triggers.Engine.Programs.Conditions;

/// <summary>
/// Looks for a sequence in the instants that are kept of its steps, from the last step back to the first, so that a late event changes what it should.
/// </summary>
/// <param name="steps">What happens, in order.</param>
/// <param name="within">How soon after the step before; of the first 0.</param>
/// <param name="absent">What does not follow the last of them within <paramref name="absentWithin"/>; null: nothing.</param>
/// <param name="without">What does not happen in between; null: anything may.</param>
internal sealed class SequenceCondition(CompiledBehaviour[] steps, long[] within, CompiledBehaviour? absent, long absentWithin, CompiledBehaviour? without, Window window) : Condition
{
    public override Truth Test(ref Evaluation evaluation)
    {
        var isPartial = IsPartial(ref evaluation);
        var places = 1;
        foreach (var step in steps)
        {
            places = Math.Max(places, step.Look(ref evaluation, window).Places);
        }

        var (found, next) = (ArrayPool<long>.Shared.Rent(places), ArrayPool<long>.Shared.Rent(places));
        var count = FindLast(ref evaluation, found);
        for (var i = steps.Length - 2; i >= 0 && count > 0; i--)
        {
            count = FindBefore(ref evaluation, i, found.AsSpan(0, count), next);
            (found, next) = (next, found);
        }

        var latest = count > 0 ? found[count - 1] : 0;
        ArrayPool<long>.Shared.Return(found);
        ArrayPool<long>.Shared.Return(next);
        if (count == 0)
        {
            return isPartial ? Truth.Unknown : Truth.False;
        }

        evaluation.ChangesAt(Instants.After(latest, window.LengthMs));

        // What happened is known, whatever came before we looked; what did not happen is known only of times at which we did.
        return isPartial && (absent is not null || without is not null) ? Truth.Unknown : Truth.True;
    }

    private bool IsPartial(ref Evaluation evaluation)
    {
        var isPartial = absent is not null && Look(ref evaluation, absent);
        isPartial |= without is not null && Look(ref evaluation, without);
        foreach (var step in steps)
        {
            isPartial |= Look(ref evaluation, step);
        }

        return isPartial;

        bool Look(ref Evaluation evaluation, CompiledBehaviour behaviour)
        {
            var (_, partial, until) = behaviour.See(ref evaluation, window);
            evaluation.ChangesAt(until);
            return partial;
        }
    }

    /// <summary>Instants of the last step that nothing followed which should not, with their time over; notes when the next one's is.</summary>
    private int FindLast(ref Evaluation evaluation, Span<long> found)
    {
        var times = steps[^1].Look(ref evaluation, window).Times;
        if (absent is null)
        {
            times.CopyTo(found);
            return times.Length;
        }

        var closing = absent.Look(ref evaluation, window).Times;
        var (count, at) = (0, 0);
        foreach (var time in times)
        {
            while (at < closing.Length && closing[at] <= time)
            {
                at++;
            }

            if (at < closing.Length && closing[at] - time <= absentWithin)
            {
                continue;
            }

            var deadline = Instants.After(time, absentWithin);
            if (deadline <= evaluation.Now)
            {
                found[count++] = time;
            }
            else
            {
                evaluation.ChangesAt(deadline);
            }
        }

        return count;
    }

    /// <summary>Instants of a step that are followed, soon enough and with nothing between that should not be, by one of the next step: the first is the best.</summary>
    private int FindBefore(ref Evaluation evaluation, int step, ReadOnlySpan<long> following, Span<long> found)
    {
        var between = without is null ? default : without.Look(ref evaluation, window).Times;
        var (count, at, next) = (0, 0, 0);
        foreach (var time in steps[step].Look(ref evaluation, window).Times)
        {
            while (at < following.Length && following[at] <= time)
            {
                at++;
            }

            while (next < between.Length && between[next] <= time)
            {
                next++;
            }

            if (at < following.Length && following[at] - time <= within[step + 1] && (next == between.Length || between[next] >= following[at]))
            {
                found[count++] = time;
            }
        }

        return count;
    }
}
