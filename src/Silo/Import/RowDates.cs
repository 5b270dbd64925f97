using System.Globalization;

namespace Triggers.Silo.Import;

/// <summary>Reads the dates that exports carry. A date without a zone is UTC; a day without a time is its midnight.</summary>
public static class RowDates
{
    private static readonly string[] _formats =
    [
        "yyyyMMdd", "yyyy-MM-dd", "yyyy/MM/dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm:ssK",
        "yyyy-MM-dd HH:mm:ss zzz", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyyMMddHHmmss", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK",
    ];

    /// <param name="format">A .NET date format, <c>unix</c> (seconds), <c>unixms</c>, or null: the formats that cannot be misread.</param>
    public static bool TryParse(ReadOnlySpan<char> text, string? format, out DateTimeOffset date)
    {
        text = text.Trim();
        if (format is "unix" or "unixms")
        {
            date = default;
            if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            var milliseconds = format == "unix" ? number * 1000 : number;
            if (milliseconds is < -62_135_596_800_000 or > 253_402_300_799_999)
            {
                return false;
            }

            date = DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds);
            return true;
        }

        const DateTimeStyles styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return format is null
            ? DateTimeOffset.TryParseExact(text, _formats, CultureInfo.InvariantCulture, styles, out date)
            : DateTimeOffset.TryParseExact(text, format, CultureInfo.InvariantCulture, styles, out date);
    }
}
