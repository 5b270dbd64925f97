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
    public override Truth Test(ref Evaluation evaluation) => operand.Read(ref evaluation).Type == ValueType.None ? Truth.False : Truth.True;
}

internal sealed class InCondition(Operand item, Operand[] values) : Condition
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
            if (CompareCondition.Compare(CompareOp.Equal, value, candidate.Read(ref evaluation)))
            {
                if (item is ScoreOperand && evaluation.Customer.Points is { HalfLifeMs: > 0, Value: not 0 })
                {
                    evaluation.ChangesAt(evaluation.Now + 1000);
                }

                return Truth.True;
            }
        }

        return Truth.False;
    }
}

/// <summary>Compares two values of one type; values of different types, and absent ones, compare as false with every operator.</summary>
internal sealed class CompareCondition(CompareOp op, Operand left, Operand right) : Condition
{
    public override Truth Test(ref Evaluation evaluation)
    {
        var a = left.Read(ref evaluation);
        var b = right.Read(ref evaluation);
        return a.IsUnknown || b.IsUnknown ? Truth.Unknown : Compare(op, a, b) ? Truth.True : Truth.False;
    }

    public static bool Compare(CompareOp op, in Scalar a, in Scalar b)
    {
        if (a.Type != b.Type)
        {
            return false;
        }

        switch (a.Type)
        {
            case ValueType.Number:
                return Numbers(op, a.Number, b.Number);
            case ValueType.Boolean:
                return op is CompareOp.Equal or CompareOp.NotEqual && Numbers(op, a.Number, b.Number);
            case ValueType.Text:
                return op switch
                {
                    CompareOp.Equal => a.Text.SequenceEqual(b.Text),
                    CompareOp.NotEqual => !a.Text.SequenceEqual(b.Text),
                    CompareOp.Contains => a.Text.IndexOf(b.Text) >= 0,
                    CompareOp.StartsWith => a.Text.StartsWith(b.Text),
                    CompareOp.EndsWith => a.Text.EndsWith(b.Text),
                    _ => Numbers(op, a.Text.SequenceCompareTo(b.Text), 0),
                };
            default:
                return false;
        }
    }

    public static bool Numbers(CompareOp op, double a, double b) => op switch
    {
        CompareOp.Equal => a == b,
        CompareOp.NotEqual => a != b,
        CompareOp.Less => a < b,
        CompareOp.LessOrEqual => a <= b,
        CompareOp.Greater => a > b,
        CompareOp.GreaterOrEqual => a >= b,
        _ => false,
    };
}
