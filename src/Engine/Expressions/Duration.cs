using System.Globalization;
using System.Text;

namespace Triggers.Engine.Expressions;

/// <summary>Lengths of time as people write them: <c>45m</c>, <c>2h30m</c>, <c>7d</c>. Days have 24 hours; months and years vary and are not units.</summary>
public static class Duration
{
    /// <summary>What a duration looks like, for error messages.</summary>
    public const string Shape = "a duration such as 30s, 45m, 2h30m or 7d";

    private static readonly (string Name, long Ms)[] s_units = [("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

    /// <summary>Reads whole numbers with units (w, d, h, m, s, ms), larger units first, each at most once, without blanks; up to <see cref="Limits.DurationMsMax"/>.</summary>
    public static bool TryParse(string text, out long milliseconds)
    {
        milliseconds = 0;
        long total = 0;
        var unitsFrom = 0;
        var at = 0;
        while (at < text.Length)
        {
            var digits = at;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
            {
                at++;
            }

            var letters = at;
            while (at < text.Length && char.IsAsciiLetter(text[at]))
            {
                at++;
            }

            var unit = Array.FindIndex(s_units, unitsFrom, item => text.AsSpan(letters, at - letters).SequenceEqual(item.Name));
            if (letters == digits || letters - digits > 12 || unit < 0)
            {
                return false;
            }

            total += Math.Min(long.Parse(text.AsSpan(digits, letters - digits), NumberStyles.None, CultureInfo.InvariantCulture), Limits.DurationMsMax + 1) * s_units[unit].Ms;
            unitsFrom = unit + 1;
            if (total > Limits.DurationMsMax)
            {
                return false;
            }
        }

        milliseconds = total;
        return text.Length > 0;
    }

    /// <summary>The one canonical text: days, hours, minutes, seconds, milliseconds, those that are not zero; <c>0s</c> for none.</summary>
    public static string Format(long milliseconds)
    {
        if (milliseconds <= 0)
        {
            return "0s";
        }

        var text = new StringBuilder();
        foreach (var (name, ms) in s_units.AsSpan(1))
        {
            if (milliseconds >= ms)
            {
                text.Append(CultureInfo.InvariantCulture, $"{milliseconds / ms}{name}");
                milliseconds %= ms;
            }
        }

        return text.ToString();
    }

    /// <summary>Says what is wrong with a text that is no duration, and what to write.</summary>
    public static string Explain(string text)
    {
        var trimmed = text.Trim();
        if (double.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
        {
            return trimmed.All(char.IsAsciiDigit)
                ? $"'{trimmed}' has no unit: write {trimmed}s, {trimmed}m, {trimmed}h or {trimmed}d."
                : $"'{trimmed}' is no duration: write whole numbers with units, such as 1h30m.";
        }

        var number = new string(trimmed.TakeWhile(char.IsAsciiDigit).ToArray());
        var unit = trimmed[number.Length..].Trim().ToLowerInvariant();
        if (number.Length is > 0 and < 7)
        {
            if (unit is "y" or "year" or "years" or "mo" or "month" or "months" or "M")
            {
                return $"'{trimmed}': months and years vary in length; write days, such as 30d or 365d.";
            }

            var known = unit switch
            {
                "week" or "weeks" or "wk" or "w" => "w",
                "day" or "days" or "d" => "d",
                "hour" or "hours" or "hr" or "hrs" or "h" => "h",
                "minute" or "minutes" or "min" or "mins" or "m" => "m",
                "second" or "seconds" or "sec" or "secs" or "s" => "s",
                "millisecond" or "milliseconds" or "ms" => "ms",
                _ => null,
            };
            if (known is not null)
            {
                return TryParse(number + known, out _) && number + known != trimmed
                    ? $"'{trimmed}' is no duration: write {number}{known}."
                    : $"'{trimmed}' is too long: at most {Format(Limits.DurationMsMax)} (ten years).";
            }
        }

        return $"'{trimmed}' is not {Shape}: whole numbers with the units w, d, h, m, s, ms, larger ones first, at most {Format(Limits.DurationMsMax)}.";
    }
}
