using System.CommandLine;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;
using Triggers.Runtime.CampaignTests;
using Triggers.Silo.Cli;
using Triggers.Silo.Definitions;
using Triggers.Silo.Serve;

namespace Triggers.Silo.Tests;

/// <summary><c>triggers test</c>: one person through one campaign in virtual time, of a running server or a stopped data folder.</summary>
public static class TestCommand
{
    private const string SpanDefault = "400d";

    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(10);

    private static readonly Argument<string> _campaign = new("CAMPAIGN") { Description = "Id of the campaign; a draft or a paused one runs as if it were live." };
    private static readonly Option<string?> _definitions = new("--definitions") { Description = "Folder of definitions to test. Without it: those in force." };
    private static readonly Option<string?> _customer = new("--customer") { Description = "An existing customer, as they are now: id, key or e-mail address." };
    private static readonly Option<string?> _traits = new("--traits") { Description = "Somebody made up instead, with these traits: a JSON object such as '{\"email\":\"ada@example.com\"}'." };
    private static readonly Option<string[]> _list = new("--list") { Description = "A static list that somebody made up is on; may be given again.", DefaultValueFactory = _ => [] };
    private static readonly Option<string?> _event = new("--event") { Description = "What they do at the beginning: an event's name. Without it: what the trigger asks for." };
    private static readonly Option<string?> _properties = new("--properties") { Description = "Properties of that event: a JSON object." };
    private static readonly Option<string[]> _then = new("--then") { Description = "What else they do: a time since the beginning, an event's name, and its properties if any, such as '2h Order Completed {\"total\":60}'; may be given again. Somebody made up may have a past: --then='-3d Product Viewed'.", DefaultValueFactory = _ => [] };
    private static readonly Option<string> _span = new("--span") { Description = "Of virtual time at most.", DefaultValueFactory = _ => SpanDefault };
    private static readonly Option<bool> _anyway = new("--anyway") { Description = "They enter even where trigger, re-entry or audience would keep them out." };
    private static readonly Option<bool> _send = new("--send") { Description = "Really send its mails, marked as a test, to the test address that --to names." };
    private static readonly Option<string?> _to = new("--to") { Description = "Where mails of the test go: one of testAddresses of sending.yaml, as it is in force." };
    private static readonly Option<bool> _webhooks = new("--webhooks") { Description = "With --send: really call its webhooks, too." };
    private static readonly Option<bool> _why = new("--why") { Description = "Tell for everything what was looked at, not only for branches and what stood in the way." };
    private static readonly Option<bool> _json = new("--json") { Description = "As JSON: what POST /api/v1/campaigns/{id}/test answers, messages whole." };

    public static Command Create()
    {
        var command = new Command("test", "Send one person through one campaign in virtual time: every step with its instant, what was decided and why, and the messages as they would be. Nothing stays of it.")
        {
            _campaign, _definitions, _customer, _traits, _list, _event, _properties, _then, _span, _anyway, _send, _to, _webhooks, _why, _json,
            ManagementApi.DataOption, ServerAccess.UrlOption, ServerAccess.KeyOption, ServerAccess.KeyFileOption, StoreChoice.EngineOption, StoreChoice.ConnectionOption,
        };
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(_customer) is null == parsed.GetValue(_traits) is null)
            {
                parsed.AddError("Name who goes through the test: --customer (somebody who exists), or --traits (somebody made up).");
            }

