using Triggers.Engine.Explanations;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;
using Triggers.Engine.Segments;
using Triggers.Engine.Segments.Keepings;

namespace Triggers.Engine.Expressions.Functions;

/// <summary><c>sum('Order Completed', properties.total, within 365d)</c>.</summary>
public class SumFunction : AggregateFunction
{
    public override string Name => "sum";

    public override AggregateKind Kind => AggregateKind.Sum;

    public override string Help => "The sum of a numeric property over the events; events without that number add nothing.";

    public override string Example => "sum('Order Completed', properties.total, within 365d) >= 500";

    public override IReadOnlyList<ParameterSpec> Parameters { get; } =
        [s_event, new("properties.path", "property", true, "The property to add up."), s_where, s_window];

    internal override Keeping Keeping => InstantsKeeping.Summed;

    private protected override bool TakesValue => true;

    internal override Condition Compare(CompiledBehaviour behaviour, Window window, CompareOp op, double line) => new SumCondition(behaviour, window, op, line);

    internal override Value Read(scoped in WindowView view) => Value.Of(view.Sum() / FixedPoint.SumScale);

    internal override string? Needs(AggregateExpr aggregate, CompareOp op, double line, scoped in WindowView view)
    {
        var sum = view.Sum() / FixedPoint.SumScale;
        return op is CompareOp.GreaterOrEqual or CompareOp.Greater
            ? $"{Phrases.Number(sum)} of {(op == CompareOp.Greater ? "more than " : "")}{Phrases.Number(line)}; {Phrases.Number(line - sum)} more by {Canonical.Path("properties", aggregate.ValuePath!)} of {Phrases.Event(aggregate.EventName, aggregate.Where)}{Deadline(in view)}"
            : null;
    }
}

/// <summary><c>average('Order Completed', properties.total, within 365d)</c>: a sum and a count from one state.</summary>
public sealed class AverageFunction : SumFunction
{
    public override string Name => "average";

    public override AggregateKind Kind => AggregateKind.Average;

    public override AggregateKind StateKind => AggregateKind.Sum;

    public override string Help => "The average of a numeric property over the events that have it. Where there is none, every comparison is false.";

    public override string Example => "average('Order Completed', properties.total, within 365d) >= 80";

    public override IReadOnlyList<ParameterSpec> Parameters { get; } =
        [s_event, new("properties.path", "property", true, "The property to average."), s_where, s_window];

    internal override Condition Compare(CompiledBehaviour behaviour, Window window, CompareOp op, double line) => new AverageCondition(behaviour, window, op, line);

    internal override Value Read(scoped in WindowView view) => view.Count() is > 0 and var count ? Value.Of(Of(view.Sum(), count)) : Value.None;

    internal override string? Needs(AggregateExpr aggregate, CompareOp op, double line, scoped in WindowView view) =>
        $"the average of {Canonical.Path("properties", aggregate.ValuePath!)} over {Phrases.Event(aggregate.EventName, aggregate.Where)} {Phrases.HasToBe(op, Phrases.Number(line))}";

    internal static double Of(long sum, long count) => sum / FixedPoint.SumScale / count;
}

/// <summary><c>average(…) &gt;= 80</c>: an average moves either way, so while collecting it is neither true nor false.</summary>
internal sealed class AverageCondition(CompiledBehaviour behaviour, Window window, CompareOp op, double line) : Condition
{
    public override Truth Test(ref Evaluation evaluation)
    {
        var view = behaviour.Look(ref evaluation, window);
        var (sum, count) = (view.Sum(), view.Count());
        var holds = Holds(sum, count);
        evaluation.ChangesAt(view.PartialUntil);
        if (window.Kind == WindowKind.Within)
        {
            for (var i = 0; i < view.Places && !view.IsPartial; i++)
            {
                (sum, count) = (FixedPoint.Add(sum, -view.SumAt(i)), count - view.CountAt(i));
                if (Holds(sum, count) != holds && !view.LeaveTogether(i))
                {
                    evaluation.ChangesAt(view.Leave(i));
                    break;
                }
            }
        }

        return view.IsPartial ? Truth.Unknown : holds ? Truth.True : Truth.False;
    }

    private bool Holds(long sum, long count) => count > 0 && Comparison.Numbers(op, AverageFunction.Of(sum, count), line);
}
