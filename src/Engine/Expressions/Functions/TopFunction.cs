using System.Globalization;
using System.Text;
using Triggers.Engine.Explanations;
using Triggers.Engine.Expressions.Parsing;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;

namespace Triggers.Engine.Expressions.Functions;

/// <summary><c>top(10%, traits.revenue)</c>: the customers with the greatest numbers.</summary>
public sealed class TopFunction : FunctionTerm
{
    public override string Name => "top";

    public override string Help =>
        "Whether the customer is among the share of all customers who have the greatest number: a count, a sum, a score, a trait or a computed trait. The line is measured over all customers who have the number, again and again, and kept in the log; until it is known for the first time, the condition is collecting. Customers with the same number are in together or out together, and never more than the share is in: top(20%, …) of a number that nine in ten have as 0 are those above 0.";

    public override string Example => "top(10%, sum('Order Completed', properties.total, within 365d))";

    public override ValueType Result => ValueType.Boolean;

    public override IReadOnlyList<ParameterSpec> Parameters { get; } =
        [new("share", "percentage", true, "Above 0% and below 100%, fractions allowed: `0.5%`."), new("number", "number", true, Ordering.NumberHelp), new("among …", "condition", false, Ordering.AmongHelp)];

    internal override Expr? ReadArguments(Grammar grammar, Token name)
    {
        if (!grammar.RequireCustomer(name, "top(…)"))
        {
            return null;
        }

        var share = grammar.Peek();
        if (share.Kind != TokenKind.Number || !grammar.Peek(1).IsSymbol("%"))
        {
            grammar.Expected("a percentage", share, [], $" Write for example {Example}");
            return null;
        }

        grammar.Take();
        grammar.Take();
        if (share.Number is <= 0 or >= 100)
        {
            grammar.Fail(share, $"A top share is above 0% and below 100%: {share.Text}% is not.");
        }

        if (!grammar.TakeSymbol(","))
        {
            grammar.Expected("`,` and the number that customers are ordered by", grammar.Peek(), [], $" For example {Example}");
            return null;
        }

        return Ordering.Read(grammar, this, out var number, out var among) ? new TopExpr(share.Number, number, among) { Position = new Place(name.Index) } : null;
    }
}

/// <summary><c>top(10%, traits.revenue)</c>.</summary>
/// <param name="Among">Whom to count; null: all customers.</param>
public sealed record TopExpr(double Percent, Expr Number, Expr? Among = null) : OpenExpr
{
    public override IReadOnlyList<Expr> Parts => Among is null ? [Number] : [Number, Among];

    internal override void Write(StringBuilder text) =>
        Ordering.Write(text.Append("top(").Append(Percent.ToString("R", CultureInfo.InvariantCulture)).Append("%, "), Number, Among);

    internal override Condition Compile(in Compilation compilation) => compilation.Top(this);

    internal override IReadOnlyList<SeenValue> See(Sight sight, ref Evaluation evaluation)
    {
        var seen = new List<SeenValue>(sight.See(Parts, ref evaluation));
        var measures = evaluation.Program.Measures;
        seen.Add(measures.TryFind(KeyIn(sight), out var line)
            ? new SeenValue("line", Ordering.Show(sight.Resolve(Number), line), $"over all customers, in force since {Phrases.Instant(measures.At)}")
            : new SeenValue("line", "not known", "collecting: all customers have to be measured first"));
        return seen;
    }

    internal override string NeedsToBeKnown(Sight sight, ref Evaluation evaluation) =>
        evaluation.Program.Measures.TryFind(KeyIn(sight), out _) ? base.NeedsToBeKnown(sight, ref evaluation) : "it is still collecting: the line has to be measured over all customers first";

    internal override string Needs(bool isNegated, Sight sight, ref Evaluation evaluation) =>
        Among is not null && !isNegated && !sight.Condition(Among).Holds(ref evaluation) ? $"{Canonical.Of(Among)} has to hold"
        : evaluation.Program.Measures.TryFind(KeyIn(sight), out var line) ? $"{Canonical.Of(Number)} has to be {(isNegated ? "at most" : "more than")} {Ordering.Show(sight.Resolve(Number), line)}, where the line is now" : "";

    private ulong KeyIn(Sight sight) => Compilation.LineKey(this with { Number = sight.Resolve(Number) });
}
