using System.Text;
using Triggers.Engine.Explanations;
using Triggers.Engine.Expressions.Parsing;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;

namespace Triggers.Engine.Expressions.Functions;

/// <summary><c>quintile(traits.revenue)</c>: in which fifth of all customers one is.</summary>
public sealed class QuintileFunction : FunctionTerm
{
    public override string Name => "quintile";

    public override string Help =>
        "In which fifth of all customers this one is by a number: 5 in the one with the greatest numbers, 1 in that with the smallest; absent for who has no number. One and the lines passed of `top(80%, …)`, `top(60%, …)`, `top(40%, …)` and `top(20%, …)`, so customers with the same number are in the same fifth.";

    public override string Example => "quintile(sum('Order Completed', properties.total, within 365d), among did('Order Completed', within 365d)) >= 4";

    public override ValueType Result => ValueType.Number;

    public override IReadOnlyList<ParameterSpec> Parameters { get; } = [new("number", "number", true, Ordering.NumberHelp), new("among …", "condition", false, Ordering.AmongHelp)];

    internal override Expr? ReadArguments(Grammar grammar, Token name) =>
        grammar.RequireCustomer(name, "quintile(…)") && Ordering.Read(grammar, this, out var number, out var among) ? new QuintileExpr(number, among) { Position = new Place(name.Index) } : null;
}

/// <summary><c>quintile(traits.revenue)</c>.</summary>
public sealed record QuintileExpr(Expr Number, Expr? Among = null) : OpenExpr
{
    public override ValueType Type => ValueType.Number;

    public override IReadOnlyList<Expr> Parts => Among is null ? [Number] : [Number, Among];

    /// <summary>From the lowest line up.</summary>
    internal IEnumerable<TopExpr> Lines => ((double[])[80, 60, 40, 20]).Select(percent => new TopExpr(percent, Number, Among));

    internal override void Write(StringBuilder text) => Ordering.Write(text.Append("quintile("), Number, Among);

    internal override Condition Compile(in Compilation compilation) => new TruthCondition(CompileValue(in compilation));

    internal override Operand CompileValue(in Compilation compilation)
    {
        var lines = new List<Condition>();
        foreach (var line in Lines)
        {
            lines.Add(compilation.Top(line));
        }

        return new QuintileOperand(compilation.Ordered(Number), Among is null ? null : compilation.Condition(Among), [.. lines]);
    }

    internal override IReadOnlyList<SeenValue> See(Sight sight, ref Evaluation evaluation) => sight.See([this], ref evaluation);
}

/// <summary>One, and how many lines the number is above.</summary>
internal sealed class QuintileOperand(Operand number, Condition? among, Condition[] lines) : Operand
{
    public override Scalar Read(scoped ref Evaluation evaluation)
    {
        var isCounted = among?.Test(ref evaluation) ?? Truth.True;
        if (isCounted != Truth.True)
        {
            return new Scalar { IsUnknown = isCounted == Truth.Unknown };
        }

        var read = number.Read(ref evaluation);
        if (read.IsUnknown || read.Type == ValueType.None)
        {
            return new Scalar { IsUnknown = read.IsUnknown };
        }

        var fifth = 1;
        foreach (var line in lines)
        {
            switch (line.Test(ref evaluation))
            {
                case Truth.Unknown:
                    return new Scalar { IsUnknown = true };
                case Truth.True:
                    fifth++;
                    break;
            }
        }

        return new Scalar { Type = ValueType.Number, Number = fifth };
    }
}
