using System.Globalization;
using System.Text;
using NodaTime;
using Triggers.Engine.Explanations;
using Triggers.Engine.Expressions.Parsing;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;

namespace Triggers.Engine.Expressions.Functions;

/// <summary><c>anniversary(traits.birthday) in 3d</c>: a day that comes every year, in the customer's time zone.</summary>
public sealed class AnniversaryFunction : FunctionTerm
{
    public override string Name => "anniversary";

    public override string Help =>
        "The day that returns every year, from the year after the date on. `in 3d`: all of the day three days before it (`in 0d`: the day itself); `within next 3d`: from the beginning of that day to the end of the anniversary. Days are the customer's. 29 February returns on 28 February where there is none.";

    public override string Example => "anniversary(traits.birthday) in 3d";

    public override ValueType Result => ValueType.Boolean;

    public override IReadOnlyList<ParameterSpec> Parameters { get; } =
        [new("path", "trait", true, "A trait that holds a date such as '1990-05-17', a time, or only '05-17'."), new("in days", "duration", true, "Behind the parenthesis: `in` or `within next`, and whole days up to 364d.")];

    public override string Signature => "anniversary(path) in days";

    internal override Expr? ReadArguments(Grammar grammar, Token name)
    {
        if (!grammar.RequireCustomer(name, "anniversary(…)"))
        {
            return null;
        }

        var token = grammar.Peek();
        if (token.Kind == TokenKind.Word && token.Segments!.Count > 1 && token.Segments[0] == "traits")
        {
            return grammar.ReadOperand();
        }

        grammar.Expected("a trait that holds a date", token, [], $" Write for example {Example}");
        return null;
    }

    internal override Expr? Finish(Grammar grammar, Token name, Expr read)
    {
        var isSpan = grammar.Peek().IsWord("within") && grammar.Peek(1).IsWord("next");
        if (!isSpan && !grammar.Peek().IsWord("in"))
        {
            grammar.Expected("`in` or `within next` and a number of days", grammar.Peek(), ["in", "within"], $" For example {Example}.");
            return null;
        }

        grammar.Take();
        if (isSpan)
        {
            grammar.Take();
        }

        var token = grammar.Peek();
        if (!grammar.ReadDuration(isSpan ? "within next" : "in", 0, out var length))
        {
            return null;
        }

        const long day = 86_400_000;
        if (length % day != 0 || length / day > Limits.AnniversaryDaysMax)
        {
            grammar.Fail(token, $"An anniversary is whole days away, at most {Limits.AnniversaryDaysMax}d: {token.Text} is not.");
        }

        return new AnniversaryExpr(read, (int)(length / day), isSpan) { Position = new Place(name.Index) };
    }
}

/// <summary><c>anniversary(traits.birthday) in 3d</c>.</summary>
public sealed record AnniversaryExpr(Expr Item, int Days, bool IsSpan) : OpenExpr
{
    public override IReadOnlyList<Expr> Parts => [Item];

    public override bool UsesZone => true;

    internal override void Write(StringBuilder text)
    {
        Canonical.Write(text.Append("anniversary("), Item, Canonical.OperandLevel);
        text.Append(CultureInfo.InvariantCulture, $") {(IsSpan ? "within next" : "in")} {Days}d");
    }

    internal override Condition Compile(in Compilation compilation) => compilation.Ask(Item, new AnniversaryTest(Days, IsSpan, compilation.ZoneOf(Item)));

    internal override string Needs(bool isNegated, Sight sight, ref Evaluation evaluation)
    {
        var value = sight.Read(Item, ref evaluation);
        return value.Type == ValueType.None && !isNegated
            ? $"{Canonical.Of(Item)} has to be there, as a date"
            : $"the anniversary of {Canonical.Of(Item)} {(isNegated ? "must not" : "has to")} be {(IsSpan ? "at most" : "in exactly")} {Days} days{(IsSpan ? " ahead" : "")}";
    }
}

internal sealed class AnniversaryTest(int days, bool isSpan, ZoneOf zoneOf) : ValueTest
{
    public override bool Holds(scoped in Scalar value, ref Evaluation evaluation)
    {
        var zone = zoneOf.Read(ref evaluation);
        if (!TryDay(in value, zone, out var month, out var day, out var year))
        {
            return false;
        }

        // Last year's lies behind by now in every zone, or ends today; the one after next lies ahead.
        var first = Math.Max(Instant.FromUnixTimeMilliseconds(evaluation.Now).InZone(zone).Year - 1, year + 1);
        for (var candidate = first; candidate <= Math.Min(first + 3, 9_998); candidate++)
        {
            var anniversary = new LocalDate(candidate, month, Math.Min(day, DateTime.DaysInMonth(candidate, month)));
            var from = anniversary.PlusDays(-days);
            var end = Begin(zone, isSpan ? anniversary.PlusDays(1) : from.PlusDays(1));
            if (evaluation.Now < end)
            {
                return evaluation.IsBetween(Begin(zone, from), end);
            }
        }

        return false;
    }

    private static long Begin(DateTimeZone zone, LocalDate day) => Instants.Ceiling(zone.AtStartOfDay(day).ToInstant().ToUnixTimeMilliseconds());

    /// <param name="year">0: none is written.</param>
    private static bool TryDay(scoped in Scalar value, DateTimeZone zone, out int month, out int day, out int year)
    {
        if (Written.TryRead(in value, out var written))
        {
            var date = written.DayIn(zone);
            (year, month, day) = (date.Year, date.Month, date.Day);
            return true;
        }

        (year, month, day) = (0, 0, 0);
        Span<byte> whole = stackalloc byte[10];
        var text = value.Text.StartsWith("--"u8) ? value.Text[2..] : value.Text;
        if (value.Type != ValueType.Text || text.Length != 5)
        {
            return false;
        }

        // A leap year, so that 29 February is a day.
        "2000-"u8.CopyTo(whole);
        text.CopyTo(whole[5..]);
        if (!Written.TryParse(whole, out written))
        {
            return false;
        }

        var inLeapYear = written.DayIn(DateTimeZone.Utc);
        (month, day) = (inLeapYear.Month, inLeapYear.Day);
        return true;
    }
}
