using System.Text;

namespace Triggers.Engine.Expressions.Functions;

/// <summary>One thing after the other, and what does not happen: what <c>sequence</c> and <c>funnel</c> look for.</summary>
/// <param name="SamePath">The property that has one value in all of them, without <c>properties.</c>; null: none has to.</param>
/// <param name="Window">In which all of it lies.</param>
public sealed record Chain(IReadOnlyList<SequenceStep> Steps, SequenceStep? Without, string? SamePath, Window Window)
{
    /// <summary>What happens, without what must not follow.</summary>
    public IReadOnlyList<SequenceStep> Happening => Steps[^1].IsNot ? [.. Steps.SkipLast(1)] : Steps;

    /// <summary>What must not follow the last step; null: nothing.</summary>
    public SequenceStep? Absent => Steps[^1].IsNot ? Steps[^1] : null;

    /// <summary>What is kept of a customer for it, in the order of the text.</summary>
    public IReadOnlyList<Expr> Parts => [.. Steps.Select(Kept), .. Without is null ? Array.Empty<Expr>() : [Kept(Without)]];

    public bool Equals(Chain? other) =>
        other is not null && Window == other.Window && SamePath == other.SamePath && Equals(Without, other.Without) && Steps.SequenceEqual(other.Steps);

    public override int GetHashCode() => HashCode.Combine(Window, SamePath, Steps.Count);

    /// <summary>What is kept of one step: what counts of the same events keep, or each instant with its value.</summary>
    public AggregateExpr Kept(SequenceStep step) => new(SamePath is null ? AggregateKind.Count : AggregateKind.Each, step.EventName, step.Where, SamePath, Window);

    internal void Write(StringBuilder text)
    {
        for (var i = 0; i < Steps.Count; i++)
        {
            WriteStep(text.Append(i == 0 ? "" : Steps[i].IsNot ? ", then not " : ", then "), Steps[i]);
        }

        if (SamePath is not null)
        {
            text.Append(", same ").Append(Canonical.Path("properties", SamePath));
        }

        if (Without is not null)
        {
            WriteStep(text.Append(", without "), Without);
        }

        text.Append(Window.Kind == WindowKind.SinceEntry ? ", since entry" : ", within " + Duration.Format(Window.LengthMs));
    }

    private static void WriteStep(StringBuilder text, SequenceStep step)
    {
        Canonical.WriteText(text, step.EventName).Append(step.WithinMs == 0 ? "" : " within " + Duration.Format(step.WithinMs));
        if (step.Where is not null)
        {
            Canonical.Write(text.Append(" where "), step.Where, Canonical.OrLevel);
        }
    }
}

/// <param name="WithinMs">How soon after the step before; 0: the first, or at any time in the window.</param>
/// <param name="IsNot">It does not happen in that time.</param>
public sealed record SequenceStep(string EventName, Expr? Where, long WithinMs, bool IsNot);
