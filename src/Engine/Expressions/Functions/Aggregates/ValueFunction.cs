using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Segments;

namespace Triggers.Engine.Expressions.Functions;

/// <summary>A function on behaviour whose result is a value that events brought, of whatever type.</summary>
public abstract class ValueFunction : AggregateFunction
{
    public override ValueType Result => ValueType.Any;

    private protected override bool TakesValue => true;

    internal override Condition Compare(CompiledBehaviour behaviour, Window window, CompareOp op, double line) =>
        new CompareCondition(op, Operand(behaviour, window), new LiteralOperand(Value.Of(line)), ignoresCase: false);

    internal override Value Read(scoped in WindowView view) => Value.None;
}
