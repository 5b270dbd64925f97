using System.Text;
using Triggers.Engine.Expressions;
using Triggers.Engine.Expressions.Functions;
using Triggers.Engine.Scoring;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Programs.Conditions;

/// <summary>One value while a condition is tested; texts stay where they lie.</summary>
internal ref struct Scalar
{
    public ValueType Type;

    /// <summary>Still collecting: no comparison with it is true or false.</summary>
    public bool IsUnknown;
    public double Number;

    /// <summary>A text; or the JSON of a list or map.</summary>
    public ReadOnlySpan<byte> Text;
}

/// <summary>A compiled expression that has a value.</summary>
internal abstract class Operand
{
    public abstract Scalar Read(scoped ref Evaluation evaluation);
}

internal sealed class LiteralOperand(Value value) : Operand
{
    private readonly byte[] _text = Encoding.UTF8.GetBytes(value.Text ?? "");

    public double Number => value.Number;

    public override Scalar Read(scoped ref Evaluation evaluation) => new() { Type = value.Type, Number = value.Number, Text = _text };
}

internal sealed class PropertyOperand(int slot) : Operand
{
    public override Scalar Read(scoped ref Evaluation evaluation) => Read(ref evaluation, slot);

    public static Scalar Read(scoped ref Evaluation evaluation, int slot)
    {
        ref readonly var found = ref evaluation.Properties[slot];
        return new Scalar
        {
            Type = found.Type,
            Number = found.Number,
            Text = found.HasBytes ? found.Bytes(evaluation.Body, evaluation.Text) : default,
        };
    }
}

internal sealed class TraitOperand(int path) : Operand
{
    public override Scalar Read(scoped ref Evaluation evaluation) => evaluation.Customer.Traits.Read(evaluation.Customer.Heap, evaluation.Program, path);
}

/// <summary>The score as a bare number; where it is compared, <see cref="ScoreCondition"/> knows when time changes the answer.</summary>
internal sealed class ScoreOperand : Operand
{
    public override Scalar Read(scoped ref Evaluation evaluation) =>
        new() { Type = ValueType.Number, Number = evaluation.ScoreNow(out _) };
}

/// <summary>A function on behaviour where it is not compared with a constant.</summary>
internal sealed class BehaviourOperand(CompiledBehaviour behaviour, Window window, AggregateFunction function) : Operand
{
    public override Scalar Read(scoped ref Evaluation evaluation)
    {
        var view = behaviour.Look(ref evaluation, window);
        evaluation.ChangesAt(view.PartialUntil);
        evaluation.ChangesAt(view.FirstLeave());
        var value = function.Read(in view);
        return new Scalar { Type = value.Type, Number = value.Number, IsUnknown = view.IsPartial };
    }
}

/// <summary>A condition used as a value: <c>segment('vip') = false</c>.</summary>
internal sealed class ConditionOperand(Condition condition) : Operand
{
    public override Scalar Read(scoped ref Evaluation evaluation)
    {
        var truth = condition.Test(ref evaluation);
        return new Scalar { Type = ValueType.Boolean, Number = truth == Truth.True ? 1 : 0, IsUnknown = truth == Truth.Unknown };
    }
}
