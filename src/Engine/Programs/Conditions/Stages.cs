using Triggers.Engine.Expressions;
using Triggers.Engine.Scoring;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Programs.Conditions;

/// <summary>The name of the stage.</summary>
internal sealed class LifecycleOperand : Operand
{
    public override Scalar Read(scoped ref Evaluation evaluation) => new() { Type = ValueType.Text, Text = evaluation.Program.Stages.Utf8Of(evaluation.Customer.Stage) };
}

/// <summary>How long the stage has lasted, where it is compared with another length of time: both grow alike.</summary>
internal sealed class StageTimeOperand : Operand
{
    public override Scalar Read(scoped ref Evaluation evaluation) => new() { Type = ValueType.Duration, Number = evaluation.Now - evaluation.Customer.StageSinceMs };
}

/// <summary><c>time in stage &gt;= 7d</c>: knows the second at which that long has passed.</summary>
internal sealed class StageTimeCondition(CompareOp op, long line) : Condition
{
    public override Truth Test(ref Evaluation evaluation)
    {
        var since = evaluation.Customer.StageSinceMs;
        Reach(ref evaluation, Instants.After(since, line));
        Reach(ref evaluation, Instants.After(since, line + 1));
        return Comparison.Numbers(op, evaluation.Now - since, line) ? Truth.True : Truth.False;
    }

    private static void Reach(ref Evaluation evaluation, long instant)
    {
        if (instant > evaluation.Now)
        {
            evaluation.ChangesAt(instant);
        }
    }
}
