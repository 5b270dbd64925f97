using NodaTime;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Programs.Conditions;

/// <summary>A date or time as sites send it: an ISO 8601 text, or milliseconds since 1970.</summary>
/// <param name="LocalMs">ms since 1970 of what is written, taken as UTC.</param>
/// <param name="OffsetMs">null: none is written, so it is meant in somebody's time zone.</param>
/// <param name="IsDay">No time of day is written.</param>
internal readonly record struct Written(long LocalMs, long? OffsetMs, bool IsDay)
{
    private const long DayMs = 86_400_000, NumberMin = -62_135_596_800_000, NumberMax = 253_402_300_799_999;

    /// <summary>Behind it every time zone is as good as UTC, and the calendar has no room for one: 9999-12-31 is how many write "never".</summary>
    private const long ZonedMax = NumberMax - (2 * DayMs);

    public static bool TryRead(scoped in Scalar value, out Written written)
    {
        switch (value.Type)
        {
            case ValueType.Number when value.Number is >= NumberMin and <= NumberMax:
                written = new Written((long)value.Number, 0, false);
                return true;
            case ValueType.Text:
                return TryParse(value.Text, out written);
            default:
                written = default;
                return false;
        }
    }

    /// <summary><c>2026-03-05</c>, <c>2026-03-05T10:00</c>, with seconds, a fraction, and <c>Z</c> or <c>+01:00</c>; a blank may stand for the T.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Written written)
    {
        written = default;
        var rest = text;
        if (!TryDigits(ref rest, 4, out var year) || !TrySign(ref rest, '-') || !TryDigits(ref rest, 2, out var month) || !TrySign(ref rest, '-') || !TryDigits(ref rest, 2, out var day)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        var ms = (new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;
        if (rest.IsEmpty)
        {
            written = new Written(ms, null, true);
            return true;
        }

        if ((!TrySign(ref rest, 'T') && !TrySign(ref rest, ' ')) || !TryTime(ref rest, out var time) || !TryOffset(ref rest, out var offset) || !rest.IsEmpty)
        {
            return false;
        }

        written = new Written(ms + time, offset, false);
        return true;
    }

    /// <summary>ms since 1970; what names no offset is meant in the zone, a day begins at its first instant there.</summary>
    public long InstantIn(DateTimeZone zone)
    {
        if (OffsetMs is { } offset)
        {
            return LocalMs - offset;
        }

        return ReferenceEquals(zone, DateTimeZone.Utc) || LocalMs > ZonedMax ? LocalMs
            : IsDay ? zone.AtStartOfDay(Local.Date).ToInstant().ToUnixTimeMilliseconds()
            : Local.InZoneLeniently(zone).ToInstant().ToUnixTimeMilliseconds();
    }

    /// <summary>The first instant behind it: of the next day, or the next millisecond.</summary>
    public long EndIn(DateTimeZone zone) => !IsDay ? InstantIn(zone) + 1
        : LocalMs > ZonedMax ? LocalMs + DayMs
        : zone.AtStartOfDay(Local.Date.PlusDays(1)).ToInstant().ToUnixTimeMilliseconds();

    /// <summary>The day in the zone.</summary>
    public LocalDate DayIn(DateTimeZone zone) => OffsetMs is { } offset ? Instant.FromUnixTimeMilliseconds(Math.Min(LocalMs - offset, ZonedMax)).InZone(zone).Date : Local.Date;

    private LocalDateTime Local => Instant.FromUnixTimeMilliseconds(LocalMs).InUtc().LocalDateTime;

    private static bool TryTime(ref ReadOnlySpan<byte> rest, out long ms)
    {
        ms = 0;
        if (!TryDigits(ref rest, 2, out var hours) || !TrySign(ref rest, ':') || !TryDigits(ref rest, 2, out var minutes) || hours > 23 || minutes > 59)
        {
            return false;
        }

        var seconds = 0;
        if (TrySign(ref rest, ':') && (!TryDigits(ref rest, 2, out seconds) || seconds > 59))
        {
            return false;
        }

        ms = (((hours * 60L) + minutes) * 60 + seconds) * 1000;
        if (!TrySign(ref rest, '.'))
        {
            return true;
        }

        var digits = 0;
        for (var unit = 100; digits < rest.Length && (uint)(rest[digits] - '0') <= 9; digits++, unit /= 10)
        {
            ms += (rest[digits] - '0') * unit;
        }

        rest = rest[digits..];
        return digits is > 0 and <= 9;
    }

    private static bool TryOffset(ref ReadOnlySpan<byte> rest, out long? offset)
    {
        offset = null;
        if (rest.IsEmpty)
        {
            return true;
        }

        if (TrySign(ref rest, 'Z') || TrySign(ref rest, 'z'))
        {
            offset = 0;
            return true;
        }

        var isNegative = rest[0] == (byte)'-';
        if ((!TrySign(ref rest, '+') && !TrySign(ref rest, '-')) || !TryDigits(ref rest, 2, out var hours) || hours > 18)
        {
            return false;
        }

        var minutes = 0;
        TrySign(ref rest, ':');
        if (!rest.IsEmpty && (!TryDigits(ref rest, 2, out minutes) || minutes > 59))
        {
            return false;
        }

        offset = ((hours * 60L) + minutes) * 60_000 * (isNegative ? -1 : 1);
        return true;
    }

    private static bool TryDigits(ref ReadOnlySpan<byte> rest, int count, out int number)
    {
        number = 0;
        if (rest.Length < count)
        {
            return false;
        }

        foreach (var digit in rest[..count])
        {
            if ((uint)(digit - '0') > 9)
            {
                return false;
            }

            number = (number * 10) + (digit - '0');
        }

        rest = rest[count..];
        return true;
    }

    private static bool TrySign(ref ReadOnlySpan<byte> rest, char sign)
    {
        if (rest.IsEmpty || rest[0] != sign)
        {
            return false;
        }

        rest = rest[1..];
        return true;
    }
}
