using System.Text;
using Triggers.Engine.Explanations;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;

namespace Triggers.Engine.Expressions.Predicates;

/// <summary>How a date stands to now. An instant of the date itself belongs to the past.</summary>
public enum DateRelation : byte
{
    WithinNext = 1,
    WithinLast = 2,
    OlderThan = 3,
}

/// <summary><c>traits.renewal within next 7d</c>: true and false by time alone, to the second.</summary>
public sealed record DateExpr(DateRelation Relation, Expr Item, long LengthMs) : OpenExpr
{
    public override IReadOnlyList<Expr> Parts => [Item];

    public override bool UsesZone => true;

    internal override void Write(StringBuilder text)
    {
        Canonical.Write(text, Item, Canonical.OperandLevel);
        text.Append(Relation switch { DateRelation.WithinNext => " within next ", DateRelation.WithinLast => " within last ", _ => " older than " }).Append(Duration.Format(LengthMs));
    }

    internal override Condition Compile(in Compilation compilation) => compilation.Ask(Item, new DateTest(Relation, LengthMs, compilation.ZoneOf(Item)));

    internal override string Needs(bool isNegated, Sight sight, ref Evaluation evaluation)
    {
        var verb = isNegated ? "must not" : "has to";
        return Relation switch
        {
            DateRelation.WithinNext => $"{Canonical.Of(Item)} {verb} lie ahead by at most {Duration.Format(LengthMs)}",
            DateRelation.WithinLast => $"{Canonical.Of(Item)} {verb} have come less than {Duration.Format(LengthMs)} ago",
            _ => $"{Canonical.Of(Item)} {verb} have come at least {Duration.Format(LengthMs)} ago",
        } + DateIn(Item, sight, ref evaluation);
    }

    /// <summary>Says it where what is there is no date.</summary>
    internal static string DateIn(Expr item, Sight sight, ref Evaluation evaluation)
    {
        var value = sight.Read(item, ref evaluation);
        return item is AnyExpr || Written.TryRead(in value, out _) ? ""
            : value.Type == ValueType.None ? "; there is no date" : "; what is there is no date such as '2026-07-01'";
    }
}

/// <summary><c>traits.renewal before '2026-07-01'</c>, <c>traits.renewal after now</c>. A day counts as a whole: after it begins the next one.</summary>
/// <param name="Other">null: now.</param>
public sealed record DateOrderExpr(bool IsAfter, Expr Item, Expr? Other) : OpenExpr
{
    public override IReadOnlyList<Expr> Parts => Other is null ? [Item] : [Item, Other];

    public override bool UsesZone => true;

    internal override void Write(StringBuilder text)
    {
        Canonical.Write(text, Item, Canonical.OperandLevel);
        text.Append(IsAfter ? " after " : " before ");
        if (Other is null)
        {
            text.Append("now");
        }
        else
        {
            Canonical.Write(text, Other, Canonical.OperandLevel);
        }
    }

    internal override Condition Compile(in Compilation compilation)
    {
        var zone = compilation.ZoneOf(Item);
        return Other is null
            ? compilation.Ask(Item, IsAfter ? new DateTest(DateRelation.WithinNext, Limits.DurationMsMax * 1000, zone) : new DateTest(DateRelation.OlderThan, 0, zone))
            : compilation.Ask(Item, new DateOrderTest(IsAfter, zone, compilation.Operand(Other), Other is LiteralExpr ? zone : compilation.ZoneOf(Other)));
    }

    internal override string Needs(bool isNegated, Sight sight, ref Evaluation evaluation) =>
        $"{Canonical.Of(Item)} {(isNegated ? "must not" : "has to")} be a date {(IsAfter ? "after" : "before")} {(Other is null ? "now" : Canonical.Of(Other))}{DateExpr.DateIn(Item, sight, ref evaluation)}";
}

internal sealed class DateTest(DateRelation relation, long length, ZoneOf zone) : ValueTest
{
    public override bool Holds(scoped in Scalar value, ref Evaluation evaluation)
    {
        if (!Written.TryRead(in value, out var written))
        {
            return false;
        }

        var date = written.InstantIn(zone.Read(ref evaluation));
        return relation switch
        {
            DateRelation.WithinNext => evaluation.IsBetween(Instants.After(date, -length), Instants.Ceiling(date)),
            DateRelation.WithinLast => evaluation.IsBetween(Instants.Ceiling(date), Instants.After(date, length)),
            _ => evaluation.IsBetween(Instants.After(date, length), Instants.Never),
        };
    }
}

internal sealed class DateOrderTest(bool isAfter, ZoneOf zone, Operand other, ZoneOf otherZone) : ValueTest
{
    public override bool Holds(scoped in Scalar value, ref Evaluation evaluation)
    {
        if (!Written.TryRead(in value, out var written) || !Written.TryRead(other.Read(ref evaluation), out var line))
        {
            return false;
        }

        var date = written.InstantIn(zone.Read(ref evaluation));
        var theirs = otherZone.Read(ref evaluation);
        return isAfter ? date >= line.EndIn(theirs) : date < line.InstantIn(theirs);
    }
}
