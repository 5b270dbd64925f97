using System.Text;
using Triggers.Engine.Explanations;
using Triggers.Engine.Expressions.Parsing;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;

namespace Triggers.Engine.Expressions.Functions;

/// <summary><c>change(count('Product Viewed', within 30d)) &gt;= 2</c>: a window against the one of the same length before it.</summary>
public sealed class ChangeFunction : FunctionTerm
{
    public override string Name => "change";

    public override string Help =>
        "How many times as much a count or sum is as in the window of the same length before it: 2 is twice as much, 0.5 half, 0 nothing any more. Where there was nothing before, or a sum below zero, there is nothing to compare with and every comparison is false.";

    public override string Example => "change(count('Product Viewed', within 30d)) >= 2";

    public override ValueType Result => ValueType.Number;

    public override IReadOnlyList<ParameterSpec> Parameters { get; } = [new("value", "number", true, $"`count(…, within …)` or `sum(…, within …)`, over a window of at most {Duration.Format(Limits.DurationMsMax / 2)}.")];

    internal override Expr? ReadArguments(Grammar grammar, Token name)
    {
        var token = grammar.Peek();
        if (!grammar.RequireCustomer(name, "change(…)") || grammar.ReadOperand() is not { } read)
        {
            return null;
        }

        if (read is not AggregateExpr { Kind: AggregateKind.Count or AggregateKind.Sum } of)
        {
            grammar.Fail(token, $"`change` compares a count or a sum with that before it: write for example {Example}");
            return null;
        }

        if (of.Window.Kind != WindowKind.Within || of.Window.LengthMs > Limits.DurationMsMax / 2)
        {
            grammar.Fail(token, $"`change` needs `within …`, at most {Duration.Format(Limits.DurationMsMax / 2)}: the window before it is as long, and both are kept.");
            return null;
        }

        return new ChangeExpr(of) { Position = new Place(name.Index) };
    }
}

/// <summary><c>change(sum('Order Completed', properties.total, within 90d))</c>.</summary>
public sealed record ChangeExpr(AggregateExpr Of) : OpenValueExpr
{
    /// <summary>What is kept reaches over both windows.</summary>
    public override IReadOnlyList<Expr> Parts => [Both];

    internal override void Write(StringBuilder text)
    {
        Canonical.Write(text.Append("change("), Of, Canonical.OperandLevel);
        text.Append(')');
    }

    internal override Operand Compile(in Compilation compilation) => new ChangeOperand(compilation.Behaviour(Both), Of.Window.LengthMs, Of.Kind == AggregateKind.Sum);

    internal override Condition Compare(in Compilation compilation, CompareOp op, double line) =>
        new ChangeCondition(compilation.Behaviour(Both), Of.Window.LengthMs, Of.Kind == AggregateKind.Sum, op, line);

    internal override string Note(Sight sight, ref Evaluation evaluation)
    {
        var (now, before) = Halves(sight, ref evaluation);
        var note = sight.Note(Both, ref evaluation);
        return $"{Phrases.Number(now)} in the last {Length}, {Phrases.Number(before)} in the {Length} before{(note.Length > 0 ? "; " + note : "")}";
    }

    internal override string? Needs(CompareOp op, double line, Sight sight, ref Evaluation evaluation)
    {
        var (now, before) = Halves(sight, ref evaluation);
        var seen = $"{Phrases.Number(now)} in the last {Length}, {Phrases.Number(before)} in the {Length} before";
        if (before <= 0)
        {
            return $"{seen}: there is nothing to compare with";
        }

        var (done, isMore) = (Phrases.Event(Of.EventName, Of.Where), op is CompareOp.GreaterOrEqual or CompareOp.Greater);
        if (!isMore || line <= 0)
        {
            return isMore || op is CompareOp.Less or CompareOp.LessOrEqual ? $"{seen}; {Canonical.Of(this)} {Phrases.HasToBe(op, Phrases.Number(line))}" : null;
        }

        var wanted = Of.Kind == AggregateKind.Sum ? before * line : op == CompareOp.Greater ? Math.Floor(before * line) + 1 : Math.Ceiling(before * line);
        return $"{seen}; {Phrases.Number(wanted - now)} more {(Of.Kind == AggregateKind.Sum ? $"by {Canonical.Path("properties", Of.ValuePath!)} of " : "")}{done}, as long as both windows stay as they are";
    }

    /// <summary>The window and the one before it.</summary>
    private AggregateExpr Both => Of with { Window = new Window(WindowKind.Within, Of.Window.LengthMs * 2) };

    private string Length => Duration.Format(Of.Window.LengthMs);

    private (double Now, double Before) Halves(Sight sight, ref Evaluation evaluation)
    {
        var halves = new WindowHalves(sight.Look(Both, ref evaluation), Of.Window.LengthMs, Of.Kind == AggregateKind.Sum);
        var scale = Of.Kind == AggregateKind.Sum ? FixedPoint.SumScale : 1;
        return (halves.Later / scale, halves.Earlier / scale);
    }
}
