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
    public ulong Id { get; } = id;

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

    /// <summary>When it came into force without a break since: customers known before are collecting.</summary>
    public long IntroducedAt { get; set; }

    /// <summary>Indices of segments that read it.</summary>
    public int[] Segments { get; set; } = [];

    public void AddWindow(Window window)
    {
        var length = window.Kind switch { WindowKind.Within => window.LengthMs, WindowKind.SinceEntry => Limits.SinceEntryMsMax, _ => 0 };
        if (length > 0 && Array.IndexOf(Windows, length) < 0)
        {
            Windows = [.. Windows.Append(length).Order()];
        }
    }

    public WindowView Look(scoped ref Evaluation evaluation, Window window) => Look(ref evaluation, window, Id);

    /// <summary>What is kept under the behaviour's own id, or at one of its places.</summary>
    public WindowView Look(scoped ref Evaluation evaluation, Window window, ulong id)
    {
        var (boundary, isPartial, partialUntil) = See(ref evaluation, window);
        var customer = evaluation.Customer;
        var behaviours = customer.Behaviours;
        var index = Customer.FindBehaviour(behaviours, id);
        return new WindowView(index < 0 ? default : behaviours[index], customer.Heap, window, boundary, isPartial, partialUntil, evaluation.Now);
    }

    /// <summary>Where a window begins, whether part of it lies before the behaviour was first looked for, and until when.</summary>
    public (long Boundary, bool IsPartial, long PartialUntil) See(scoped ref Evaluation evaluation, Window window)
    {
        var boundary = window.Kind == WindowKind.Within ? evaluation.Now - window.LengthMs : evaluation.Since;
        var isPartial = false;
        var partialUntil = Instants.Never;
        if (evaluation.Customer.CreatedAt < IntroducedAt && window.Kind != WindowKind.SinceEntry)
        {
            isPartial = window.Kind == WindowKind.Ever || boundary < IntroducedAt;
            partialUntil = isPartial && window.Kind == WindowKind.Within ? Instants.After(IntroducedAt, window.LengthMs) : Instants.Never;
        }

        return (boundary, isPartial, partialUntil);
    }
}
