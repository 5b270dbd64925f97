using Triggers.Engine.Explanations;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Segments;
using Triggers.Engine.Segments.Keepings;

namespace Triggers.Engine.Expressions.Functions;

/// <summary><c>count('Product Viewed', within 7d)</c>.</summary>
public class CountFunction : AggregateFunction
{
    public override string Name => "count";

    public override AggregateKind Kind => AggregateKind.Count;

    public override string Help => "How many times the customer did something.";

    public override string Example => "count('Product Viewed', where properties.price > 50, within 7d) >= 3";

    public override IReadOnlyList<ParameterSpec> Parameters { get; } = [s_event, s_where, s_window];

    internal override Keeping Keeping => InstantsKeeping.Counted;

    internal override Condition Compare(CompiledBehaviour behaviour, Window window, CompareOp op, double line) => new CountCondition(behaviour, window, op, line);

    internal override Value Read(scoped in WindowView view) => Value.Of(view.Count());

    /// <summary>One of what is counted: the event itself, a day on which it happened, a value that it had.</summary>
    private protected virtual string One(AggregateExpr aggregate) => Phrases.Event(aggregate.EventName, aggregate.Where);

    internal override string? Needs(AggregateExpr aggregate, CompareOp op, double line, scoped in WindowView view)
    {
        var count = view.Count();
        var isMore = op is CompareOp.GreaterOrEqual or CompareOp.Greater || (op == CompareOp.Equal && count < line);
        var isFewer = op is CompareOp.LessOrEqual or CompareOp.Less || (op == CompareOp.Equal && count > line);
        if (isMore)
        {
            var wanted = op == CompareOp.Greater ? (long)Math.Floor(line) + 1 : (long)Math.Ceiling(line);
            return $"{count} of {wanted}; {wanted - count} more {One(aggregate)}{Deadline(in view)}";
        }

        if (isFewer)
        {
            var most = op == CompareOp.Less ? (long)Math.Ceiling(line) - 1 : (long)Math.Floor(line);
            return aggregate.Window.Kind == WindowKind.Within && most >= 0
                ? $"{count}, at most {most}; {count - most} of {One(aggregate)} {(count - most == 1 ? "has" : "have")} to leave the window"
                : $"{count}, at most {most}; it only grows, so nothing can change it{(aggregate.Window.Kind == WindowKind.SinceEntry ? " in this run" : "")}";
        }

        return null;
    }
}

/// <summary><c>did('Order Completed', within 7d)</c>: a count of at least one, and the same state.</summary>
public sealed class DidFunction : CountFunction
{
    public override string Name => "did";

    public override AggregateKind Kind => AggregateKind.Did;

    public override AggregateKind StateKind => AggregateKind.Count;

    public override ValueType Result => ValueType.Boolean;

    public override string Help => "Whether the customer did something at least once.";

    public override string Example => "not did('Order Completed', within 30d)";
}

/// <summary><c>count days('page', within 30d)</c>.</summary>
public sealed class CountDaysFunction : CountFunction
{
    public override string Name => "count days";

    public override AggregateKind Kind => AggregateKind.Days;

    public override string Help => "On how many different days the customer did something; a day leaves the window with the last time on it. The day is that of the place where the event came from, or else where the customer is.";

    public override string Example => "count days('page', within 30d) >= 10";

    internal override Keeping Keeping => DaysKeeping.Instance;

    private protected override string One(AggregateExpr aggregate) => $"days with {Phrases.Event(aggregate.EventName, aggregate.Where)}";
}

/// <summary><c>distinct('Product Viewed', properties.category, within 30d)</c>.</summary>
public sealed class DistinctFunction : CountFunction
{
    public override string Name => "distinct";

    public override AggregateKind Kind => AggregateKind.Distinct;

    public override string Help => $"How many different values a property had; a number and a text that is that number are one value, lists and maps are none. At most {Limits.DistinctValuesMax} values are told apart: beyond, the one seen longest ago is forgotten.";

    public override string Example => "distinct('Product Viewed', properties.category, within 30d) >= 3";

    public override IReadOnlyList<ParameterSpec> Parameters { get; } = [s_event, new("properties.path", "property", true, "The property whose values are told apart."), s_where, s_window];

    internal override Keeping Keeping => DistinctKeeping.Instance;

    private protected override string One(AggregateExpr aggregate) => $"values of {Canonical.Path("properties", aggregate.ValuePath!)} in {Phrases.Event(aggregate.EventName, aggregate.Where)}";

    private protected override bool TakesValue => true;
}
