using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Spectre.Console;

namespace Triggers.Silo.Bench;

/// <summary>Drives a server and a bare endpoint by turns with the same load, then measures latencies at half of what the server took.</summary>
public sealed class IngestBench(IngestBenchOptions options, IAnsiConsole console)
{
    private const double ProbesPerSecond = 50;

    private readonly IPEndPoint _server = options.Server;
    private readonly IPEndPoint _bare = options.Bare;
    private long _acknowledged;

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
        Say(string.Create(CultureInfo.InvariantCulture, $"latencies at {eventsPerSecond:N0} events/s for {options.Seconds} s"));
        var load = Driver(_server, options.BatchSize, options.Connections);
        var duration = TimeSpan.FromSeconds(options.Seconds);
        // A first second for the load to be there.
        var loading = load.RunAsync(duration + TimeSpan.FromSeconds(2), eventsPerSecond, cancellation);
        await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
        var run = Environment.TickCount64.ToString("x", CultureInfo.InvariantCulture);
        var result = await new LatencyProbe(_server, options.WriteKey, options.ManagementKey, sink, run).RunAsync(duration, ProbesPerSecond, cancellation);
        _acknowledged += (await loading).Events + (2 * result.Acknowledged.Count);
        return result;
    }

    public async Task<ServerTotals> TotalsAsync(CancellationToken cancellation)
    {
        using var client = Client();
        return (await client.GetFromJsonAsync<ServerTotals>("/api/v1/stats", cancellation))!;
    }

    /// <summary>Waits until everything appended is applied.</summary>
    public async Task WaitAppliedAsync(CancellationToken cancellation)
    {
        using var client = Client();
        while ((await client.GetFromJsonAsync<ServerTotals>("/api/v1/stats", cancellation))!.Events.Lag > 0)
        {
            await Task.Delay(5, cancellation);
        }
    }

    private async Task<RateComparison> CompareAsync(int eventsPerRequest, int connections, CancellationToken cancellation)
    {
        var duration = TimeSpan.FromSeconds(options.Seconds);
        var server = Driver(_server, eventsPerRequest, connections);
        var bare = Driver(_bare, eventsPerRequest, connections);
        await server.RunAsync(TimeSpan.FromSeconds(2), 0, cancellation).ContinueWith(done => _acknowledged += done.Result.Events, cancellation, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        await WaitAppliedAsync(cancellation);
        await bare.RunAsync(TimeSpan.FromSeconds(2), 0, cancellation);
        var rates = new List<(double Server, double Bare)>();
        long refused = 0;
        for (var round = 1; round <= options.Rounds; round++)
        {
            var bareResult = await bare.RunAsync(duration, 0, cancellation);
            var started = Stopwatch.GetTimestamp();
            var result = await server.RunAsync(duration, 0, cancellation);
            await WaitAppliedAsync(cancellation);
            var applied = result.Events / Stopwatch.GetElapsedTime(started).TotalSeconds;
            _acknowledged += result.Events;
            refused += result.Refused;
            rates.Add((applied, bareResult.EventsPerSecond));
            Say(string.Create(CultureInfo.InvariantCulture,
                $"{eventsPerRequest,4} a request, round {round}: triggers {applied:N0}/s (acknowledged {result.EventsPerSecond:N0}/s), bare {bareResult.EventsPerSecond:N0}/s"));
        }

        return new RateComparison(eventsPerRequest, Median(rates.Select(rate => rate.Server)), Median(rates.Select(rate => rate.Bare)), refused);
    }

    private LoadDriver Driver(IPEndPoint target, int eventsPerRequest, int connections) =>
        new(target, connections, lane => new EventTemplates(target.ToString(), options.WriteKey, eventsPerRequest, options.Customers, NextLane(lane)));

    /// <summary>Lanes go on over all drivers of a run, so that no messageId comes twice.</summary>
    private int _lanes;

    private int NextLane(int _) => Interlocked.Increment(ref _lanes);

    private HttpClient Client()
    {
        var client = new HttpClient { BaseAddress = new Uri($"http://{_server}") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", options.ManagementKey);
        return client;
    }

    private void Say(string text) => console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]{text}[/]");

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return Math.Round((sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2);
    }
}

public sealed record IngestBenchOptions(
    IPEndPoint Server, IPEndPoint Bare, string WriteKey, string ManagementKey, int Customers, int BatchSize, int Connections, int SingleConnections, int Seconds, int Rounds);

/// <summary>The part of the server's statistics that the bench reads.</summary>
public sealed record ServerTotals(ServerEventTotals Events, ServerCustomerTotals Customers);

public sealed record ServerEventTotals(long Total, long Duplicates, long Lag);

public sealed record ServerCustomerTotals(long Total);
