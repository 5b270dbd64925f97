using System.Diagnostics;
using System.Globalization;

namespace Triggers.Silo.Bench.Cluster;

/// <summary>Puts the same load on each set-up after the other, and kills silos of the largest.</summary>
public sealed class ClusterBench(ClusterBenchOptions options, BenchPostgres postgres, string folder)
{
    private const int Connections = 16, BatchSize = 100, FewIdleShare = 10;
    private const double ProbesPerSecond = 50;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private int _lanes;

    public async Task<ClusterReport> RunAsync(CancellationToken cancellation)
    {
        var setups = ClusterSetup.All(options.Silos);
        var rounds = new List<SetupResult[]>();
        for (var round = 1; round <= options.Rounds; round++)
        {
            var results = new SetupResult[setups.Count];
            for (var index = 0; index < setups.Count; index++)
            {
                results[index] = await MeasureAsync(setups[index], cancellation);
                BenchRun.Say(string.Create(CultureInfo.InvariantCulture,
                    $"round {round}: {setups[index].Name}: {results[index].EventsPerSecond:N0} events/s, {results[index].ServerMicroseconds:N1} µs of processor an event"));
            }

            rounds.Add(results);
        }

        SetupResult[] medians = [.. setups.Select((_, index) => SetupResult.MedianOf([.. rounds.Select(round => round[index])]))];
        var takeOver = options.Silos > 1 ? await TakeOverAsync(setups[^1], cancellation) : null;
        IdleCustomers[] idle = [await WeighAsync(setups[0], cancellation), await WeighAsync(setups[1], cancellation)];
        return new ClusterReport(BenchRun.Machine, options.Customers, options.Seconds, options.Rounds, medians, takeOver, idle);
    }

    private async Task<SetupResult> MeasureAsync(ClusterSetup setup, CancellationToken cancellation)
    {
        await using var sink = new SmtpSink();
        await using var servers = await ClusterServers.StartAsync(setup, folder, setup.IsPostgres ? postgres.NewSchema() : null, sink, new Dictionary<string, string>(StringComparer.Ordinal), cancellation);
        var acknowledged = (await LoadAsync(servers, options.WarmUp, 0, cancellation)).Events;
        await servers.Api.WaitCountedAsync(acknowledged, cancellation);

        var (began, processor, store) = (Stopwatch.GetTimestamp(), servers.ProcessorTime, await StoreTimeAsync(setup, cancellation));
        var load = await LoadAsync(servers, TimeSpan.FromSeconds(options.Seconds), 0, cancellation);
        acknowledged += load.Events;
        await servers.Api.WaitCountedAsync(acknowledged, cancellation);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var serverTime = servers.ProcessorTime - processor;
        var storeTime = await StoreTimeAsync(setup, cancellation) - store;
        var rate = load.Events / seconds;

        // A first second for the load to be there.
        var duration = TimeSpan.FromSeconds(options.Seconds);
        var loading = LoadAsync(servers, duration + TimeSpan.FromSeconds(2), rate / 2, cancellation);
        await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
        var ends = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var probes = await new LatencyProbe(servers.Servers[0].Endpoint, BenchDefinitions.WriteKey, ClusterServers.ManagementKey, sink, Guid.NewGuid().ToString("N"))
            .RunAsync(ProbesPerSecond, () => Stopwatch.GetTimestamp() >= ends, cancellation);
        acknowledged += (await loading).Events + (2 * probes.Count);
        var applied = (await servers.Api.WaitCountedAsync(acknowledged, cancellation)).Events.Total;
        await servers.StopAsync();
        return new SetupResult(
            setup.Name, setup.Processes, rate, load.Refused, Microseconds(serverTime, load.Events), storeTime is { } time ? Microseconds(time, load.Events) : null, rate / 2, LatencyResult.Of(probes), acknowledged, applied);
    }

