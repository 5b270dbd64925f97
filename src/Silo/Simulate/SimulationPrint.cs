using System.Globalization;
using Spectre.Console;
using Triggers.Runtime.Simulations;

namespace Triggers.Silo.Simulate;

/// <summary>A simulation's report for a terminal: what it was about, then each campaign, then segments.</summary>
internal static class SimulationPrint
{
    private const int DaysShown = 14;

    public static void Print(IAnsiConsole console, SimulationReport report, IReadOnlyDictionary<string, decimal> prices)
    {
        var share = report.Share < 1 ? Text($", {report.Share:P0} of customers") : "";
        console.MarkupLine(Text($"[bold]{(report.From.Ticks == DateTimeOffset.UnixEpoch.Ticks ? "From the first record" : Instant(report.From))} to {Instant(report.To)}[/]: {report.Records:N0} records of {report.Customers:N0} customers in {report.Seconds:N1} s{share}"));
        if (report.HistoryFrom is { } history)
        {
            console.MarkupLine(Text($"[yellow]The log begins at {Instant(history)}: customers are as if they had begun there.[/]"));
        }

        if (report.Failures > 0)
        {
            console.MarkupLine(Text($"[red]{report.Failures:N0} records failed: what the machine did before is counted.[/]"));
        }

        foreach (var campaign in report.Campaigns)
        {
            Print(console, campaign);
        }

        var table = Make("segment").AddColumn(Right("members at the end"));
        foreach (var segment in report.Segments)
        {
            table.AddRow(Markup.Escape(segment.Id), Number(segment.Size));
        }

        console.Write(table);
        foreach (var (channel, messages) in report.Channels)
        {
            console.WriteLine(Text($"{channel}: {messages:N0} messages{(prices.TryGetValue(channel, out var price) ? Text($", {messages * price:N2} at {price} each") : "")}"));
        }
    }

    private static void Print(IAnsiConsole console, SimulatedCampaign campaign)
    {
        console.WriteLine();
        console.MarkupLine(Text($"[bold]{Markup.Escape(campaign.Id)}[/]  {campaign.Entered:N0} entered, {campaign.Completed:N0} completed, {campaign.Exited:N0} exited, {campaign.Converted:N0} converted, {campaign.Messages:N0} messages"));
        List(console, "not entered", campaign.NotEntered);
        List(console, "skipped", campaign.Skipped);
        foreach (var step in campaign.Steps)
        {
            console.WriteLine(Text($"  step {step.Step}: {step.Messages:N0} × {step.Template} by {step.Channel}"));
        }

        var days = campaign.Days.Skip(Math.Max(0, campaign.Days.Count - DaysShown)).ToList();
        if (days.Count > 0)
        {
            var table = Make("day (UTC)").AddColumns(Right("entered"), Right("messages"));
            foreach (var day in days)
            {
                table.AddRow(day.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Number(day.Entered), Number(day.Messages));
            }

            console.Write(table);
        }

        var then = campaign.Then;
        console.WriteLine(Text($"  against what was sent then ({then.Messages:N0} messages), by customer and step: {then.Both:N0} the same, {then.OnlyNow:N0} new, {then.OnlyThen:N0} not any more"));
        foreach (var example in campaign.Examples)
        {
            console.MarkupLine(Text($"  [dim]{Instant(example.At)}[/] {Markup.Escape(example.Customer)} gets {Markup.Escape(example.Template)} at {Markup.Escape(example.Address)}"));
        }
    }

    private static void List(IAnsiConsole console, string what, IReadOnlyDictionary<string, long> counts)
    {
        if (counts.Count > 0)
        {
            console.WriteLine($"  {what}: {string.Join(", ", counts.Select(count => Text($"{count.Key} {count.Value:N0}")))}");
        }
    }

    private static Table Make(string first) => new Table().Border(TableBorder.Simple).AddColumn(first);

    private static TableColumn Right(string header) => new TableColumn(header).RightAligned();

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Instant(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
