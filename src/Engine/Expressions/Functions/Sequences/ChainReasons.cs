using Triggers.Engine.Explanations;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;
using Triggers.Engine.Segments.Keepings;

namespace Triggers.Engine.Expressions.Functions;

/// <summary>What a chain lacks, in words: how far the best try came, and what has to happen by when.</summary>
internal static class ChainReasons
{
    public static string Leaves(Chain chain) =>
        chain.Window.Kind == WindowKind.SinceEntry ? "nothing can change it in this run" : $"its first step has to leave the window of {Duration.Format(chain.Window.LengthMs)}";

    public static string Lacks(Chain chain, Sight sight, ref Evaluation evaluation)
    {
        var (steps, without) = Read(chain, sight, ref evaluation);
        var best = new Progress(0, 0, $"step 1 of {chain.Steps.Count}: {Name(chain.Steps[0])} has to happen");
        var keys = chain.SamePath is null ? [EachKeeping.NoValue] : steps[0].Select(item => item.Key).Where(key => key != EachKeeping.NoValue).Distinct();
        foreach (var key in keys)
        {
            var progress = Follow(chain, steps, without, key, evaluation.Now);
            best = progress.Steps > best.Steps || (progress.Steps == best.Steps && progress.At > best.At) ? progress : best;
        }

        return best.Lacks;
    }

    /// <summary>What happened of each step; of a shared property, how many values there were.</summary>
    public static IReadOnlyList<SeenValue> See(Chain chain, Sight sight, ref Evaluation evaluation)
    {
        if (chain.SamePath is null)
        {
            return sight.See(chain.Parts, ref evaluation);
        }

        var seen = new List<SeenValue>();
        foreach (var kept in chain.Parts.Cast<AggregateExpr>().Distinct())
        {
            var view = sight.Look(kept, ref evaluation);
            var values = new HashSet<long>();
            for (var at = 0; at < view.Places; at++)
            {
                values.Add(view.SumAt(at));
            }

            values.Remove(EachKeeping.NoValue);
            var note = sight.Note(kept, ref evaluation);
            seen.Add(new SeenValue(
                Canonical.Of(kept with { Kind = AggregateKind.Count, ValuePath = null }), Phrases.Number(view.Places), $"{values.Count} different {Canonical.Path("properties", chain.SamePath)}{(note.Length > 0 ? "; " + note : "")}"));
        }

        return seen;
    }

    /// <summary>That some of it is collecting or approximate.</summary>
    public static string Note(Chain chain, Sight sight, ref Evaluation evaluation)
    {
        foreach (var kept in chain.Parts.Cast<AggregateExpr>())
        {
            if (sight.Note(kept, ref evaluation) is { Length: > 0 } note)
            {
                return note;
            }
        }

        return "";
    }

    private static Progress Follow(Chain chain, (long Key, long Time)[][] steps, (long Key, long Time)[] without, long key, long now)
    {
        var reached = Of(steps[0], key, false);
        for (var i = 1; i < chain.Steps.Count && reached.Length > 0; i++)
        {
            var step = chain.Steps[i];
            if (step.IsNot)
            {
                return Pending(chain, reached, Of(steps[i], key, chain.SamePath is not null), now);
            }

            var before = reached;
            reached = Following(before, Of(steps[i], key, false), step.WithinMs, Of(without, key, chain.SamePath is not null));
            if (reached.Length == 0)
            {
                return new Progress(i, before[^1], Missing(chain, i, before[^1], now));
            }
        }

        return new Progress(
            reached.Length == 0 ? 0 : chain.Steps.Count, reached.Length == 0 ? 0 : reached[^1], $"its steps have to happen{(chain.Without is null ? "" : $" without {Name(chain.Without)} between")}");
    }

    private static string Missing(Chain chain, int index, long before, long now)
    {
        var step = chain.Steps[index];
        var happening = Name(step) + (chain.SamePath is null ? "" : $" with the same {Canonical.Path("properties", chain.SamePath)}");
        var place = $"step {index + 1} of {chain.Steps.Count}: {happening}";
        var deadline = step.WithinMs > 0 ? before + step.WithinMs : chain.Window.Kind == WindowKind.Within ? before + chain.Window.LengthMs : Instants.Never;
        return deadline == Instants.Never ? $"{place} has to happen"
            : deadline > now ? $"{place} has to happen by {Phrases.Instant(deadline)}"
            : $"{place} did not follow within {Duration.Format(step.WithinMs)}; the steps before it have to happen again";
    }

    /// <summary>What must not follow: its time is not over yet, or it did.</summary>
    private static Progress Pending(Chain chain, long[] before, long[] closing, long now)
    {
        var step = chain.Steps[^1];
        for (var i = before.Length - 1; i >= 0; i--)
        {
            var deadline = Instants.After(before[i], step.WithinMs);
            if (deadline > now && (closing.Length == 0 || closing[^1] <= before[i]))
            {
                return new Progress(chain.Steps.Count, before[i], $"{Name(step)} must not happen before {Phrases.Instant(deadline)}");
            }
        }

        return new Progress(chain.Steps.Count - 1, before[^1], $"{Name(step)} followed within {Duration.Format(step.WithinMs)} each time; the steps before it have to happen again, without it");
    }

    /// <summary>Instants of a step that come soon enough after one of those before it, and without what must not be between.</summary>
    private static long[] Following(long[] before, long[] times, long within, long[] between)
    {
        var found = new List<long>();
        foreach (var time in times)
        {
            var at = Array.FindLastIndex(before, earlier => earlier < time);
            if (at >= 0 && (within == 0 || time - before[at] <= within) && !Array.Exists(between, instant => instant > before[at] && instant < time))
            {
                found.Add(time);
            }
        }

        return [.. found];
    }

    private static long[] Of((long Key, long Time)[] items, long key, bool withNoValue) =>
        [.. items.Where(item => item.Key == key || (withNoValue && item.Key == EachKeeping.NoValue)).Select(item => item.Time)];

    private static ((long Key, long Time)[][] Steps, (long Key, long Time)[] Without) Read(Chain chain, Sight sight, ref Evaluation evaluation)
    {
        var steps = new (long Key, long Time)[chain.Steps.Count][];
        for (var i = 0; i < steps.Length; i++)
        {
            steps[i] = Read(chain.Kept(chain.Steps[i]), sight, ref evaluation);
        }

        return (steps, chain.Without is null ? [] : Read(chain.Kept(chain.Without), sight, ref evaluation));
    }

    private static (long Key, long Time)[] Read(AggregateExpr kept, Sight sight, ref Evaluation evaluation)
    {
        var view = sight.Look(kept, ref evaluation);
        var items = new (long Key, long Time)[view.Places];
        for (var at = 0; at < items.Length; at++)
        {
            items[at] = (kept.Kind == AggregateKind.Each ? view.SumAt(at) : EachKeeping.NoValue, view.TimeAt(at));
        }

        return items;
    }

    private static string Name(SequenceStep step) => Phrases.Event(step.EventName, step.Where);

    /// <param name="Steps">How many it came to.</param>
    /// <param name="At">When the last of them was.</param>
    private sealed record Progress(int Steps, long At, string Lacks);
}
