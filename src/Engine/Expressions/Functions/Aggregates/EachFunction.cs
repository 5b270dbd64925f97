using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Segments;
using Triggers.Engine.Segments.Keepings;

namespace Triggers.Engine.Expressions.Functions;

/// <summary>Each event with the value of a property: what chains with <c>same</c> are found in. Nobody writes it; its name stands in the ids of what is kept.</summary>
public sealed class EachFunction : AggregateFunction
{
    public override string Name => "each";

    public override AggregateKind Kind => AggregateKind.Each;

    public override string Help => "Each event with the value of a property.";

    public override string Example => "sequence('Product Viewed', then 'Product Added' within 1h, same properties.product_id, within 7d)";

    public override IReadOnlyList<ParameterSpec> Parameters { get; } = [s_event, new("properties.path", "property", true, "The property that is kept."), s_where, s_window];

    internal override Keeping Keeping => EachKeeping.Instance;

    private protected override bool TakesValue => true;

    internal override Condition Compare(CompiledBehaviour behaviour, Window window, CompareOp op, double line) => new CountCondition(behaviour, window, op, line);

    internal override Value Read(scoped in WindowView view) => Value.Of(view.Places);
}
