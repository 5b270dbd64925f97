using System.Globalization;
using System.Text;

namespace Triggers.Web.Ingest;

/// <summary>
/// Times as SDKs write them, in milliseconds since 1970 (UTC): <c>2026-02-03T04:05:06.789Z</c>, with any fraction, an offset, or a date alone.
/// What the fast path does not know goes to the framework's parser.
/// </summary>
internal static class Iso8601
{
    private const int LongestText = 64;

    public static bool TryParse(ReadOnlySpan<byte> text, out long milliseconds)
    {
        if (TryParseFast(text, out milliseconds))
        {
            return true;
        }

        if (text.Length is 0 or > LongestText)
        {
            return false;
        }

        Span<char> chars = stackalloc char[LongestText];
        var count = Encoding.UTF8.GetChars(text, chars);
        const DateTimeStyles styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces;
        // Where the year does not come first, the framework guesses: which of two numbers is the month, and the day of a time alone.
        var isRead = text.Length > 4 && Digits(text[..4], out _)
            ? DateTimeOffset.TryParse(chars[..count], CultureInfo.InvariantCulture, styles, out var time)
            : DateTimeOffset.TryParseExact(chars[..count], "r", CultureInfo.InvariantCulture, styles, out time);
        if (!isRead)
        {
            return false;
        }

        milliseconds = time.ToUnixTimeMilliseconds();
        return true;
    }

    /// <summary>A number of milliseconds, or of seconds where milliseconds would lie in early 1970.</summary>
    public static bool TryParseNumber(ReadOnlySpan<byte> digits, out long milliseconds)
    {
        milliseconds = 0;
        if (!System.Buffers.Text.Utf8Parser.TryParse(digits, out double value, out var used) || used != digits.Length || Math.Abs(value) > 8.64e15)
        {
            return false;
        }

        milliseconds = (long)(Math.Abs(value) < 1e11 ? value * 1000 : value);
        return true;
    }

    private static bool TryParseFast(ReadOnlySpan<byte> text, out long milliseconds)
    {
        milliseconds = 0;
        if (text.Length < 10 || text[4] != '-' || text[7] != '-'
            || !Digits(text[..4], out var year) || !Digits(text.Slice(5, 2), out var month) || !Digits(text.Slice(8, 2), out var day)
            || year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        milliseconds = DaysFrom1970(year, month, day) * 86_400_000L;
        if (text.Length == 10)
        {
            return true;
        }

        if (text.Length < 19 || text[10] is not ((byte)'T' or (byte)' ' or (byte)'t') || text[13] != ':' || text[16] != ':'
            || !Digits(text.Slice(11, 2), out var hour) || !Digits(text.Slice(14, 2), out var minute) || !Digits(text.Slice(17, 2), out var second)
            || hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }

        milliseconds += (((hour * 60L) + minute) * 60_000L) + (second * 1000L);
        return TryReadFraction(ref text, ref milliseconds) && TryReadOffset(text, ref milliseconds);
    }

    private static bool TryReadFraction(ref ReadOnlySpan<byte> text, ref long milliseconds)
    {
        text = text[19..];
        if (text.IsEmpty || text[0] is not ((byte)'.' or (byte)','))
        {
            return true;
        }

        var at = 1;
        for (var weight = 100; at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9'; at++, weight /= 10)
        {
            milliseconds += (text[at] - '0') * weight;
        }

        text = text[at..];
        return at > 1;
    }

    private static bool TryReadOffset(ReadOnlySpan<byte> text, ref long milliseconds)
    {
        if (text.IsEmpty || (text.Length == 1 && text[0] is (byte)'Z' or (byte)'z'))
        {
            return true;
        }

        var sign = text[0] == '+' ? 1 : text[0] == '-' ? -1 : 0;
        if (sign == 0)
        {
            return false;
        }

        var minutes = 0;
        var valid = text.Length switch
        {
            3 => Digits(text.Slice(1, 2), out var hours) && (minutes = hours * 60) >= 0,
            5 => Digits(text.Slice(1, 2), out var hours) && Digits(text.Slice(3, 2), out var rest) && (minutes = (hours * 60) + rest) >= 0,
            6 => text[3] == ':' && Digits(text.Slice(1, 2), out var hours) && Digits(text.Slice(4, 2), out var rest) && (minutes = (hours * 60) + rest) >= 0,
            _ => false,
        };
        milliseconds -= sign * minutes * 60_000L;
        return valid && minutes <= 18 * 60;
    }

    private static bool Digits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var digit in text)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            value = (value * 10) + digit - '0';
        }

        return true;
    }

    /// <summary>Days from 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date algorithms").</summary>
    private static long DaysFrom1970(int year, int month, int day)
    {
        var y = month <= 2 ? year - 1 : year;
        var era = y / 400;
        var yearOfEra = y - (era * 400);
        var dayOfYear = (((153 * (month + (month > 2 ? -3 : 9))) + 2) / 5) + day - 1;
        var dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * 146_097L) + dayOfEra - 719_468;
    }
}
