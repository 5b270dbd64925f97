using System.Collections.Frozen;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using NodaTime;
using static Triggers.Engine.Messages.TemplateHelpers;

namespace Triggers.Engine.Messages;

/// <summary>How values read in a message: the same on every machine, whatever its culture or time-zone files.</summary>
internal static class TemplateFormats
{
    private static readonly FrozenDictionary<string, string> Symbols = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["USD"] = "$", ["EUR"] = "€", ["GBP"] = "£", ["JPY"] = "¥", ["INR"] = "₹",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>ISO 4217 currencies whose minor unit is not a hundredth.</summary>
    private static readonly FrozenDictionary<string, int> Decimals = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["BIF"] = 0, ["CLP"] = 0, ["DJF"] = 0, ["GNF"] = 0, ["ISK"] = 0, ["JPY"] = 0, ["KMF"] = 0, ["KRW"] = 0, ["PYG"] = 0, ["RWF"] = 0,
        ["UGX"] = 0, ["UYI"] = 0, ["VND"] = 0, ["VUV"] = 0, ["XAF"] = 0, ["XOF"] = 0, ["XPF"] = 0,
        ["BHD"] = 3, ["IQD"] = 3, ["JOD"] = 3, ["KWD"] = 3, ["LYD"] = 3, ["OMR"] = 3, ["TND"] = 3,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly JsonSerializerOptions JsonText = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Money(IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?> named)
    {
        if (!TryNumber(At(arguments, 0), out var amount))
        {
            return "";
        }

        var currency = Text(At(arguments, 1)).Trim().ToUpperInvariant();
        var decimals = Decimals.GetValueOrDefault(currency, 2);
        if (named.GetValueOrDefault("minor") is true or "true")
        {
            for (var i = 0; i < decimals; i++)
            {
                amount /= 10;
            }
        }

        var text = Math.Round(Math.Abs(amount), decimals, MidpointRounding.AwayFromZero).ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        var symbol = Symbols.GetValueOrDefault(currency) ?? (currency.Length == 0 ? "" : currency + "\u00a0");
        return (amount < 0 ? "-" : "") + symbol + text;
    }

    public static string Number(IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?> named)
    {
        if (!TryNumber(At(arguments, 0), out var number))
        {
            return "";
        }

        var decimals = TryNumber(At(arguments, 1), out var asked) ? (int)Math.Clamp(asked, 0, 10) : 0;
        return Math.Round(number, decimals, MidpointRounding.AwayFromZero).ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    public static string Date(IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?> named)
    {
        if (!TryTime(At(arguments, 0), out var time))
        {
            return "";
        }

        // On the calendar's first and last day, which stand for no date at all in many systems, there may be no room for another zone.
        var hasRoom = time.UtcTicks > TimeSpan.TicksPerDay && time.UtcTicks < DateTimeOffset.MaxValue.UtcTicks - TimeSpan.TicksPerDay;
        if (hasRoom && named.GetValueOrDefault("zone") is string id && DateTimeZoneProviders.Tzdb.GetZoneOrNull(id) is { } zone)
        {
            time = Instant.FromDateTimeOffset(time).InZone(zone).ToDateTimeOffset();
        }

        var pattern = Text(At(arguments, 1));
        try
        {
            return time.ToString(pattern.Length == 0 ? "d MMMM yyyy" : pattern, CultureInfo.InvariantCulture);
        }
        catch (FormatException)
        {
            return time.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
        }
    }

    public static string Capitalize(string text) => text.Length == 0 ? "" : char.ToUpperInvariant(text[0]) + text[1..];

    public static string Truncate(IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?> named)
    {
        var text = Text(At(arguments, 0));
        if (!TryNumber(At(arguments, 1), out var asked) || asked < 1 || text.Length <= asked)
        {
            return text;
        }

        var end = (int)asked - 1;
        end -= end > 0 && char.IsHighSurrogate(text[end - 1]) ? 1 : 0;
        return text[..end].TrimEnd() + "…";
    }

    public static string Json(object? value) => JsonSerializer.Serialize(value, JsonText);

    /// <summary>How a value reads when a template simply names it: objects are nothing, lists their items.</summary>
    public static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        double real => real.ToString("R", CultureInfo.InvariantCulture),
        List<object?> list => string.Join(", ", list.Select(Text).Where(item => item.Length > 0)),
        IDictionary<string, object?> => "",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => "",
    };

    private static bool TryTime(object? value, out DateTimeOffset time)
    {
        if (value is string text)
        {
            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
        }

        time = default;
        if (!TryNumber(value, out var ms) || ms is < -62_135_596_800_000m or > 253_402_300_799_999m)
        {
            return false;
        }

        time = DateTimeOffset.FromUnixTimeMilliseconds((long)ms);
        return true;
    }
}
