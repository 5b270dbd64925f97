using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Spectre.Console;
using Triggers.Runtime.Valuing;
using Triggers.Silo.Cli;

namespace Triggers.Silo.Valuing;

/// <summary><c>triggers value</c>: the models of purchases that a running server fitted on its own customers.</summary>
public static class ValueCommand
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    private static readonly Option<bool> _json = new("--json") { Description = "As JSON: what GET /api/v1/value answers." };

    public static Command Create() => ManagementApi.Command(
        new Command("value", "The models of purchases and lifetime value that a running server fitted on its own customers: parameters, and how they did on what they were not shown.") { _json }, _patience, RunAsync);

    private static async Task<int> RunAsync(ManagementApi api, ParseResult parsed, CancellationToken cancellation)
    {
        using var answer = await api.GetAsync("/api/v1/value", cancellation);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            throw await api.RefusalAsync(answer, cancellation);
        }

        var text = await answer.Content.ReadAsStringAsync(cancellation);
        if (parsed.GetValue(_json))
        {
            Console.Out.WriteLine(text);
        }
        else
        {
            Print(Output.Console, JsonSerializer.Deserialize<ValueModelView>(text, JsonSerializerOptions.Web)!);
        }

        return ExitCodes.Ok;
    }

    private static void Print(IAnsiConsole console, ValueModelView view)
    {
        if (view.Missing.Length > 0)
        {
            Line(console, view.Missing);
        }

        if (view.FittedAt is { } at)
        {
            Line(console, Text($"Fitted {at:yyyy-MM-dd HH:mm} UTC in {view.Seconds:0.0} s on {view.Sampled:N0} of {view.Buyers:N0} buyers, {view.Repeaters:N0} of them with more than one purchase."));
        }

        if (view.Purchases is { } purchases)
        {
            Line(console, Text($"BG/NBD (weeks): r = {purchases.R:0.####}, alpha = {purchases.Alpha:0.####}, a = {purchases.A:0.####}, b = {purchases.B:0.####}, log-likelihood {purchases.LogLikelihood:0.0}"));
        }

        if (view.Worth is { } worth)
        {
            Line(console, Text($"Gamma-Gamma: p = {worth.P:0.####}, q = {worth.Q:0.####}, gamma = {worth.Gamma:0.####}, log-likelihood {worth.LogLikelihood:0.0}"));
        }

        if (view.HoldOut is { } test)
        {
            Line(console, Text($"Held back, the last {test.Days:0.#} days: {test.Predicted:0.0} purchases expected of {test.Buyers:N0} buyers, {test.Actual:N0} made; a buyer's own expectation off by {test.MeanError:0.00}."));
        }

        if (view.HistoryFrom is { } from)
        {
            Line(console, Text($"History begins at {from:yyyy-MM-dd HH:mm} UTC: purchases before it may be missing."));
        }

        if (view.NextAt is { } next)
        {
            Line(console, Text($"Fitted anew after {next:yyyy-MM-dd HH:mm} UTC, or now by POST /api/v1/measures."));
        }
    }

    private static void Line(IAnsiConsole console, string text) => console.MarkupLine(Markup.Escape(text));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
