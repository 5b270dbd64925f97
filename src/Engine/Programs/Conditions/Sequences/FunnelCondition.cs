using Triggers.Engine.Expressions;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Programs.Conditions;

/// <summary>How far a chain was done; holds until the first step of the latest one that got so far leaves the window.</summary>
internal sealed class FunnelOperand(ChainSearch chain) : Operand
{
    public override Scalar Read(scoped ref Evaluation evaluation) =>
        new() { Type = ValueType.Number, Number = Reached(chain, ref evaluation), IsUnknown = chain.IsPartial(ref evaluation) };

    public static int Reached(ChainSearch chain, scoped ref Evaluation evaluation)
    {
        chain.Begin(ref evaluation);
        for (var steps = chain.Length; steps > 0; steps--)
        {
            if (chain.FindLatest(ref evaluation, steps) is not ChainSearch.None and var latest)
            {
                chain.Leaves(ref evaluation, latest);
                return steps;
            }
        }

        return 0;
    }
}

/// <summary><c>funnel(…) &gt;= 2</c>. While collecting, what was not observed can only have brought the customer further.</summary>
internal sealed class FunnelCondition(ChainSearch chain, CompareOp op, double line) : Condition
{
    public override Truth Test(ref Evaluation evaluation)
    {
        var reached = FunnelOperand.Reached(chain, ref evaluation);
        return chain.IsPartial(ref evaluation)
            ? chain.HasAbsence ? Truth.Unknown : CountCondition.Decisive(op, reached, line)
            : Comparison.Numbers(op, reached, line) ? Truth.True : Truth.False;
    }
}
