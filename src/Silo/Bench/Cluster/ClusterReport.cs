using System.Globalization;
using Spectre.Console;

namespace Triggers.Silo.Bench.Cluster;

/// <summary>What <c>triggers bench cluster</c> found.</summary>
/// <param name="TakeOver">null: there was one silo only.</param>
/// <param name="Idle">Memory of customers that are held and not used, embedded and as grains.</param>
public sealed record ClusterReport(
    string Machine, int Customers, int Seconds, int Rounds, IReadOnlyList<SetupResult> Setups, TakeOverResult? TakeOver, IReadOnlyList<IdleCustomers> Idle) : IBenchReport
{
    /// <summary>Rate of one silo by the embedded host's on the same store and in the same run.</summary>
    public double RatioOnSqlite => Ratio(1, 0);

    public double RatioOnPostgres => Ratio(3, 2);

    public bool IsSound => Setups.All(setup => setup.EventsApplied == setup.EventsAcknowledged);

    public void Print(IAnsiConsole console)
    {
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Machine}; {Customers:N0} customers, batches of 100, {Rounds} round{(Rounds == 1 ? "" : "s")} of {Seconds} s"));
        var rates = new Table().Border(TableBorder.Simple).AddColumn("").AddColumns(
            BenchTables.Right("events/s"), BenchTables.Right("µs of servers an event"), BenchTables.Right("µs of PostgreSQL"), BenchTables.Right("refused"), BenchTables.Right("applied of acknowledged"));
        var latencies = BenchTables.Latencies("ms, at half of its rate: acknowledged → at the SMTP server", "probes");
        foreach (var setup in Setups)
        {
            rates.AddRow(
                setup.Name, BenchTables.Number(setup.EventsPerSecond), Micros(setup.ServerMicroseconds), setup.StoreMicroseconds is { } store ? Micros(store) : "", BenchTables.Number(setup.Refused),
                string.Create(CultureInfo.InvariantCulture, $"{setup.EventsApplied:N0} of {setup.EventsAcknowledged:N0}"));
            BenchTables.Add(latencies, setup.Name, setup.Latency.Smtp);
        }

        console.Write(rates);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"one silo by embedded: {RatioOnSqlite:0.00} on SQLite, {RatioOnPostgres:0.00} on PostgreSQL"));
        console.Write(latencies);
        if (TakeOver is not null)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"one of {TakeOver.Silos} silos killed, {TakeOver.Last.Count} times: every partition answers again after {TakeOver.Last.P50 / 1000:N1} s (at most {TakeOver.Last.Max / 1000:N1} s), half of them after {TakeOver.Half.P50 / 1000:N1} s"));
        }

        foreach (var idle in Idle)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"an idle customer in memory, {idle.Setup}: {idle.BytesPerCustomer:N0} B (of {idle.Customers:N0})"));
        }
    }

    private double Ratio(int part, int whole) => Setups[whole].EventsPerSecond > 0 ? Math.Round(Setups[part].EventsPerSecond / Setups[whole].EventsPerSecond, 3) : 0;

    private static string Micros(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}

/// <param name="EventsPerSecond">Acknowledged, applied and committed.</param>
/// <param name="Refused">Requests answered 429 or 503.</param>
/// <param name="ServerMicroseconds">Processor time of all the set-up's processes an event; the generator's is not in it.</param>
/// <param name="StoreMicroseconds">That of PostgreSQL's processes; null: it runs elsewhere, or the store is SQLite, which is in the server's.</param>
/// <param name="LoadDuringLatency">Events a second while <see cref="Latency"/> was measured.</param>
public sealed record SetupResult(
    string Name, int Processes, double EventsPerSecond, long Refused, double ServerMicroseconds, double? StoreMicroseconds, double LoadDuringLatency, LatencyResult Latency,
    long EventsAcknowledged, long EventsApplied)
{
    /// <summary>The round of the middle rate, with the events of all rounds, so that one round that lost something is not passed over.</summary>
    public static SetupResult MedianOf(IReadOnlyList<SetupResult> rounds)
    {
        var middle = rounds.OrderBy(round => round.EventsPerSecond).ElementAt((rounds.Count - 1) / 2);
        return middle with { Refused = rounds.Sum(round => round.Refused), EventsAcknowledged = rounds.Sum(round => round.EventsAcknowledged), EventsApplied = rounds.Sum(round => round.EventsApplied) };
    }
}

/// <param name="Last">ms until every partition answered again, over all kills.</param>
/// <param name="Half">ms until half of the partitions did.</param>
public sealed record TakeOverResult(int Silos, Percentiles Last, Percentiles Half);

/// <param name="Customers">Held in memory.</param>
public sealed record IdleCustomers(string Setup, long Customers, long Bytes, double BytesPerCustomer);
