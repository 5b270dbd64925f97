using Triggers.Engine.Expressions;
using Triggers.Engine.Scoring;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Programs.Conditions;

/// <summary><c>score &gt;= 10</c>: knows the second at which decay carries the score over its line.</summary>
internal sealed class ScoreCondition(CompareOp op, Operand line) : Condition
{
    private readonly bool _isLiteral = line is LiteralOperand;
    private readonly double _literalLog2 = Log2Of(line);

    public override Truth Test(ref Evaluation evaluation)
    {
        var other = line.Read(ref evaluation);
        if (other.IsUnknown)
        {
            return Truth.Unknown;
        }

        if (other.Type != ValueType.Number)
        {
            return Truth.False;
        }

        var score = evaluation.ScoreNow(out var log2);
        ref readonly var points = ref evaluation.Customer.Points;
        if (points.Crosses(score, other.Number))
        {
            var lineLog2 = _isLiteral ? _literalLog2 : Power.Log2(Math.Abs(other.Number));
            evaluation.ChangesAt(points.CrossingFrom(score, log2, other.Number, lineLog2, evaluation.Now, inclusive: true));
            if (op is not (CompareOp.GreaterOrEqual or CompareOp.Less))
            {
                evaluation.ChangesAt(points.CrossingFrom(score, log2, other.Number, lineLog2, evaluation.Now, inclusive: false));
            }
        }

        return Comparison.Numbers(op, score, other.Number) ? Truth.True : Truth.False;
    }

    private static double Log2Of(Operand line) => line is LiteralOperand { Number: not 0 } literal ? Power.Log2(Math.Abs(literal.Number)) : 0;
}

/// <summary><c>count(…) &gt;= 3</c> and <c>did(…)</c>: knows which instant has to leave the window for the answer to change.</summary>
internal sealed class CountCondition(CompiledBehaviour behaviour, Window window, CompareOp op, double line) : Condition
{
    /// <summary>The smallest count with the other answer than 0; null: there is none, or more than one change of the answer.</summary>
    public int? Least { get; } = op switch
    {
        CompareOp.GreaterOrEqual or CompareOp.Less when line is > 0 and < int.MaxValue => (int)Math.Ceiling(line),
        CompareOp.Greater or CompareOp.LessOrEqual when line is >= 0 and < int.MaxValue => (int)Math.Floor(line) + 1,
        _ => null,
    };

    public override Truth Test(ref Evaluation evaluation)
    {
        var view = behaviour.Look(ref evaluation, window);
        var count = view.Count();
        evaluation.ChangesAt(view.PartialUntil);
        if (view.IsPartial)
        {
            return Decisive(op, count, line);
        }

        var holds = Comparison.Numbers(op, count, line);
        if (window.Kind == WindowKind.Within && count > 0)
        {
            var remaining = NextDifferent(count, holds);
            if (remaining >= 0)
            {
                evaluation.ChangesAt(view.LeaveOf(count - remaining));
            }
        }

        return holds ? Truth.True : Truth.False;
    }

    /// <summary>The largest smaller count with the other answer; −1: none.</summary>
    private long NextDifferent(long count, bool holds)
    {
        var candidate = op switch
        {
            CompareOp.GreaterOrEqual or CompareOp.Less => (long)Math.Ceiling(line) - 1,
            CompareOp.Greater or CompareOp.LessOrEqual => (long)Math.Floor(line),
            _ => line == Math.Floor(line) && count > line ? (long)line : count - 1,
        };
        candidate = Math.Min(candidate, count - 1);
        return candidate >= 0 && Comparison.Numbers(op, candidate, line) != holds ? candidate : -1;
    }

    /// <summary>What a count that can only grow already decides.</summary>
    internal static Truth Decisive(CompareOp op, double count, double line) => op switch
    {
        CompareOp.GreaterOrEqual => count >= line ? Truth.True : Truth.Unknown,
        CompareOp.Greater => count > line ? Truth.True : Truth.Unknown,
        CompareOp.Less => count >= line ? Truth.False : Truth.Unknown,
        CompareOp.LessOrEqual => count > line ? Truth.False : Truth.Unknown,
        CompareOp.Equal => count > line ? Truth.False : Truth.Unknown,
        CompareOp.NotEqual => count > line ? Truth.True : Truth.Unknown,
        _ => Truth.Unknown,
    };
}

/// <summary><c>sum(…) &gt;= 500</c>. While collecting, what was not observed is taken to add nothing negative.</summary>
internal sealed class SumCondition(CompiledBehaviour behaviour, Window window, CompareOp op, double line) : Condition
{
    public override Truth Test(ref Evaluation evaluation) => Test(ref evaluation, behaviour, window, op, line);

    public static Truth Test(ref Evaluation evaluation, CompiledBehaviour behaviour, Window window, CompareOp op, double line)
    {
        var view = behaviour.Look(ref evaluation, window);
        var sum = view.Sum();
        var holds = Comparison.Numbers(op, sum / FixedPoint.SumScale, line);
        evaluation.ChangesAt(view.PartialUntil);
        if (window.Kind == WindowKind.Within)
        {
            evaluation.ChangesAt(view.LeaveThatChanges(sum, op, line, holds));
        }

        if (!view.IsPartial)
        {
            return holds ? Truth.True : Truth.False;
        }

        return op switch
        {
            CompareOp.GreaterOrEqual or CompareOp.Greater => holds ? Truth.True : Truth.Unknown,
            CompareOp.Less or CompareOp.LessOrEqual => holds ? Truth.Unknown : Truth.False,
            _ => Truth.Unknown,
        };
    }
}
