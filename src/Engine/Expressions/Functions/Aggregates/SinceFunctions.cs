using Triggers.Engine.Explanations;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;
using Triggers.Engine.Segments;
using Triggers.Engine.Segments.Keepings;

namespace Triggers.Engine.Expressions.Functions;

/// <summary>What the time since the first and the last time have in common.</summary>
public abstract class SinceFunction : AggregateFunction
{
    public override ValueType Result => ValueType.Duration;

    public override IReadOnlyList<ParameterSpec> Parameters { get; } = [s_event, s_where];

    private protected abstract bool IsLast { get; }

    private protected override bool TakesWindow => false;

    internal override Keeping Keeping => IsLast ? EdgeKeeping.Newest : EdgeKeeping.Oldest;

    internal override Condition Compare(CompiledBehaviour behaviour, Window window, CompareOp op, double line) => new SinceCondition(behaviour, op, line, IsLast);

    internal override string? Needs(AggregateExpr aggregate, CompareOp op, double line, scoped in WindowView view)
    {
        var done = Phrases.Event(aggregate.EventName, aggregate.Where);
        if (view.Places == 0)
        {
            return $"{done} has to happen first";
        }

        var passed = $"{Duration.Format(view.Now - view.TimeAt(0))} since the {(IsLast ? "last" : "first")} time";
        return op switch
        {
            CompareOp.Greater or CompareOp.GreaterOrEqual => $"{passed}, of {(op == CompareOp.Greater ? "more than " : "")}{Duration.Format((long)line)}; time has to pass{(IsLast ? $" without {done}" : "")}",
            CompareOp.Less or CompareOp.LessOrEqual => $"{passed}, {(op == CompareOp.Less ? "less than" : "at most")} {Duration.Format((long)line)}; {(IsLast ? $"{done} has to happen again" : "the first time does not come again")}",
            _ => null,
        };
    }

    internal override Value Read(scoped in WindowView view) => view.Places == 0 ? Value.None : Value.OfDuration(view.Now - view.TimeAt(0));
}

/// <summary><c>since first('Order Completed') &gt; 365d</c>.</summary>
public sealed class SinceFirstFunction : SinceFunction
{
    public override string Name => "since first";

    public override AggregateKind Kind => AggregateKind.SinceFirst;

    public override string Help => "How long ago the customer did something for the first time; compared with a duration. Who never did it: every comparison is false.";

    public override string Example => "since first('Order Completed') > 365d";

    private protected override bool IsLast => false;
}

/// <summary><c>since last('Order Completed') &gt; 30d</c>.</summary>
public sealed class SinceLastFunction : SinceFunction
{
    public override string Name => "since last";

    public override AggregateKind Kind => AggregateKind.SinceLast;

    public override string Help => "How long ago the customer did something for the last time; compared with a duration. Who never did it: every comparison is false.";

    public override string Example => "since last('Order Completed') > 30d";

    private protected override bool IsLast => true;
}

/// <summary><c>since last(…) &gt; 30d</c>: knows the second at which that long has passed.</summary>
internal sealed class SinceCondition(CompiledBehaviour behaviour, CompareOp op, double line, bool isLast) : Condition
{
    public override Truth Test(ref Evaluation evaluation)
    {
        var view = behaviour.Look(ref evaluation, Window.Ever);
        if (view.Places == 0)
        {
            return view.IsPartial ? Truth.Unknown : Truth.False;
        }

        var instant = view.TimeAt(0);
        Reach(ref evaluation, Instants.After(instant, (long)line));
        Reach(ref evaluation, Instants.After(instant, (long)line + 1));
        var holds = Comparison.Numbers(op, evaluation.Now - instant, line);

        // The last time is known once there was one; the first may lie further back than was looked.
        var isDecided = isLast || !view.IsPartial || (op is CompareOp.Greater or CompareOp.GreaterOrEqual && holds) || (op is CompareOp.Less or CompareOp.LessOrEqual && !holds);
        return !isDecided ? Truth.Unknown : holds ? Truth.True : Truth.False;
    }

    private static void Reach(ref Evaluation evaluation, long instant)
    {
        if (instant > evaluation.Now)
        {
            evaluation.ChangesAt(instant);
        }
    }
}
