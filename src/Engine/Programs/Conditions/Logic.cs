using Triggers.Engine.Expressions;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Programs.Conditions;

internal sealed class ConstantCondition(bool value) : Condition
{
    public override Truth Test(ref Evaluation evaluation) => value ? Truth.True : Truth.False;
}

internal sealed class NotCondition(Condition inner) : Condition
{
    public override Truth Test(ref Evaluation evaluation) => inner.Test(ref evaluation) switch
    {
        Truth.True => Truth.False,
        Truth.False => Truth.True,
        _ => Truth.Unknown,
    };
}

internal sealed class AllCondition(Condition[] items) : Condition
{
    public override Truth Test(ref Evaluation evaluation)
    {
        var result = Truth.True;
        foreach (var item in items)
        {
            var truth = item.Test(ref evaluation);
            if (truth == Truth.False)
            {
                return Truth.False;
            }

            result = truth == Truth.Unknown ? Truth.Unknown : result;
        }

        return result;
    }
}

internal sealed class AnyCondition(Condition[] items) : Condition
{
    public override Truth Test(ref Evaluation evaluation)
    {
        var result = Truth.False;
        foreach (var item in items)
        {
            var truth = item.Test(ref evaluation);
            if (truth == Truth.True)
            {
                return Truth.True;
            }

            result = truth == Truth.Unknown ? Truth.Unknown : result;
        }

        return result;
    }
}

/// <summary>Membership of another segment, as it stands after that one was evaluated.</summary>
internal sealed class MembershipCondition(ulong segment) : Condition
{
    public override Truth Test(ref Evaluation evaluation) => evaluation.Customer.TruthOf(segment);
}

/// <summary>A value that only the data can type, used as a condition: holds if it is the boolean true.</summary>
internal sealed class TruthCondition(Operand operand) : Condition
{
    public override Truth Test(ref Evaluation evaluation)
    {
        var value = operand.Read(ref evaluation);
        return value.IsUnknown ? Truth.Unknown : value.Type == ValueType.Boolean && value.Number != 0 ? Truth.True : Truth.False;
    }
}

internal sealed class ExistsCondition(Operand operand) : Condition
{
    public override Truth Test(ref Evaluation evaluation)
    {
        var value = operand.Read(ref evaluation);
        return value.Type != ValueType.None ? Truth.True : value.IsUnknown ? Truth.Unknown : Truth.False;
    }
}

internal sealed class InCondition(Operand item, Operand[] values, bool ignoresCase) : Condition
{
    public override Truth Test(ref Evaluation evaluation)
    {
        var value = item.Read(ref evaluation);
        if (value.IsUnknown)
        {
            return Truth.Unknown;
        }

        foreach (var candidate in values)
        {
            if (Comparison.Holds(CompareOp.Equal, in value, candidate.Read(ref evaluation), ignoresCase))
            {
                return Truth.True;
            }
        }

        return Truth.False;
    }
}

internal sealed class CompareCondition(CompareOp op, Operand left, Operand right, bool ignoresCase) : Condition
{
    public override Truth Test(ref Evaluation evaluation)
    {
        var a = left.Read(ref evaluation);
        var b = right.Read(ref evaluation);
        return a.IsUnknown || b.IsUnknown ? Truth.Unknown : Comparison.Holds(op, in a, in b, ignoresCase) ? Truth.True : Truth.False;
    }
}
