using System.Text;

namespace Triggers.Web.Operations;

/// <summary>OpenTelemetry's names in Prometheus' form, by the rules of OpenTelemetry's compatibility specification.</summary>
internal static class MetricNames
{
    private static readonly Dictionary<string, string> s_units = new(StringComparer.Ordinal)
    {
        ["d"] = "days",
        ["h"] = "hours",
        ["min"] = "minutes",
        ["s"] = "seconds",
        ["ms"] = "milliseconds",
        ["us"] = "microseconds",
        ["ns"] = "nanoseconds",
        ["By"] = "bytes",
        ["KiBy"] = "kibibytes",
        ["MiBy"] = "mebibytes",
        ["GiBy"] = "gibibytes",
        ["%"] = "percent",
        ["Cel"] = "celsius",
        ["Hz"] = "hertz",
    };

    private static readonly Dictionary<string, string> s_perUnits = new(StringComparer.Ordinal) { ["s"] = "second", ["m"] = "minute", ["h"] = "hour", ["d"] = "day" };

    public static string Of(string name, string? unit, MetricKind kind)
    {
        var metric = Clean(name, allowColon: true);
        var suffix = UnitOf(unit, kind);
        if (suffix.Length > 0 && !metric.EndsWith("_" + suffix, StringComparison.Ordinal))
        {
            metric += "_" + suffix;
        }

        return kind == MetricKind.Counter && !metric.EndsWith("_total", StringComparison.Ordinal) ? metric + "_total" : metric;
    }

    public static string Label(string name) => Clean(name, allowColon: false);

    private static string UnitOf(string? unit, MetricKind kind)
    {
        var bare = WithoutBraces(unit ?? "");
        if (bare == "1")
        {
            return kind == MetricKind.Gauge ? "ratio" : "";
        }

        var slash = bare.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return Word(s_units, bare);
        }

        var (over, per) = (Word(s_units, bare[..slash]), Word(s_perUnits, bare[(slash + 1)..]));
        return per.Length == 0 ? over : over.Length == 0 ? "per_" + per : $"{over}_per_{per}";
    }

    private static string Word(Dictionary<string, string> known, string unit) => known.GetValueOrDefault(unit) ?? Clean(unit, allowColon: false).Trim('_');

    private static string WithoutBraces(string unit)
    {
        var open = unit.IndexOf('{', StringComparison.Ordinal);
        var close = unit.IndexOf('}', StringComparison.Ordinal);
        return open < 0 || close < open ? unit : WithoutBraces(unit[..open] + unit[(close + 1)..]);
    }

    private static string Clean(string name, bool allowColon)
    {
        var clean = new StringBuilder(name.Length + 1);
        foreach (var c in name)
        {
            var isAllowed = char.IsAsciiLetterOrDigit(c) || (allowColon && c == ':');
            if (clean.Length == 0 && char.IsAsciiDigit(c))
            {
                clean.Append('_');
            }

            if (isAllowed)
            {
                clean.Append(c);
            }
            else if (clean.Length == 0 || clean[^1] != '_')
            {
                clean.Append('_');
            }
        }

        return clean.ToString();
    }
}

/// <summary>What Prometheus calls a metric's type.</summary>
internal enum MetricKind
{
    Counter = 1,
    Gauge = 2,
    Histogram = 3,
}
