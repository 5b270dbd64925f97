using System.Text;
using Triggers.Engine.Explanations;
using Triggers.Engine.Expressions.Parsing;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;

namespace Triggers.Engine.Expressions.Predicates;

/// <summary><c>traits.age between 18 and 30</c>.</summary>
public sealed class BetweenPredicate : PredicateTerm
{
    public override string Text => "between";

    public override string Help => "From the one to the other, both included: numbers, or texts in the order of their characters.";

    public override string Example => "traits.age between 18 and 30";

    public override string Shape => "between low and high";

    public override IReadOnlyList<ParameterSpec> Parameters { get; } =
        [new("low", "number or text", true, "The least value that holds."), new("high", "number or text", true, "The greatest value that holds.")];

    internal override Expr? Read(Grammar grammar, Token word, Expr item)
    {
        if (grammar.ReadOperand() is not { } low)
        {
            return null;
        }

        if (!grammar.TakeWord("and"))
        {
            grammar.Expected("`and` with the upper end", grammar.Peek(), ["and"], $" For example {Example}");
            return null;
        }

        if (grammar.ReadOperand() is not { } high)
        {
            return null;
        }

        if (grammar.Types.RequireItem(Text, item))
        {
            var rule = Vocabulary.Operator(CompareOp.GreaterOrEqual) with { Text = Text };
            grammar.Types.CheckSides(rule, word, item, low);
            grammar.Types.CheckSides(rule, word, item, high);
            CheckOrder(grammar, word, low, high);
        }

        return new BetweenExpr(item, low, high) { Position = item.Position };
    }

    private static void CheckOrder(Grammar grammar, Token word, Expr low, Expr high)
    {
        if (low is LiteralExpr { Value: var from } && high is LiteralExpr { Value: var to } && from.Type == to.Type
            && (from.Type == ValueType.Number ? from.Number > to.Number : string.CompareOrdinal(from.Text, to.Text) > 0))
        {
            grammar.Fail(word, $"Nothing lies between {Canonical.Of(low)} and {Canonical.Of(high)}: write the lower end first.");
        }
    }
}

/// <summary><c>traits.age between 18 and 30</c>: both ends included.</summary>
public sealed record BetweenExpr(Expr Item, Expr Low, Expr High) : OpenExpr
{
    public override IReadOnlyList<Expr> Parts => [Item, Low, High];

    internal override void Write(StringBuilder text)
    {
        Canonical.Write(text, Item, Canonical.OperandLevel);
        Canonical.Write(text.Append(" between "), Low, Canonical.OperandLevel);
        Canonical.Write(text.Append(" and "), High, Canonical.OperandLevel);
    }

    internal override Condition Compile(in Compilation compilation) => Item is AnyExpr any
        ? compilation.Elements(any, new RangeTest(compilation.Operand(Low), compilation.Operand(High)))
        : new AllCondition(
        [
            compilation.Condition(new CompareExpr(CompareOp.GreaterOrEqual, Item, Low)),
            compilation.Condition(new CompareExpr(CompareOp.LessOrEqual, Item, High)),
        ]);

    internal override string Needs(bool isNegated, Sight sight, ref Evaluation evaluation) =>
        $"{Canonical.Of(Item)} {(isNegated ? "must not" : "has to")} be between {Canonical.Of(Low)} and {Canonical.Of(High)}";
}

internal sealed class RangeTest(Operand low, Operand high) : ValueTest
{
    public override bool Holds(scoped in Scalar value, ref Evaluation evaluation) =>
        Comparison.Holds(CompareOp.GreaterOrEqual, in value, low.Read(ref evaluation)) && Comparison.Holds(CompareOp.LessOrEqual, in value, high.Read(ref evaluation));
}
