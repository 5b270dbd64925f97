using Triggers.Engine.Expressions;

namespace Triggers.Engine.Programs.Conditions;

/// <summary>What is asked of one value, wherever it was found: a trait, a property, or an element of a list.</summary>
internal abstract class ValueTest
{
    public abstract bool Holds(scoped in Scalar value, ref Evaluation evaluation);
}

internal sealed class CompareTest(CompareOp op, Operand right, bool ignoresCase) : ValueTest
{
    public override bool Holds(scoped in Scalar value, ref Evaluation evaluation) => Comparison.Holds(op, in value, right.Read(ref evaluation), ignoresCase);
}

internal sealed class MembershipTest(Operand[] values, bool ignoresCase) : ValueTest
{
    public override bool Holds(scoped in Scalar value, ref Evaluation evaluation)
    {
        foreach (var candidate in values)
        {
            if (Comparison.Holds(CompareOp.Equal, in value, candidate.Read(ref evaluation), ignoresCase))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Asks one value.</summary>
internal sealed class ValueCondition(Operand item, ValueTest test) : Condition
{
    public override Truth Test(ref Evaluation evaluation)
    {
        var value = item.Read(ref evaluation);
        return value.IsUnknown ? Truth.Unknown : test.Holds(in value, ref evaluation) ? Truth.True : Truth.False;
    }
}

/// <summary>Asks every value at a path through lists, until one passes.</summary>
/// <param name="item">The JSON at the first name of the path.</param>
/// <param name="path">The other names.</param>
internal sealed class ElementCondition(Operand item, byte[][] path, ValueTest test) : Condition
{
    public override Truth Test(ref Evaluation evaluation)
    {
        var value = item.Read(ref evaluation);
        var holds = value.Type is Expressions.ValueType.List or Expressions.ValueType.Any
            ? Elements.Any(value.Text, path, test, ref evaluation)
            : value.Type != Expressions.ValueType.None && path.Length == 0 && test.Holds(in value, ref evaluation);
        return holds ? Truth.True : Truth.False;
    }
}
