using System.Globalization;
using System.Text;

namespace Triggers.Web.Operations;

/// <summary>Metrics in Prometheus' text format 0.0.4: <c>HELP</c>, <c>TYPE</c>, one line a series, histograms cumulated.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <param name="observation">The look that observable instruments were read in: what it did not see is gone.</param>
    /// <param name="target">What this process is: the labels of <c>target_info</c>.</param>
    public static string Write(IEnumerable<MetricFamily> families, long observation, IEnumerable<KeyValuePair<string, object?>> target)
    {
        var text = new StringBuilder(32 * 1024);
        var info = new TagSet([.. target]);
        Head(text, "target_info", "What this process is.", MetricKind.Gauge);
        Line(text, "target_info", "", info, null, 1);
        foreach (var family in families)
        {
            var series = family.Series.Where(each => !family.IsObservable || each.Observation == observation).ToList();
            if (series.Count == 0)
            {
                continue;
            }

            Head(text, family.Name, family.Help, family.Kind);
            foreach (var each in series)
            {
                if (family.Kind == MetricKind.Histogram)
                {
                    Histogram(text, family, each);
                }
                else
                {
                    Line(text, family.Name, "", each.Tags, null, each.Value);
                }
            }
        }

        return text.ToString();
    }

    private static void Histogram(StringBuilder text, MetricFamily family, MetricSeries series)
    {
        var sum = series.Value;
        var counts = series.ReadBuckets();
        var below = 0L;
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            below += counts[bucket];
            Line(text, family.Name, "_bucket", series.Tags, bucket < family.Bounds!.Length ? Number(family.Bounds[bucket]) : "+Inf", below);
        }

        Line(text, family.Name, "_sum", series.Tags, null, sum);
        Line(text, family.Name, "_count", series.Tags, null, below);
    }

    private static void Head(StringBuilder text, string name, string help, MetricKind kind)
    {
        if (help.Length > 0)
        {
            text.Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal)).Append('\n');
        }

        var type = kind switch
        {
            MetricKind.Counter => "counter",
            MetricKind.Gauge => "gauge",
            _ => "histogram",
        };
        text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
    }

    private static void Line(StringBuilder text, string name, string suffix, TagSet tags, string? le, double value)
    {
        text.Append(name).Append(suffix);
        var open = '{';
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, tag) in tags.Tags)
        {
            var label = MetricNames.Label(key);
            if (seen.Add(label))
            {
                Label(text, ref open, label, Text(tag));
            }
        }

        if (le is not null)
        {
            Label(text, ref open, "le", le);
        }

        if (open == ',')
        {
            text.Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static void Label(StringBuilder text, ref char open, string name, string value)
    {
        text.Append(open).Append(name).Append("=\"").Append(value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal)).Append('"');
        open = ',';
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string Number(double value) => double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);
}
