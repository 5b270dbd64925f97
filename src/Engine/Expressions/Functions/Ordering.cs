using System.Diagnostics.CodeAnalysis;
using System.Text;
using Triggers.Engine.Explanations;
using Triggers.Engine.Expressions.Parsing;

namespace Triggers.Engine.Expressions.Functions;

/// <summary>By which number customers are ordered, and among whom: what <c>top(…)</c> and <c>quintile(…)</c> have in common.</summary>
internal static class Ordering
{
    public const string NumberHelp = "What customers are ordered by: a count, a sum, a score, a trait or a computed trait; or `since last(…)` and `since first(…)`, of which the most recent are the top. Those without it are neither counted nor in.";

    public const string AmongHelp = "`among` and a condition: only customers for whom it holds are counted, and are in. Without it all customers who have the number.";

    public static bool Read(Grammar grammar, FunctionTerm function, [NotNullWhen(true)] out Expr? number, out Expr? among)
    {
        among = null;
        var begin = grammar.Peek();
        number = grammar.ReadOperand();
        if (number is null)
        {
            return false;
        }

        if (number is LiteralExpr or AnyExpr || (!IsTime(number) && number.Type is not (ValueType.Number or ValueType.Any)))
        {
            grammar.Fail(begin, $"Customers are ordered by a number of theirs, such as a count, a sum, a score or a trait: {Canonical.Of(number)} is none.");
        }
        else if (number is AggregateExpr { Window.Kind: WindowKind.SinceEntry })
        {
            grammar.Fail(begin, "`since entry` has no meaning for all customers together: write `within …`.");
        }

        if (!grammar.TakeSymbol(","))
        {
            return true;
        }

        if (!grammar.TakeWord("among"))
        {
            grammar.Expected("`among` and a condition", grammar.Peek(), ["among"], $" The shape is {function.Signature}.");
            return false;
        }

        among = grammar.ReadInnerCondition();
        return among is not null;
    }

    public static StringBuilder Write(StringBuilder text, Expr number, Expr? among)
    {
        text.Append(Canonical.Of(number));
        return (among is null ? text : text.Append(", among ").Append(Canonical.Of(among))).Append(')');
    }

    /// <summary>Ordered by the instant: it does not move as time passes.</summary>
    public static bool IsTime(Expr number) => number is AggregateExpr { Kind: AggregateKind.SinceLast or AggregateKind.SinceFirst };

    /// <summary>A line as a reader of the number knows it.</summary>
    public static string Show(Expr number, double line) => IsTime(number) ? Phrases.Instant((long)line) : Phrases.Number(line);
}
