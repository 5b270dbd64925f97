using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Triggers.Runtime.Queries;
using Triggers.Silo.Cli;
using Triggers.Silo.Serve;

namespace Triggers.Silo.Explain;

/// <summary><c>triggers explain</c>: why a customer is, or is not, in a segment or campaign, of a running server or a stopped data folder.</summary>
public static class ExplainCommand
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private static readonly Argument<string> _customer = new("customer") { Description = "The userId or anonymousId, or a full key (u:… or a:…)." };
    private static readonly Option<string?> _segment = new("--segment") { Description = "Id of a segment." };
    private static readonly Option<string?> _campaign = new("--campaign") { Description = "Id of a campaign." };
    private static readonly Option<string?> _decision = new("--decision") { Description = "A decision, as an item of the customer's timeline names it." };
    private static readonly Option<string?> _at = new("--at") { Description = "An instant of the past, such as 2026-07-01T09:00:00Z; without it: now." };
    private static readonly Option<bool> _json = new("--json") { Description = "As JSON: what GET /api/v1/customers/{id}/explain answers." };

    public static Command Create()
    {
        var command = new Command("explain", "Why a customer is, or is not, in a segment or campaign, or why something was decided: every condition with the values seen, the first one in the way, and what would have to happen.")
        {
            _customer, _segment, _campaign, _decision, _at, _json, ManagementApi.DataOption, ServerAccess.UrlOption, ServerAccess.KeyOption, ServerAccess.KeyFileOption, StoreChoice.EngineOption, StoreChoice.ConnectionOption,
        };
        command.Validators.Add(parsed =>
        {
            if (new[] { parsed.GetValue(_segment), parsed.GetValue(_campaign), parsed.GetValue(_decision) }.Count(asked => asked is not null) != 1)
            {
                parsed.AddError("Name what to explain: one of --segment, --campaign and --decision.");
            }
        });
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var data = Path.GetFullPath(parsed.GetValue(ManagementApi.DataOption)!);
        var isRunning = (ServerAccess.FromUrl(parsed, data) ?? ServerAccess.FromFolder(parsed, data)) is not null;
        var view = isRunning ? await AskAsync(parsed, cancellation) : await ReadStoreAsync(parsed, data, cancellation);
        if (parsed.GetValue(_json))
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(view, JsonSerializerOptions.Web));
        }
        else
        {
            ExplainReport.Print(Output.Console, view);
        }

        return ExitCodes.Ok;
    }

    private static async Task<ExplanationView> AskAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var asked = new[] { ("segment", parsed.GetValue(_segment)), ("campaign", parsed.GetValue(_campaign)), ("decision", parsed.GetValue(_decision)), ("at", parsed.GetValue(_at)) }
            .Where(item => item.Item2 is not null).Select(item => $"{item.Item1}={Uri.EscapeDataString(item.Item2!)}");
        using var api = ManagementApi.Open(parsed, _patience);
        using var answer = await api.GetAsync($"/api/v1/customers/{Uri.EscapeDataString(parsed.GetValue(_customer)!)}/explain?{string.Join('&', asked)}", cancellation);
        return answer.StatusCode == HttpStatusCode.OK
            ? (await answer.Content.ReadFromJsonAsync<ExplanationView>(JsonSerializerOptions.Web, cancellation))!
            : throw await api.RefusalAsync(answer, cancellation);
    }

    private static async Task<ExplanationView> ReadStoreAsync(ParseResult parsed, string data, CancellationToken cancellation)
    {
        var choice = StoreChoice.From(parsed, data);
        if (!choice.Exists)
        {
            throw new UserErrorException($"{data} is not a data folder: name one with --data, or a running server with --url.");
        }

        var at = ReadAt(parsed.GetValue(_at));
        await using var store = await StartErrors.ExplainAsync(() => choice.OpenAsync(TimeProvider.System, atRest: true));
        var question = new ExplainQuestion(parsed.GetValue(_segment), parsed.GetValue(_campaign), parsed.GetValue(_decision), at);
        var id = parsed.GetValue(_customer)!;
        var answer = new StoredExplanations(store).Explain(id, question, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), cancellation)
            ?? throw new UserErrorException($"There is no customer '{id}' in {choice.Description}.");
        return answer.Explanation ?? throw new UserErrorException(answer.Missing);
    }

    private static DateTimeOffset? ReadAt(string? text) => text is null ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at
        : throw new UserErrorException($"--at {text}: an instant such as 2026-07-01T09:00:00Z was expected.", ExitCodes.Usage);
}
