using System.CommandLine;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Triggers.Runtime.Fills;
using Triggers.Runtime.Operations;
using Triggers.Silo.Cli;
using Triggers.Web.Api;

namespace Triggers.Silo.Status;

/// <summary><c>triggers status</c>: how a running server is, as a table or as JSON; the exit code says whether it is ready.</summary>
public static class StatusCommand
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    private static readonly Option<bool> _json = new("--json") { Description = "As JSON: what GET /api/v1/operations answers." };
    private static readonly Option<bool> _partitions = new("--partitions") { Description = "Also a line for every partition." };

    public static Command Create() => ManagementApi.Command(
        new Command("status", "How a running server is: nodes, partitions, lag, latencies, store, outbox, and what needs somebody. Exit code 0: ready, 4: not.") { _json, _partitions }, _patience, RunAsync);

    private static async Task<int> RunAsync(ManagementApi api, ParseResult parsed, CancellationToken cancellation)
    {
        var isJson = parsed.GetValue(_json);
        using var answer = await api.GetAsync("/api/v1/operations", cancellation);
        return answer.StatusCode switch
        {
            HttpStatusCode.OK => await PrintAsync(api, answer, isJson, parsed.GetValue(_partitions), cancellation),
            HttpStatusCode.ServiceUnavailable => await PrintHealthAsync(api, isJson, cancellation),
            _ => throw await api.RefusalAsync(answer, cancellation),
        };
    }

    private static async Task<int> PrintAsync(ManagementApi api, HttpResponseMessage answer, bool isJson, bool withPartitions, CancellationToken cancellation)
    {
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        var view = JsonSerializer.Deserialize<OperationsView>(text, JsonSerializerOptions.Web)!;
        if (isJson)
        {
            Console.Out.WriteLine(text);
        }
        else
        {
            StatusReport.Print(Output.Console, view, withPartitions);
            using var fills = await api.GetAsync("/api/v1/definitions/fills", cancellation);
            StatusReport.Print(Output.Console, fills.IsSuccessStatusCode ? (await fills.Content.ReadFromJsonAsync<ItemList<FillView>>(cancellation))!.Items : []);
        }

        return view.Status == HealthStatus.Ready ? ExitCodes.Ok : ExitCodes.NotReady;
    }

    /// <summary>A server that is starting answers nothing else.</summary>
    private static async Task<int> PrintHealthAsync(ManagementApi api, bool isJson, CancellationToken cancellation)
    {
        using var answer = await api.GetAsync("/health/ready", cancellation);
        var report = (await answer.Content.ReadFromJsonAsync<HealthReport>(cancellation))!;
        Console.Out.WriteLine(isJson ? await answer.Content.ReadAsStringAsync(cancellation) : $"{report.Status}: {string.Join(' ', report.Reasons)}");
        return report.IsReady ? ExitCodes.Ok : ExitCodes.NotReady;
    }
}
