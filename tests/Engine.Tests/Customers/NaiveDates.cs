using System.Globalization;
using NodaTime;
using Triggers.Engine.Expressions;
using Triggers.Engine.Expressions.Functions;
using Triggers.Engine.Expressions.Predicates;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Tests.Customers;

/// <summary>Dates asked the slow way: an anniversary by looking at every day.</summary>
internal sealed class NaiveDates(string defaultZone, string? ownZone, long now)
{
    private static readonly string[] s_local = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm:ss.fff"];
    private static readonly string[] s_offset = ["yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.fffzzz", "yyyy-MM-dd'T'HH:mm:ssK"];

    private readonly DateTimeZone _zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(ownZone ?? "") ?? DateTimeZoneProviders.Tzdb[defaultZone];

    public bool Holds(Expr expr, Func<Expr, IEnumerable<Value>> items, Func<Expr, Value> evaluate) => expr switch
    {
        DateExpr date => items(date.Item).Any(item => Date(item) is { } at && date.Relation switch
        {
            DateRelation.WithinNext => now < at && now >= at - date.LengthMs,
            DateRelation.WithinLast => now >= at && now < at + date.LengthMs,
            _ => now >= at + date.LengthMs,
        }),
        DateOrderExpr { Other: null } order => items(order.Item).Any(item => Date(item) is { } at && (order.IsAfter ? at > now : at <= now)),
        DateOrderExpr order => items(order.Item).Any(item => Date(item) is { } at && evaluate(order.Other!) is var other && Date(other) is { } line
            && (order.IsAfter ? IsDay(other) ? DayOf(at) > Day(other) : at > line : at < line)),
        AnniversaryExpr anniversary => items(anniversary.Item).Any(item => Birthday(item) is { } day
            && Enumerable.Range(anniversary.IsSpan ? 0 : anniversary.Days, anniversary.IsSpan ? anniversary.Days + 1 : 1).Any(ahead => IsAnniversary(DayOf(now).PlusDays(ahead), day))),
        _ => throw new InvalidOperationException(expr.GetType().Name),
    };

    private static bool IsAnniversary(LocalDate day, (int Year, int Month, int Day) of) =>
        day.Year > of.Year && day.Month == of.Month && (day.Day == of.Day || (of is { Month: 2, Day: 29 } && day.Day == 28 && !DateTime.IsLeapYear(day.Year)));

    private LocalDate DayOf(long instant) => Instant.FromUnixTimeMilliseconds(instant).InZone(_zone).Date;

    private static bool IsDay(Value value) => value.Text?.Length == 10;

    private static LocalDate Day(Value value) => LocalDate.FromDateTime(DateTime.ParseExact(value.Text!, "yyyy-MM-dd", CultureInfo.InvariantCulture));

    private (int Year, int Month, int Day)? Birthday(Value value)
    {
        if (value.Text is { Length: 5 or 7 } text && DateTime.TryParseExact("2000-" + text.TrimStart('-'), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return (0, day.Month, day.Day);
        }

        return Date(value) is { } at ? (DayOf(at).Year, DayOf(at).Month, DayOf(at).Day) : null;
    }

    private long? Date(Value value)
    {
        if (value.Type == ValueType.Number)
        {
            return (long)value.Number;
        }

        if (value.Text is null)
        {
            return null;
        }

        if (DateTime.TryParseExact(value.Text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return _zone.AtStartOfDay(LocalDate.FromDateTime(day)).ToInstant().ToUnixTimeMilliseconds();
        }

        if (DateTime.TryParseExact(value.Text, s_local, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            return LocalDateTime.FromDateTime(local).InZoneLeniently(_zone).ToInstant().ToUnixTimeMilliseconds();
        }

        return DateTimeOffset.TryParseExact(value.Text, s_offset, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUnixTimeMilliseconds() : null;
    }
}
