using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Triggers.Web.Operations;

/// <summary>
/// Keeps the running values of this process's instruments for <c>GET /metrics</c>, without a collector. Ours and the runtime's from the start; those of the
/// framework that measure every request from the first time that somebody asks.
/// </summary>
internal sealed class MetricBoard : IDisposable
{
    private static readonly string[] s_always = ["Triggers.Runtime", "Triggers.Storage", "Triggers.Web", "System.Runtime"];

    /// <summary>By meter, which of its instruments; none: all.</summary>
    private static readonly Dictionary<string, string[]> s_onceAsked = new(StringComparer.Ordinal)
    {
        ["Microsoft.AspNetCore.Hosting"] = ["http.server.request.duration"],
        ["Microsoft.AspNetCore.Server.Kestrel"] = ["kestrel.active_connections", "kestrel.queued_connections", "kestrel.rejected_connections"],
        ["Microsoft.AspNetCore.Http.Connections"] = ["signalr.server.active_connections"],
        ["System.Net.Http"] = ["http.client.request.duration"],
        ["Npgsql"] = [],
    };

    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _ours = new();
    private readonly MeterListener _others = new();
    private readonly HashSet<string> _further;
    private readonly Lock _lock = new();
    private long _observation;
    private bool _isAsked;

    /// <param name="furtherMeters">Meters to show beside those that are known.</param>
    public MetricBoard(IEnumerable<string> furtherMeters)
    {
        _further = new HashSet<string>(furtherMeters, StringComparer.Ordinal);
        Begin(_ours, instrument => s_always.Contains(instrument.Meter.Name));
    }

    /// <summary>All families by name, as of now.</summary>
    public IReadOnlyList<MetricFamily> Read(out long observation)
    {
        lock (_lock)
        {
            if (!_isAsked)
            {
                _isAsked = true;
                Begin(_others, instrument => _further.Contains(instrument.Meter.Name)
                    || (s_onceAsked.TryGetValue(instrument.Meter.Name, out var names) && (names.Length == 0 || names.Contains(instrument.Name))));
            }

            observation = ++_observation;
            _ours.RecordObservableInstruments();
            _others.RecordObservableInstruments();
            return [.. _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal)];
        }
    }

    public void Dispose()
    {
        _ours.Dispose();
        _others.Dispose();
    }

    private void Begin(MeterListener listener, Func<Instrument, bool> isWanted)
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (isWanted(instrument) && MetricFamily.Of(instrument) is { } made)
            {
                var family = _families.GetOrAdd(made.Name, made);
                if (family.Kind == made.Kind && family.IsObservable == made.IsObservable)
                {
                    self.EnableMeasurementEvents(instrument, family);
                }
            }
        };
        listener.SetMeasurementEventCallback<byte>((_, value, tags, family) => Measure(family, value, tags));
        listener.SetMeasurementEventCallback<short>((_, value, tags, family) => Measure(family, value, tags));
        listener.SetMeasurementEventCallback<int>((_, value, tags, family) => Measure(family, value, tags));
        listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Measure(family, value, tags));
        listener.SetMeasurementEventCallback<float>((_, value, tags, family) => Measure(family, value, tags));
        listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Measure(family, value, tags));
        listener.SetMeasurementEventCallback<decimal>((_, value, tags, family) => Measure(family, (double)value, tags));
        listener.Start();
    }

    private void Measure(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => ((MetricFamily)family!).Measure(value, tags, _observation);
}
