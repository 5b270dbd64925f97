using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Triggers.Silo.Bench;

/// <summary>What <c>triggers bench ingest</c> found; its JSON form is for comparing runs.</summary>
/// <param name="Singles">Requests of one event.</param>
/// <param name="BytesPerCustomer">On disk after a clean stop, log and everything included.</param>
/// <param name="ResidentBytesPerCustomer">Of the server process at the end of the load, by customers seen.</param>
public sealed record BenchReport(
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
    double ResidentBytesPerCustomer)
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public void Save(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, _json) + "\n");

    public void Print(IAnsiConsole console)
    {
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Machine}; {Customers:N0} customers, {Segments} segments, {Campaigns} campaigns, rounds of {RoundSeconds} s"));
        var rates = new Table().Border(TableBorder.Simple).AddColumn("events/s (median of rounds)").AddColumns(Right("triggers"), Right("bare endpoint"), Right("ratio"), Right("refused"));
        Add(rates, string.Create(CultureInfo.InvariantCulture, $"batches of {Batches.EventsPerRequest}"), Batches);
        Add(rates, "single events", Singles);
        console.Write(rates);
        if (Latency is not null)
        {
            var table = new Table().Border(TableBorder.Simple)
                .AddColumn(string.Create(CultureInfo.InvariantCulture, $"ms, at {LoadDuringLatency:N0} events/s")).AddColumns(Right("p50"), Right("p95"), Right("p99"), Right("max"), Right("probes"));
            Add(table, "event sent → acknowledged", Latency.Acknowledged);
            Add(table, "acknowledged → effect visible", Latency.Effect);
            Add(table, "acknowledged → at the SMTP server", Latency.Smtp);
            console.Write(table);
            if (Latency.MailsMissing > 0)
            {
                console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]{Latency.MailsMissing} mails did not arrive in time[/]");
            }
        }

        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{EventsAcknowledged:N0} events acknowledged, {EventsApplied:N0} applied; {BytesOnDisk / 1048576.0:N1} MiB on disk, {BytesPerEvent:N0} B per event, {BytesPerCustomer:N0} B per customer; {ResidentBytesPerCustomer:N0} B resident per customer"));
    }

    private static TableColumn Right(string header) => new TableColumn(header).RightAligned();

    private static void Add(Table table, string name, RateComparison rates) => table.AddRow(
        name, Number(rates.Triggers), Number(rates.Bare), rates.Ratio.ToString("0.00", CultureInfo.InvariantCulture), Number(rates.Refused));

    private static void Add(Table table, string name, Percentiles percentiles) => table.AddRow(
        name, Ms(percentiles.P50), Ms(percentiles.P95), Ms(percentiles.P99), Ms(percentiles.Max), Number(percentiles.Count));

    private static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Ms(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}

/// <param name="Triggers">Events a second, durable and applied: the clock stops when the last is applied.</param>
/// <param name="Bare">Events a second of the bare endpoint in the same run.</param>
/// <param name="Refused">Requests that were answered 429 or 503.</param>
public sealed record RateComparison(int EventsPerRequest, double Triggers, double Bare, long Refused)
{
    public double Ratio => Bare > 0 ? Math.Round(Triggers / Bare, 3) : 0;
}
