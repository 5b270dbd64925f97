using System.Globalization;
using Spectre.Console;
using Triggers.Runtime.CampaignTests;
using Triggers.Silo.Explain;

namespace Triggers.Silo.Tests;

/// <summary>A test's report for a terminal: how it ended, what stood in the way, then each thing that happened with its virtual instant.</summary>
internal static class TestPrint
{
    private const int AfterWidth = 10;

    public static void Print(IAnsiConsole console, TestReport report, bool why)
    {
        console.MarkupLine($"[bold]{Markup.Escape(report.Summary)}[/] {(report.Mock ? "Somebody made up" : $"Customer {Markup.Escape(report.Customer)}")}, campaign {Markup.Escape(report.Campaign)}{(report.Status == "live" ? "" : $" ({report.Status})")}, from {Text(report.StartedAt)}");
        foreach (var note in report.Notes)
        {
            console.MarkupLine($"  [grey]{Markup.Escape(note)}[/]");
        }

        if (report.Entry is { InTheWay: { } first } entry)
        {
            console.MarkupLine($"  [yellow]in the way[/]  {Markup.Escape(first.Text)}{(first.Needed.Length > 0 ? $": {Markup.Escape(first.Needed)}" : "")}");
            foreach (var check in entry.Checks)
            {
                ExplainReport.Print(console, check, 2);
            }

            if (report.Outcome == "not entered")
            {
                console.MarkupLine("  [grey]--anyway lets them in.[/]");
            }
        }

        foreach (var item in report.Items)
        {
            Print(console, item, why);
        }
    }

    private static void Print(IAnsiConsole console, TestItem item, bool why)
    {
        var sign = item.Kind switch { "message" => "[green]✉[/]", "skipped" or "not entered" => "[red]✗[/]", "event" => "[blue]•[/]", _ => " " };
        var step = item.Step is { } id ? $" [grey](step {Markup.Escape(id)})[/]" : "";
        console.MarkupLine($"{item.After.PadLeft(AfterWidth)} {sign} {Markup.Escape(item.Title)}{step}{(item.Detail.Length > 0 ? $"  [grey]{Markup.Escape(item.Detail)}[/]" : "")}");
        if (why || item.Kind is "branch" or "skipped" or "held")
        {
            foreach (var reason in item.Why)
            {
                ExplainReport.Print(console, reason, (AfterWidth / 2) + 2);
            }
        }

        if (item.Message is { } message)
        {
            Print(console, message);
        }
    }

    private static void Print(IAnsiConsole console, TestMessage message)
    {
        var indent = new string(' ', AfterWidth + 4);
        if (message.Error.Length > 0)
        {
            console.MarkupLine($"{indent}[red]cannot be rendered: {Markup.Escape(message.Error)}[/]");
            return;
        }

        console.MarkupLine($"{indent}[grey]would go to[/] {Markup.Escape(message.Address)}{(message.Outcome is { } outcome ? $"; [bold]{Markup.Escape(outcome)}[/]{(message.SentTo is { } to ? $" to {Markup.Escape(to)}" : "")}" : "")}");
        if (message.Subject.Length > 0)
        {
            console.MarkupLine($"{indent}[bold]{Markup.Escape(message.Subject)}[/]");
        }

        foreach (var line in (message.Text.Length > 0 ? message.Text.TrimEnd() : "(HTML alone: --json shows it)").Split('\n'))
        {
            console.MarkupLine($"{indent}[grey]│[/] {Markup.Escape(line.TrimEnd())}");
        }
    }

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
