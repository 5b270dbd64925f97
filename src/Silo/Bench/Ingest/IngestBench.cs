using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Triggers.Silo.Bench.Ingest;

/// <summary>Drives a server and a bare endpoint by turns with the same load, then measures latencies at half of what the server took.</summary>
public sealed class IngestBench(IngestBenchOptions options, ServerApi api)
{
    private const double ProbesPerSecond = 50;

    /// <summary>Before latencies are taken: for the load to be there, and for the server to have compiled what probes call for the first time.</summary>
    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(10);

    private readonly IPEndPoint _server = options.Server;
    private readonly IPEndPoint _bare = options.Bare;
    private long _acknowledged;
    private int _lanes;

    public async Task<(RateComparison Batches, RateComparison Singles)> MeasureRatesAsync(CancellationToken cancellation)
    {
        var batches = await CompareAsync(options.BatchSize, options.Connections, cancellation);
        var singles = await CompareAsync(1, options.SingleConnections, cancellation);
        return (batches, singles);
    }

    /// <summary>Events that this run's load and probes had acknowledged.</summary>
    public long Acknowledged => _acknowledged;

    public async Task<LatencyResult> MeasureLatencyAsync(SmtpSink sink, double eventsPerSecond, CancellationToken cancellation)
    {
        BenchRun.Say(string.Create(CultureInfo.InvariantCulture, $"latencies at {eventsPerSecond:N0} events/s for {options.Seconds} s"));
        var load = Driver(_server, options.BatchSize, options.Connections);
        var duration = TimeSpan.FromSeconds(options.Seconds);
        var loading = load.RunAsync(_warmUp + duration + TimeSpan.FromSeconds(1), eventsPerSecond, cancellation);
        var warmedUp = await ProbeAsync(sink, _warmUp, cancellation);
        var probes = await ProbeAsync(sink, duration, cancellation);
        _acknowledged += (await loading).Events + (2 * (warmedUp.Count + probes.Count));
        return LatencyResult.Of(probes);
    }

    private Task<IReadOnlyList<ProbeSample>> ProbeAsync(SmtpSink sink, TimeSpan duration, CancellationToken cancellation)
    {
        var run = Environment.TickCount64.ToString("x", CultureInfo.InvariantCulture);
        var ends = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        return new LatencyProbe(_server, options.WriteKey, options.ManagementKey, sink, run).RunAsync(ProbesPerSecond, () => Stopwatch.GetTimestamp() >= ends, cancellation);
    }

    private async Task<RateComparison> CompareAsync(int eventsPerRequest, int connections, CancellationToken cancellation)
    {
        var duration = TimeSpan.FromSeconds(options.Seconds);
        var server = Driver(_server, eventsPerRequest, connections);
        var bare = Driver(_bare, eventsPerRequest, connections);
        await server.RunAsync(TimeSpan.FromSeconds(2), 0, cancellation).ContinueWith(done => _acknowledged += done.Result.Events, cancellation, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        await api.WaitAppliedAsync(cancellation);
        await bare.RunAsync(TimeSpan.FromSeconds(2), 0, cancellation);
        var rates = new List<(double Server, double Bare)>();
        long refused = 0;
        for (var round = 1; round <= options.Rounds; round++)
        {
            var bareResult = await bare.RunAsync(duration, 0, cancellation);
            var started = Stopwatch.GetTimestamp();
            var result = await server.RunAsync(duration, 0, cancellation);
            await api.WaitAppliedAsync(cancellation);
            var applied = result.Events / Stopwatch.GetElapsedTime(started).TotalSeconds;
            _acknowledged += result.Events;
            refused += result.Refused;
            rates.Add((applied, bareResult.EventsPerSecond));
            BenchRun.Say(string.Create(CultureInfo.InvariantCulture,
                $"{eventsPerRequest,4} a request, round {round}: triggers {applied:N0}/s (acknowledged {result.EventsPerSecond:N0}/s), bare {bareResult.EventsPerSecond:N0}/s"));
        }

        return new RateComparison(eventsPerRequest, Median(rates.Select(rate => rate.Server)), Median(rates.Select(rate => rate.Bare)), refused);
    }

    private LoadDriver Driver(IPEndPoint target, int eventsPerRequest, int connections) => new(target, connections, () =>
    {
        // Lanes go on over all drivers of a run, so that no messageId comes twice.
        var lane = Interlocked.Increment(ref _lanes);
        return new EventTemplates(target.ToString(), options.WriteKey, eventsPerRequest, lane, EventTemplates.AnyOf(options.Customers, lane));
    });

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return Math.Round((sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2);
    }
}

public sealed record IngestBenchOptions(
    IPEndPoint Server, IPEndPoint Bare, string WriteKey, string ManagementKey, int Customers, int BatchSize, int Connections, int SingleConnections, int Seconds, int Rounds);
