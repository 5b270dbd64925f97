using System.Globalization;
using Spectre.Console;
using Triggers.Runtime.Queries;

namespace Triggers.Silo.Explain;

/// <summary>An explanation for a terminal: the outcome, the first thing in the way, then everything that was looked at as a tree.</summary>
internal static class ExplainReport
{
    public static void Print(IAnsiConsole console, ExplanationView view)
    {
        console.MarkupLine($"[bold]{Markup.Escape(view.Summary)}[/] Customer {Markup.Escape(view.Customer)}, as of {Text(view.At)}, definitions version {view.DefinitionsVersion.ToString(CultureInfo.InvariantCulture)}");
        if (view.InTheWay is { } first)
        {
            console.MarkupLine($"  [yellow]in the way[/]  {Markup.Escape(first.Text)}");
            console.MarkupLine($"              {Markup.Escape(first.Needed)}{Markup.Escape(By(first))}");
        }

        foreach (var check in view.Checks)
        {
            Print(console, check, 1);
        }

        if (view.Messages.Count > 0)
        {
            console.MarkupLine("[bold]Messages, if their steps were reached[/]");
        }

        foreach (var message in view.Messages)
        {
            Print(console, message, 1);
        }

        if (view.HistoryFrom is { } from)
        {
            console.MarkupLine($"[yellow]History begins at {Text(from)}: what happened before is not kept, so this may not be what it was.[/]");
        }
    }

    /// <summary>A reason with its parts below it.</summary>
    public static void Print(IAnsiConsole console, ReasonView reason, int depth)
    {
        var sign = reason.Truth switch { "true" => "[green]✓[/]", "false" => "[red]✗[/]", _ => "[yellow]?[/]" };
        var kind = reason.Kind is "condition" or "segment" or "all" or "any" or "not" ? "" : $"[grey]{Markup.Escape(reason.Kind)}:[/] ";
        var text = reason.Kind switch { "all" => "all of", "any" => "any of", "not" => "not", _ => Markup.Escape(reason.Text) };
        var seen = string.Join(", ", reason.Seen.Select(value => $"{value.Text} is {value.Value}{(value.Note.Length > 0 ? $" ({value.Note})" : "")}"));
        var indent = new string(' ', depth * 2);
        console.MarkupLine($"{indent}{sign} {kind}{text}{(seen.Length > 0 ? $"  [grey]{Markup.Escape(seen)}[/]" : "")}");
        if (reason.Needed.Length > 0 || reason.ChangesAt is not null)
        {
            console.MarkupLine($"{indent}    → {Markup.Escape((reason.Needed + By(reason)).TrimStart(';', ' '))}");
        }

        foreach (var part in reason.Parts)
        {
            Print(console, part, depth + 1);
        }
    }

    private static string By(ReasonView reason) => reason.ChangesAt is { } at ? $"; {reason.Becomes} by time alone at {Text(at)}" : "";

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
