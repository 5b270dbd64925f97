using System.Text;
using Triggers.Engine.Expressions.Parsing;
using Triggers.Engine.Programs.Conditions;

namespace Triggers.Engine.Expressions.Predicates;

/// <summary>What asks how long a date is away from now.</summary>
public abstract class DatePredicate : PredicateTerm
{
    public override IReadOnlyList<ParameterSpec> Parameters { get; } = [new("duration", "duration", true, "30s, 45m, 2h30m, 7d …: a day is 24 hours.")];

    private protected abstract DateRelation Relation { get; }

    internal override Expr? Read(Grammar grammar, Token word, Expr item)
    {
        if (!RequireDate(grammar, this, item) || !grammar.RequireCustomer(word, Text) || !grammar.ReadDuration(Text, Relation == DateRelation.OlderThan ? 0 : Limits.WindowMsMin, out var length))
        {
            return null;
        }

        return new DateExpr(Relation, item, length) { Position = item.Position };
    }

    internal static bool RequireDate(Grammar grammar, PredicateTerm term, Expr item)
    {
        if (item is TraitExpr or PropertyExpr or AnyExpr)
        {
            return true;
        }

        grammar.Types.Fail(item, $"`{term.Text}` asks about a date in a trait or property, as in {term.Example}.");
        return false;
    }
}

/// <summary><c>traits.renewal within next 7d</c>.</summary>
public sealed class WithinNextPredicate : DatePredicate
{
    public override string Text => "within next";

    public override string Help => "The date lies ahead, by at most that long.";

    public override string Example => "traits.renewal within next 7d";

    private protected override DateRelation Relation => DateRelation.WithinNext;
}

/// <summary><c>traits.signedUp within last 30d</c>.</summary>
public sealed class WithinLastPredicate : DatePredicate
{
    public override string Text => "within last";

    public override string Help => "The date has come, and less than that long ago.";

    public override string Example => "traits.signedUp within last 30d";

    private protected override DateRelation Relation => DateRelation.WithinLast;
}

/// <summary><c>traits.passwordChanged older than 365d</c>.</summary>
public sealed class OlderThanPredicate : DatePredicate
{
    public override string Text => "older than";

    public override string Help => "The date has come, at least that long ago.";

    public override string Example => "traits.passwordChanged older than 365d";

    private protected override DateRelation Relation => DateRelation.OlderThan;
}

/// <summary>Before and after a date that is written down, known of the customer, or now.</summary>
public abstract class DateOrderPredicate : PredicateTerm
{
    public override IReadOnlyList<ParameterSpec> Parameters { get; } = [new("date", "date", true, "A date or time such as '2026-07-01' or '2026-07-01T09:00:00Z', a trait or property that holds one, or `now`.")];

    private protected abstract bool IsAfter { get; }

    internal override Expr? Read(Grammar grammar, Token word, Expr item)
    {
        if (!DatePredicate.RequireDate(grammar, this, item))
        {
            return null;
        }

        var token = grammar.Peek();
        if (token.IsWord("now"))
        {
            grammar.Take();
            return grammar.RequireCustomer(token, "now") ? new DateOrderExpr(IsAfter, item, null) { Position = item.Position } : null;
        }

        if (grammar.ReadOperand() is not { } other)
        {
            return null;
        }

        if (other is LiteralExpr { Value: var value } ? value.Type != ValueType.Text || !Written.TryParse(Encoding.UTF8.GetBytes(value.Text!), out _) : other is not (TraitExpr or PropertyExpr))
        {
            grammar.Fail(token, $"Expected a date or time such as '2026-07-01' or '2026-07-01T09:00:00Z', a trait or property that holds one, or `now`; found {token.Describe()}.");
        }

        return new DateOrderExpr(IsAfter, item, other) { Position = item.Position };
    }
}

/// <summary><c>traits.renewal before '2026-07-01'</c>.</summary>
public sealed class BeforePredicate : DateOrderPredicate
{
    public override string Text => "before";

    public override string Help => "The date is an earlier one.";

    public override string Example => "traits.renewal before '2026-07-01'";

    private protected override bool IsAfter => false;
}

/// <summary><c>traits.renewal after '2026-07-01'</c>.</summary>
public sealed class AfterPredicate : DateOrderPredicate
{
    public override string Text => "after";

    public override string Help => "The date is a later one; a day without a time counts as a whole, so after it begins the next one.";

    public override string Example => "traits.renewal after '2026-07-01'";

    private protected override bool IsAfter => true;
}
