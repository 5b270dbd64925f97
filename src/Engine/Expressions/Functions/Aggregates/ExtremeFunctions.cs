using Triggers.Engine.Explanations;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;
using Triggers.Engine.Segments;
using Triggers.Engine.Segments.Keepings;

namespace Triggers.Engine.Expressions.Functions;

/// <summary>What min and max have in common.</summary>
public abstract class ExtremeFunction : AggregateFunction
{
    private protected abstract bool IsMax { get; }

    private protected override bool TakesValue => true;

    internal override Keeping Keeping => IsMax ? ExtremesKeeping.Greatest : ExtremesKeeping.Least;

    internal override Condition Compare(CompiledBehaviour behaviour, Window window, CompareOp op, double line) => new ExtremeCondition(behaviour, window, op, line, IsMax);

    internal override string? Needs(AggregateExpr aggregate, CompareOp op, double line, scoped in WindowView view)
    {
        var isReached = IsMax ? op is CompareOp.GreaterOrEqual or CompareOp.Greater : op is CompareOp.LessOrEqual or CompareOp.Less;
        var one = $"{Canonical.Path("properties", aggregate.ValuePath!)} of {(isReached ? "one" : "every")} {Phrases.Event(aggregate.EventName, aggregate.Where)}";
        return op == CompareOp.NotEqual ? null : $"{one} {Phrases.HasToBe(op, Phrases.Number(line))}";
    }

    internal override Value Read(scoped in WindowView view) => view.TryExtreme(out var value) ? Value.Of((IsMax ? value : -value) / FixedPoint.SumScale) : Value.None;
}

/// <summary><c>min('Order Completed', properties.total, within 365d)</c>.</summary>
public sealed class MinFunction : ExtremeFunction
{
    public override string Name => "min";

    public override AggregateKind Kind => AggregateKind.Min;

    public override string Help => "The least value of a numeric property over the events that have it. Where there is none, every comparison is false.";

    public override string Example => "min('Order Completed', properties.total) < 10";

    public override IReadOnlyList<ParameterSpec> Parameters { get; } = [s_event, new("properties.path", "property", true, "The property whose least value is meant."), s_where, s_window];

    private protected override bool IsMax => false;
}

/// <summary><c>max('Order Completed', properties.total, within 365d)</c>.</summary>
public sealed class MaxFunction : ExtremeFunction
{
    public override string Name => "max";

    public override AggregateKind Kind => AggregateKind.Max;

    public override string Help => "The greatest value of a numeric property over the events that have it. Where there is none, every comparison is false.";

    public override string Example => "max('Order Completed', properties.total, within 365d) >= 200";

    public override IReadOnlyList<ParameterSpec> Parameters { get; } = [s_event, new("properties.path", "property", true, "The property whose greatest value is meant."), s_where, s_window];

    private protected override bool IsMax => true;
}

/// <summary><c>max(…) &gt;= 200</c>: knows which of the kept values has to leave the window for the answer to change.</summary>
internal sealed class ExtremeCondition(CompiledBehaviour behaviour, Window window, CompareOp op, double line, bool isMax) : Condition
{
    public override Truth Test(ref Evaluation evaluation)
    {
        var view = behaviour.Look(ref evaluation, window);
        var holds = view.TryExtreme(out var value) && Holds(value);
        evaluation.ChangesAt(view.PartialUntil);
        if (view.IsPartial)
        {
            var isDecided = isMax ? op is CompareOp.GreaterOrEqual or CompareOp.Greater : op is CompareOp.LessOrEqual or CompareOp.Less;
            return isDecided && holds ? Truth.True : Truth.Unknown;
        }

        for (var i = 0; window.Kind == WindowKind.Within && i < view.Places; i++)
        {
            var isLast = i + 1 == view.Places;
            if ((!isLast && Holds(view.SumAt(i + 1))) != holds && !view.LeaveTogether(i))
            {
                evaluation.ChangesAt(view.Leave(i));
                break;
            }
        }

        return holds ? Truth.True : Truth.False;
    }

    private bool Holds(long value) => Comparison.Numbers(op, (isMax ? value : -value) / FixedPoint.SumScale, line);
}
