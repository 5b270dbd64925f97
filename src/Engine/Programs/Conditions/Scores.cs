using Triggers.Engine.Customers;
using Triggers.Engine.Expressions;
using Triggers.Engine.Scoring;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Programs.Conditions;

/// <summary><c>score('fit') &gt;= 40</c>: knows the second at which decay, or the end of a window, carries the score over its line.</summary>
internal sealed class NamedScoreCondition(CompiledScore score, CompareOp op, Operand line) : Condition
{
    public override Truth Test(ref Evaluation evaluation)
    {
        var other = line.Read(ref evaluation);
        var fit = score.FitNow(ref evaluation, out var isUnknown);
        if (other.IsUnknown || isUnknown || score.Late?.IsCollecting(evaluation.Customer) == true)
        {
            return Truth.Unknown;
        }

        if (other.Type != ValueType.Number)
        {
            return Truth.False;
        }

        var rest = other.Number - fit;
        if (score.Window is { } window)
        {
            return SumCondition.Test(ref evaluation, window, score.Length, op, rest);
        }

        var points = score.Points(evaluation.Customer);
        evaluation.ChangesAt(points.Crossing(rest, evaluation.Now, inclusive: true));
        if (op is not (CompareOp.GreaterOrEqual or CompareOp.Less))
        {
            evaluation.ChangesAt(points.Crossing(rest, evaluation.Now, inclusive: false));
        }

        return Comparison.Numbers(op, points.ValueAt(evaluation.Now), rest) ? Truth.True : Truth.False;
    }
}

/// <summary>The score as a bare number, for who shows it.</summary>
internal sealed class NamedScoreOperand(CompiledScore score) : Operand
{
    public override Scalar Read(scoped ref Evaluation evaluation)
    {
        var fit = score.FitNow(ref evaluation, out var isUnknown);
        if (score.Window is not { } window)
        {
            return new Scalar { Type = ValueType.Number, Number = score.Points(evaluation.Customer).ValueAt(evaluation.Now) + fit, IsUnknown = isUnknown || score.Late?.IsCollecting(evaluation.Customer) == true };
        }

        var view = window.Look(ref evaluation, score.Length);
        evaluation.ChangesAt(view.PartialUntil);
        return new Scalar { Type = ValueType.Number, Number = (view.Sum() / FixedPoint.SumScale) + fit, IsUnknown = isUnknown || view.IsPartial };
    }
}

/// <summary>The grade whose line is the highest that the customer is over.</summary>
/// <param name="lines">From the highest down.</param>
internal sealed class GradeOperand(GradeLine[] lines) : Operand
{
    public override Scalar Read(scoped ref Evaluation evaluation)
    {
        var isUnknown = false;
        foreach (var line in lines)
        {
            var truth = evaluation.Customer.TruthOf(line.Key);
            if (truth == Truth.True)
            {
                return new Scalar { Type = ValueType.Text, Text = line.Utf8, IsUnknown = isUnknown };
            }

            isUnknown |= truth == Truth.Unknown;
        }

        return new Scalar { IsUnknown = isUnknown };
    }
}

/// <summary>Over a line: entered by one condition, and held as long as another one is true.</summary>
internal sealed class HeldCondition(ulong key, Condition enters, Condition stays) : Condition
{
    public override Truth Test(ref Evaluation evaluation)
    {
        if (evaluation.Customer.TruthOf(key) == Truth.True)
        {
            return stays.Test(ref evaluation);
        }

        var until = evaluation.Until;
        var truth = enters.Test(ref evaluation);
        if (truth == Truth.True)
        {
            // From here on it is held: time passes the other line, not the one that it came over.
            evaluation.Until = until;
            stays.Test(ref evaluation);
        }

        return truth;
    }
}