    private async Task<TakeOverResult> TakeOverAsync(ClusterSetup setup, CancellationToken cancellation)
    {
        var connection = postgres.NewSchema();
        var (last, half) = (new List<double>(), new List<double>());
        for (var kill = 1; kill <= options.TakeOvers; kill++)
        {
            await using var servers = await ClusterServers.StartAsync(setup, folder, connection, null, new Dictionary<string, string>(StringComparer.Ordinal) { ["Cluster__Id"] = string.Create(CultureInfo.InvariantCulture, $"kill-{kill}") }, cancellation);
            var living = servers.Servers.Where((_, index) => index != kill % setup.Processes).ToArray();
            var probe = new PartitionProbe(BenchDefinitions.WriteKey, ClusterServers.ManagementKey, string.Create(CultureInfo.InvariantCulture, $"kill-{kill}"));
            var processes = living.Select(server => new Uri($"http://{server.Endpoint}")).ToArray();
            await probe.AnswerAsync(Stopwatch.GetTimestamp(), processes, _patience, cancellation);
            await servers.Servers[kill % setup.Processes].Process.KillAsync();
            var times = await probe.AnswerAsync(Stopwatch.GetTimestamp(), processes, _patience, cancellation);
            last.Add(times[^1]);
            half.Add(times[times.Length / 2]);
            BenchRun.Say(string.Create(CultureInfo.InvariantCulture, $"silo killed: every partition answers again after {times[^1]:N1} s"));
        }

        return new TakeOverResult(setup.Processes, Percentiles.Of(last.Select(seconds => seconds * 1000)), Percentiles.Of(half.Select(seconds => seconds * 1000)));
    }

    /// <summary>By the difference between few customers in memory and many, so that what a process takes anyway does not count; with a collector that is quick to collect.</summary>
    private async Task<IdleCustomers> WeighAsync(ClusterSetup setup, CancellationToken cancellation)
    {
        var lean = new Dictionary<string, string>(StringComparer.Ordinal) { ["DOTNET_gcServer"] = "0", ["DOTNET_GCgen0size"] = "400000", ["DOTNET_GCConserveMemory"] = "9", ["HugePages"] = "off" };
        await using var servers = await ClusterServers.StartAsync(setup, folder, null, null, lean, cancellation);
        var few = await ResidentAsync(servers, options.IdleCustomers / FewIdleShare, cancellation);
        var many = await ResidentAsync(servers, options.IdleCustomers, cancellation);
        var result = new IdleCustomers(setup.Name, many.InMemory - few.InMemory, many.Resident - few.Resident, (many.Resident - few.Resident) / (double)Math.Max(1, many.InMemory - few.InMemory));
        await servers.StopAsync();
        return result;
    }

    private async Task<(long Resident, long InMemory)> ResidentAsync(ClusterServers servers, int customers, CancellationToken cancellation)
    {
        await new BulkLoad(servers.Servers[0].Endpoint, customers, 2, known: true).RunAsync(cancellation);
        await servers.Api.WaitAppliedAsync(cancellation);
        await Task.Delay(options.Settle, cancellation);
        var nodes = await servers.Api.NodesAsync(cancellation);
        return (servers.Servers[0].Process.ResidentBytes, nodes.Sum(node => node.Customers.Count));
    }

    /// <summary>The load's connections are spread over the processes, as a load balancer does.</summary>
    private async Task<LoadResult> LoadAsync(ClusterServers servers, TimeSpan duration, double eventsPerSecond, CancellationToken cancellation)
    {
        var count = servers.Servers.Count;
        var results = await Task.WhenAll(servers.Servers.Select((server, index) =>
            new LoadDriver(server.Endpoint, (Connections + count - 1 - index) / count, () =>
            {
                var lane = Interlocked.Increment(ref _lanes);
                return new EventTemplates(server.Endpoint.ToString(), BenchDefinitions.WriteKey, BatchSize, lane, EventTemplates.AnyOf(options.Customers, lane));
            }).RunAsync(duration, eventsPerSecond / count, cancellation)));
        return new LoadResult(results.Sum(result => result.Events), results.Sum(result => result.Requests), results.Sum(result => result.Refused), results.Max(result => result.Seconds));
    }

    private async Task<TimeSpan?> StoreTimeAsync(ClusterSetup setup, CancellationToken cancellation) => setup.IsPostgres ? await postgres.ProcessorTimeAsync(cancellation) : null;

    private static double Microseconds(TimeSpan time, long events) => time.TotalMicroseconds / Math.Max(1, events);
}

/// <param name="WarmUp">Full load before the measurement: Orleans' calls are compiled for good only after many of them.</param>
/// <param name="IdleCustomers">Made to weigh an idle one.</param>
/// <param name="TakeOvers">Silos killed.</param>
/// <param name="Settle">Between a load and the look at its memory.</param>
public sealed record ClusterBenchOptions(TimeSpan WarmUp, int Seconds, int Rounds, int Customers, int Silos, int IdleCustomers, int TakeOvers, TimeSpan Settle);
