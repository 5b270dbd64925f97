using System.Globalization;
using Spectre.Console;

namespace Triggers.Silo.Bench.Timers;

/// <summary>What <c>triggers bench timers</c> found; all rounds together, in milliseconds.</summary>
/// <param name="Exits">From the instant to the exit's commit, for each of the many that were due in it.</param>
/// <param name="Drains">From the instant to the last of these, one figure a round.</param>
/// <param name="ExitMails">From the instant to the mail at the SMTP server, for the probes among them.</param>
/// <param name="WaitMails">The same for probes whose wait ended.</param>
/// <param name="Overtaken">How long before an earlier due probe's mail the mail of a later due one came.</param>
/// <param name="Before">Live traffic before the instant.</param>
/// <param name="During">Live traffic from the instant to the end of the drain, at least a second.</param>
public sealed record TimersReport(
    string Machine,
    int Customers,
    int Due,
    int Rounds,
    int LiveEventsPerSecond,
    Percentiles Exits,
    Percentiles Drains,
    Percentiles ExitMails,
    Percentiles WaitMails,
    int MailsMissing,
    Percentiles Overtaken,
    LatencyResult Before,
    LatencyResult During,
    long ResidentBytes) : IBenchReport
{
    public bool IsSound => MailsMissing == 0 && Exits.Count >= (long)Due * Rounds;

    public void Print(IAnsiConsole console)
    {
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Machine}; {Customers:N0} customers, {Due:N0} due in one second, {Rounds} rounds, {LiveEventsPerSecond:N0} live events/s; {BenchTables.MiB(ResidentBytes)} resident"));
        var late = BenchTables.Latencies("ms after the instant", "measured");
        BenchTables.Add(late, "exit committed", Exits);
        BenchTables.Add(late, "all exits committed (rounds)", Drains);
        BenchTables.Add(late, "exit → mail at the SMTP server", ExitMails);
        BenchTables.Add(late, "wait ended → mail at the SMTP server", WaitMails);
        BenchTables.Add(late, "overtaken by a later due one", Overtaken);
        console.Write(late);
        var live = BenchTables.Latencies("ms, live traffic", "probes");
        Add(live, "before", Before);
        Add(live, "meanwhile", During);
        console.Write(live);
        if (MailsMissing > 0)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]{MailsMissing} mails of probes did not arrive[/]");
        }
    }

    private static void Add(Table table, string when, LatencyResult result)
    {
        BenchTables.Add(table, $"{when}: event sent → acknowledged", result.Acknowledged);
        BenchTables.Add(table, $"{when}: acknowledged → effect visible", result.Effect);
        BenchTables.Add(table, $"{when}: acknowledged → at the SMTP server", result.Smtp);
    }
}
