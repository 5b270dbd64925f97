using System.Diagnostics;
using System.Globalization;

namespace Triggers.Silo.Bench.Memory;

/// <summary>Makes customers on a server with little memory for them, then starts it again on what it stored, beside a start on nothing.</summary>
public sealed class MemoryBench(MemoryBenchOptions options, string folder, IReadOnlyDictionary<string, string> settings)
{
    /// <summary>A collector that is quick to collect (budget of 4 MiB, in hex): what a start leaves to it would else weigh more than many customers.</summary>
    private readonly Dictionary<string, string> _lean = new(settings, StringComparer.Ordinal) { ["DOTNET_gcServer"] = "0", ["DOTNET_GCgen0size"] = "400000" };

    public async Task<MemoryReport> RunAsync(CancellationToken cancellation)
    {
        BenchDefinitions.Write(BenchServer.DefinitionsIn(folder));
        // The first start makes the store, the second is like the one that is compared with it.
        await StartAsync(settings, null, cancellation);
        var (_, emptyMs) = await StartAsync(settings, null, cancellation);
        var (empty, _) = await StartAsync(_lean, null, cancellation);

        double loadSeconds;
        long events, customers, loaded, peak;
        await using (var server = await BenchServer.StartAsync(folder, null, settings, cancellation))
        {
            (events, loadSeconds) = await new BulkLoad(server.Endpoint, options.Customers, options.EventsPerCustomer, known: true).RunAsync(cancellation);
            var totals = await server.Api.WaitAppliedAsync(cancellation);
            customers = totals.Customers.Total;
            await Task.Delay(options.Settle, cancellation);
            (loaded, peak) = (server.Process.ResidentBytes, server.Process.PeakResidentBytes);
            await server.StopAsync();
        }

        BenchRun.Say(string.Create(CultureInfo.InvariantCulture, $"{customers:N0} customers, {events:N0} events in {loadSeconds:N0} s"));
        var stored = StoreSizes.Of(BenchServer.DataIn(folder));
        var (_, startMs) = await StartAsync(settings, customers, cancellation);
        var (restarted, _) = await StartAsync(_lean, customers, cancellation);
        return new MemoryReport(
            BenchRun.Machine, customers, options.EventsPerCustomer, options.CustomerMemoryMiB, options.LimitMiB, events / loadSeconds,
            stored, stored.State / (double)customers, stored.Total / (double)customers,
            empty, restarted, (restarted - empty) / (double)customers, loaded, peak, emptyMs, startMs, customers == options.Customers);
    }

    /// <summary>A start that is let settle: what is resident then, and how long it took to be ready.</summary>
    /// <param name="expected">Customers that must be there; null: as many as there are.</param>
    private async Task<(long Resident, double ReadyMs)> StartAsync(IReadOnlyDictionary<string, string> environment, long? expected, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        await using var server = await BenchServer.StartAsync(folder, null, environment, cancellation);
        var ready = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        await Task.Delay(options.Settle, cancellation);
        var totals = await server.Api.WaitAppliedAsync(cancellation);
        if (expected is not null && totals.Customers.Total != expected)
        {
            throw new InvalidOperationException($"{totals.Customers.Total} customers after the start, {expected} before the stop.");
        }

        var resident = server.Process.ResidentBytes;
        await server.StopAsync();
        return (resident, ready);
    }
}

/// <param name="Settle">Between a start and the look at its memory.</param>
public sealed record MemoryBenchOptions(int Customers, int EventsPerCustomer, int CustomerMemoryMiB, int LimitMiB, TimeSpan Settle);
