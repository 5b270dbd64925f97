using Triggers.Engine.Customers;
using Triggers.Engine.Expressions;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;
using Triggers.Engine.Segments;
using Triggers.Engine.Segments.Keepings;

namespace Triggers.Engine.Programs;

/// <summary>
/// An event, a condition on it and a value of it, as some function on behaviour names them. Conditions that differ only in their window
/// share one: its id is the hash of the canonical text without a window (<c>did</c> written as <c>count</c>, <c>average</c> as <c>sum</c>).
/// </summary>
internal sealed class CompiledBehaviour(ulong id, string text, string eventName, Keeping keeping)
{
    private bool _isEver;

    public ulong Id { get; } = id;

    /// <summary>Its place among the program's.</summary>
    public int Index { get; set; }

    /// <summary>Canonical text without a window.</summary>
    public string Text { get; } = text;

    public string EventName { get; } = eventName;

    /// <summary>What is kept of each customer.</summary>
    public Keeping Keeping { get; } = keeping;

    public Condition? Where { get; set; }

    /// <summary>Property slot of the value; −1: counts only.</summary>
    public int ValueSlot { get; set; } = -1;

    /// <summary>Lengths of windows over it, ascending; empty: only for ever.</summary>
    public long[] Windows { get; private set; } = [];

    /// <summary>What was missed of it since it was last introduced, filled from history or not, in the order of the versions.</summary>
    public Gap[] Gaps { get; private set; } = [];

    /// <summary>Customers known before this instant are collecting: of them instants up to <see cref="MissingUntil"/> are not known.</summary>
    public long MissingBefore { get; private set; } = long.MinValue;

    public long MissingUntil { get; private set; } = long.MinValue;

    /// <summary>Of customers known before this instant not even totals are known.</summary>
    public long IntroducedAt { get; private set; } = long.MinValue;

    /// <summary>The version that introduced it, if customers were known before; state that is older belongs to an earlier life of it.</summary>
    public int IntroducedIn => Gaps is [{ IsWhole: true } first, ..] ? first.Version : 0;

    /// <summary>Indices of segments that read it.</summary>
    public int[] Segments { get; set; } = [];

    /// <summary>Those of them that any event of it may change; the others stand in <see cref="Thresholds"/>.</summary>
    public int[] SegmentsOfAny { get; set; } = [];

    public CountThreshold[] Thresholds { get; set; } = [];

    /// <summary>How far back a window looks; 0: it has no beginning.</summary>
    public static long LengthOf(Window window) => window.Kind switch { WindowKind.Within => window.LengthMs, WindowKind.SinceEntry => Limits.SinceEntryMsMax, _ => 0 };

    /// <param name="filled">Gaps of versions up to this one are closed.</param>
    public void Miss(Gap[] gaps, int filled)
    {
        Gaps = gaps;
        foreach (var gap in gaps)
        {
            if (gap.Version > filled)
            {
                MissingBefore = gap.At;
                MissingUntil = Math.Max(MissingUntil, gap.Until);
                IntroducedAt = gap.IsWhole ? gap.Until : IntroducedAt;
            }
        }
    }

    public bool TryFindGap(int version, out Gap gap)
    {
        gap = Array.Find(Gaps, item => item.Version == version);
        return gap.Version == version;
    }

    /// <summary>Instants up to here come with the fill of a later version; <see cref="long.MinValue"/>: none do.</summary>
    public long FilledLaterUntil(int version)
    {
        var until = long.MinValue;
        foreach (var gap in Gaps)
        {
            until = gap.Version > version ? Math.Max(until, gap.Until) : until;
        }

        return until;
    }

    public void AddWindow(Window window)
    {
        var length = LengthOf(window);
        _isEver |= length == 0;
        if (length > 0 && Array.IndexOf(Windows, length) < 0)
        {
            Windows = [.. Windows.Append(length).Order()];
        }
    }

    /// <summary>Some window over it, or none, reaches back beyond an instant.</summary>
    public bool LooksBeyond(long instant, long now) => _isEver || Windows.Length == 0 || now - Windows[^1] < instant;

    public WindowView Look(scoped ref Evaluation evaluation, Window window) => Look(ref evaluation, window, Id);

    /// <summary>What is kept under the behaviour's own id, or at one of its places.</summary>
    public WindowView Look(scoped ref Evaluation evaluation, Window window, ulong id)
    {
        var (boundary, isPartial, partialUntil) = See(ref evaluation, window);
        var customer = evaluation.Customer;
        var behaviours = customer.Behaviours;
        var index = evaluation.BehaviourPlaces is { } places ? Customer.FindBehaviour(behaviours, id, ref places[Index]) : Customer.FindBehaviour(behaviours, id);
        return new WindowView(in index < 0 ? ref BehaviourState.None : ref behaviours[index], customer.Heap, window, boundary, isPartial, partialUntil, evaluation.Now);
    }

    /// <summary>Where a window begins, whether part of it lies before the behaviour was first looked for, and until when.</summary>
    public (long Boundary, bool IsPartial, long PartialUntil) See(scoped ref Evaluation evaluation, Window window)
    {
        var boundary = window.Kind == WindowKind.Within ? evaluation.Now - window.LengthMs : evaluation.Since;
        var isPartial = false;
        var partialUntil = Instants.Never;
        if (evaluation.Customer.CreatedAt < MissingBefore && window.Kind != WindowKind.SinceEntry)
        {
            isPartial = window.Kind == WindowKind.Ever ? evaluation.Customer.CreatedAt < IntroducedAt : boundary < MissingUntil;
            partialUntil = isPartial && window.Kind == WindowKind.Within ? Instants.After(MissingUntil, window.LengthMs) : Instants.Never;
        }

        return (boundary, isPartial, partialUntil);
    }
}
