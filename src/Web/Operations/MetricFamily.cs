using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Triggers.Web.Operations;

/// <summary>All series of one name.</summary>
internal sealed class MetricFamily
{
    /// <summary>OpenTelemetry's default, for histograms that give no advice.</summary>
    private static readonly double[] s_defaultBounds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];

    private readonly ConcurrentDictionary<TagSet, MetricSeries> _series = new(TagSet.Comparer);
    private readonly MetricSeries _untagged;
    private readonly Lazy<MetricSeries> _overflow;
    private bool _hasUntagged;

    public MetricFamily(string name, string help, MetricKind kind, bool isObservable, double[]? bounds)
    {
        Name = name;
        Help = help;
        Kind = kind;
        IsObservable = isObservable;
        Bounds = bounds;
        _untagged = new MetricSeries(new TagSet([]), bounds);
        _overflow = new Lazy<MetricSeries>(() => new MetricSeries(new TagSet([new("otel.metric.overflow", "true")]), bounds));
    }

    public string Name { get; }

    public string Help { get; }

    public MetricKind Kind { get; }

    public bool IsObservable { get; }

    public double[]? Bounds { get; }

    /// <summary>A counter that has counted nothing stands at 0, so that its first increase is seen as one.</summary>
    public bool BeginsAtZero { get; init; }

    public IEnumerable<MetricSeries> Series
    {
        get
        {
            IEnumerable<MetricSeries> all = _hasUntagged || (BeginsAtZero && _series.IsEmpty) ? [_untagged, .. _series.Values] : _series.Values;
            return _overflow.IsValueCreated ? all.Append(_overflow.Value) : all;
        }
    }

    /// <summary>null: an instrument of a kind that cannot be shown.</summary>
    public static MetricFamily? Of(Instrument instrument)
    {
        var type = instrument.GetType();
        var generic = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        var kind = generic == typeof(Counter<>) || generic == typeof(ObservableCounter<>) ? MetricKind.Counter
            : generic == typeof(Histogram<>) ? MetricKind.Histogram
            : generic == typeof(Gauge<>) || generic == typeof(ObservableGauge<>) || generic == typeof(UpDownCounter<>) || generic == typeof(ObservableUpDownCounter<>) ? MetricKind.Gauge
            : default;
        return kind == default
            ? null
            : new MetricFamily(MetricNames.Of(instrument.Name, instrument.Unit, kind), instrument.Description ?? "", kind, instrument.IsObservable, kind == MetricKind.Histogram ? BoundsOf(instrument) : null)
            {
                Sets = generic == typeof(Gauge<>),
                BeginsAtZero = generic == typeof(Counter<>) && instrument.Meter.Name.StartsWith("Triggers.", StringComparison.Ordinal),
            };
    }

    /// <summary>A measurement is the value, not an addition to it.</summary>
    private bool Sets { get; init; }

    public void Measure(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, long observation)
    {
        var series = Find(tags);
        if (IsObservable)
        {
            series.Observe(value, observation);
        }
        else if (Kind == MetricKind.Histogram)
        {
            series.Record(value);
        }
        else if (Sets)
        {
            series.Set(value);
        }
        else
        {
            series.Add(value);
        }
    }

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
        _ => s_defaultBounds,
    };

    private MetricSeries Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            _hasUntagged = true;
            return _untagged;
        }

        var lookup = _series.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
        if (lookup.TryGetValue(tags, out var series))
        {
            return series;
        }

        if (_series.Count >= Limits.MetricSeriesMax)
        {
            return _overflow.Value;
        }

        var set = new TagSet(tags.ToArray());
        return _series.GetOrAdd(set, new MetricSeries(set, Bounds));
    }
}