            if (parsed.GetValue(_send) ? parsed.GetValue(_to) is null && !parsed.GetValue(_webhooks) : parsed.GetValue(_to) is not null || parsed.GetValue(_webhooks))
            {
                parsed.AddError(parsed.GetValue(_send) ? "--send needs --to: the test address that the mails go to." : "--to and --webhooks mean something only with --send.");
            }
        });
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var files = parsed.GetValue(_definitions) is { } folder ? DefinitionFolder.Read(DefinitionsPath.Resolve(folder)) : null;
        var loaded = files is null ? null : DefinitionLoader.Load(files);
        if (loaded is { Definitions: null })
        {
            throw new UserErrorException($"The definitions in {parsed.GetValue(_definitions)} are not valid:\n{string.Join('\n', loaded.Errors)}", ExitCodes.Partial);
        }

        var data = Path.GetFullPath(parsed.GetValue(ManagementApi.DataOption)!);
        var isRunning = (ServerAccess.FromUrl(parsed, data) ?? ServerAccess.FromFolder(parsed, data)) is not null;
        var request = Read(parsed, loaded?.Definitions);
        var report = isRunning ? await AskAsync(parsed, request, files, cancellation) : await ReadStoreAsync(parsed, data, request, cancellation);
        if (parsed.GetValue(_json))
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report, JsonSerializerOptions.Web));
        }
        else
        {
            TestPrint.Print(Output.Console, report, parsed.GetValue(_why));
        }

        return report.Items.Any(item => item.Message is { Error.Length: > 0 }) ? ExitCodes.Partial : ExitCodes.Ok;
    }

    private static TestRequest Read(ParseResult parsed, DefinitionSet? definitions)
    {
        var properties = ReadObject("--properties", parsed.GetValue(_properties));
        var span = parsed.GetValue(_span)!;
        return new TestRequest(
            definitions,
            parsed.GetValue(_campaign)!,
            parsed.GetValue(_customer),
            parsed.GetValue(_traits) is { } traits ? new TestPerson(null, ReadObject("--traits", traits), parsed.GetValue(_list)!) : null,
            parsed.GetValue(_event) is { } name ? new MockEvent(0, name, properties)
                : properties is null ? null : throw new UserErrorException("--properties are those of the event that --event names.", ExitCodes.Usage),
            [.. parsed.GetValue(_then)!.Select(ReadEvent)],
            Duration.TryParse(span, out var ms) ? ms : throw new UserErrorException($"--span {span}: {Duration.Shape} was expected.", ExitCodes.Usage),
            parsed.GetValue(_anyway),
            parsed.GetValue(_send) ? parsed.GetValue(_to) : null,
            parsed.GetValue(_webhooks));
    }

    private static MockEvent ReadEvent(string text)
    {
        var brace = text.IndexOf('{');
        var head = (brace < 0 ? text : text[..brace]).Trim().Split(' ', 2, StringSplitOptions.TrimEntries);
        var isBefore = head[0].StartsWith('-');
        return head.Length == 2 && Duration.TryParse(head[0].TrimStart('-'), out var after)
            ? new MockEvent(isBefore ? -after : after, head[1], brace < 0 ? null : ReadObject("--then", text[brace..]))
            : throw new UserErrorException($"--then {text}: a time and an event's name such as '2h Order Completed' were expected, then its properties if any.", ExitCodes.Usage);
    }

    private static JsonElement? ReadObject(string option, string? text)
    {
        if (text is null)
        {
            return null;
        }

        try
        {
            return JsonElement.Parse(text) is { ValueKind: JsonValueKind.Object } value ? value : throw new UserErrorException($"{option} {text}: a JSON object was expected.", ExitCodes.Usage);
        }
        catch (JsonException error)
        {
            throw new UserErrorException($"{option} {text}: a JSON object was expected. {error.Message}", ExitCodes.Usage);
        }
    }

    private static async Task<TestReport> AskAsync(ParseResult parsed, TestRequest request, IReadOnlyList<DefinitionFile>? files, CancellationToken cancellation)
    {
        using var api = ManagementApi.Open(parsed, _patience);
        var body = new
        {
            files,
            customer = request.Customer,
            person = request.Person is { } person ? new { traits = person.Traits, lists = person.Lists } : null,
            @event = request.Event is { } first ? new { name = first.Name, properties = first.Properties } : null,
            events = request.Events.Select(happens => new { name = happens.Name, properties = happens.Properties, after = Text(happens.AfterMs) }),
            span = Duration.Format(request.SpanMs),
            anyway = request.Anyway,
            send = parsed.GetValue(_send),
            to = request.SendTo,
            webhooks = request.SendWebhooks,
        };
        using var answer = await api.PostAsync($"/api/v1/campaigns/{Uri.EscapeDataString(request.Campaign)}/test", body, cancellation);
        return answer.StatusCode == HttpStatusCode.OK
            ? (await answer.Content.ReadFromJsonAsync<TestReport>(JsonSerializerOptions.Web, cancellation))!
            : throw await api.RefusalAsync(answer, cancellation);
    }

    private static async Task<TestReport> ReadStoreAsync(ParseResult parsed, string data, TestRequest request, CancellationToken cancellation)
    {
        var choice = StoreChoice.From(parsed, data);
        if (!choice.Exists)
        {
            throw new UserErrorException($"{data} is not a data folder: name one with --data, or a running server with --url.");
        }

        await using var store = await StartErrors.ExplainAsync(() => choice.OpenAsync(TimeProvider.System, atRest: true));
        using var tests = new StoredCampaignTests(store, TimeProvider.System, NullLoggerFactory.Instance);
        var answer = await tests.RunAsync(request, cancellation);
        return answer.Report ?? throw new UserErrorException(answer.Why);
    }

    private static string Text(long afterMs) => afterMs < 0 ? "-" + Duration.Format(-afterMs) : Duration.Format(afterMs);
}
