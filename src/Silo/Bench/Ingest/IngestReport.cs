using System.Globalization;
using Spectre.Console;

namespace Triggers.Silo.Bench.Ingest;

/// <summary>What <c>triggers bench ingest</c> found; its JSON form is for comparing runs.</summary>
/// <param name="Singles">Requests of one event.</param>
/// <param name="BytesPerCustomer">On disk after a clean stop, log and everything included.</param>
/// <param name="ResidentBytesPerCustomer">Of the server process at the end of the load, by customers seen.</param>
public sealed record IngestReport(
    string Machine,
    int Customers,
    int Segments,
    int Campaigns,
    int Connections,
    int RoundSeconds,
    RateComparison Batches,
    RateComparison Singles,
    double LoadDuringLatency,
    LatencyResult? Latency,
    long EventsAcknowledged,
    long EventsApplied,
    long BytesOnDisk,
    double BytesPerEvent,
    double BytesPerCustomer,
    double ResidentBytesPerCustomer) : IBenchReport
{
    public bool IsSound => EventsApplied == EventsAcknowledged;

    public void Print(IAnsiConsole console)
    {
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Machine}; {Customers:N0} customers, {Segments} segments, {Campaigns} campaigns, rounds of {RoundSeconds} s"));
        var rates = new Table().Border(TableBorder.Simple).AddColumn("events/s (median of rounds)").AddColumns(BenchTables.Right("triggers"), BenchTables.Right("bare endpoint"), BenchTables.Right("ratio"), BenchTables.Right("refused"));
        Add(rates, string.Create(CultureInfo.InvariantCulture, $"batches of {Batches.EventsPerRequest}"), Batches);
        Add(rates, "single events", Singles);
        console.Write(rates);
        if (Latency is not null)
        {
            var table = BenchTables.Latencies(string.Create(CultureInfo.InvariantCulture, $"ms, at {LoadDuringLatency:N0} events/s"), "probes");
            BenchTables.Add(table, "event sent → acknowledged", Latency.Acknowledged);
            BenchTables.Add(table, "acknowledged → effect visible", Latency.Effect);
            BenchTables.Add(table, "acknowledged → at the SMTP server", Latency.Smtp);
            console.Write(table);
            if (Latency.MailsMissing > 0)
            {
                console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]{Latency.MailsMissing} mails did not arrive in time[/]");
            }
        }

        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{EventsAcknowledged:N0} events acknowledged, {EventsApplied:N0} applied; {BytesOnDisk / 1048576.0:N1} MiB on disk, {BytesPerEvent:N0} B per event, {BytesPerCustomer:N0} B per customer; {ResidentBytesPerCustomer:N0} B resident per customer"));
    }

    private static void Add(Table table, string name, RateComparison rates) => table.AddRow(
        name, BenchTables.Number(rates.Triggers), BenchTables.Number(rates.Bare), rates.Ratio.ToString("0.00", CultureInfo.InvariantCulture), BenchTables.Number(rates.Refused));
}

/// <param name="Triggers">Events a second, durable and applied: the clock stops when the last is applied.</param>
/// <param name="Bare">Events a second of the bare endpoint in the same run.</param>
/// <param name="Refused">Requests that were answered 429 or 503.</param>
public sealed record RateComparison(int EventsPerRequest, double Triggers, double Bare, long Refused)
{
    public double Ratio => Bare > 0 ? Math.Round(Triggers / Bare, 3) : 0;
}
