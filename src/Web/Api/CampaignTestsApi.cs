using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;
using Triggers.Runtime.CampaignTests;

namespace Triggers.Web.Api;

/// <summary>Trying one campaign out with one person.</summary>
internal static class CampaignTestsApi
{
    private const string SpanDefault = "400d";

    public static void MapCampaignTests(this RouteGroupBuilder api, Backend backend) => api.MapPost("/campaigns/{id}/test", (string id, CampaignTestBody body, CancellationToken cancellation) => RunAsync(backend, id, body, cancellation))
        .WithTags("Campaigns")
        .WithSummary("Test a campaign with one person")
        .WithDescription("One person goes through one campaign, a draft or a paused one too, in virtual time: waits do not wait. 'customer' is an existing one (id, key or e-mail address) with their state as it is now; 'person' is somebody made up ('traits', 'lists', 'id'). "
            + "'event' is what they do at the beginning (without it: what the trigger asks for); 'events' what else they do, each 'after' a time such as 45m since the beginning; before it, such as -3d, of somebody made up. 'files' are definitions to test instead of those in force. "
            + "The answer tells each step with its virtual instant, what was decided and why, and the messages as they would be. If trigger, re-entry or audience keep the person out, 'entry' says why; 'anyway' lets them in. Nothing of it is kept or counted. "
            + "With 'send', mails really go to the address 'to', marked as a test; it has to be one of testAddresses of sending.yaml, as it is in force. 'webhooks' really calls webhooks, too. "
            + "404: there is no such campaign or customer; 422: the files are not valid; 409: other tests are running.")
        .WithMetadata(new RequestSizeLimitAttribute(Limits.ApiFilesBytesMax))
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<Ok<TestReport>, ProblemHttpResult>> RunAsync(Backend backend, string id, CampaignTestBody body, CancellationToken cancellation)
    {
        if (Problem(body) is { } problem)
        {
            return Problems.BadRequest(problem);
        }

        var loaded = body.Files is { } files ? DefinitionLoader.Load(files) : new DefinitionResult(new DefinitionSet(), []);
        if (loaded.Definitions is not { } definitions)
        {
            return Problems.InvalidDefinitions(loaded.Errors);
        }

        _ = TryDuration(body.Span ?? SpanDefault, out var span);
        var request = new TestRequest(
            body.Files is null ? null : definitions,
            id,
            body.Customer?.Trim(),
            body.Person is { } person ? new TestPerson(Trimmed(person.Id), person.Traits, person.Lists ?? []) : null,
            body.Event is { } first ? new MockEvent(0, first.Name ?? "", first.Properties) : null,
            [.. (body.Events ?? []).Select(Read)],
            span,
            body.Anyway,
            body.Send ? body.To?.Trim() : null,
            body.Webhooks);
        var answer = await backend.Tests.RunAsync(request, cancellation);
        return answer.Refusal switch
        {
            TestRefusal.None => TypedResults.Ok(answer.Report!),
            TestRefusal.Missing => Problems.NotFound(answer.Why),
            TestRefusal.Busy => Problems.Conflict(answer.Why),
            TestRefusal.NoTestAddress => Problems.Of(StatusCodes.Status400BadRequest, "Not a test address", answer.Why),
            _ => Problems.BadRequest(answer.Why),
        };
    }

    /// <summary>null: fine.</summary>
    private static string? Problem(CampaignTestBody body)
    {
        if (body.Span is { } span && (!TryDuration(span, out var length) || length < 0))
        {
            return $"'span' {span}: {Duration.Shape} was expected.";
        }

        if (body.Event?.After is not null)
        {
            return "'event' happens at the beginning, and has no 'after': put what happens at other times into 'events'.";
        }

        foreach (var happens in body.Events ?? [])
        {
            if (happens.After is null || !TryDuration(happens.After, out _))
            {
                return $"'after' of event '{happens.Name}' {(happens.After is null ? "is missing" : $"is '{happens.After}'")}: {Duration.Shape} was expected, since the beginning of the test; before it: -3d.";
            }
        }

        if (body.Send && string.IsNullOrWhiteSpace(body.To) && !body.Webhooks)
        {
            return "'send' needs 'to': the test address that the mails go to, one of testAddresses of sending.yaml.";
        }

        return !body.Send && (body.To is not null || body.Webhooks) ? $"'{(body.To is not null ? "to" : "webhooks")}' means something only with 'send': true." : null;
    }

    private static MockEvent Read(MockEventBody happens)
    {
        _ = TryDuration(happens.After!, out var after);
        return new MockEvent(after, happens.Name ?? "", happens.Properties);
    }

    private static bool TryDuration(string text, out long ms)
    {
        var isBefore = text.StartsWith('-');
        var isRead = Duration.TryParse(isBefore ? text[1..] : text, out ms);
        ms = isBefore ? -ms : ms;
        return isRead;
    }

    private static string? Trimmed(string? id) => string.IsNullOrWhiteSpace(id) ? null : id.Trim();
}

/// <param name="Files">A folder of definitions; null: those in force.</param>
/// <param name="Customer">Id, key or e-mail address of an existing one.</param>
/// <param name="Person">Somebody made up, instead.</param>
/// <param name="Event">At the beginning; null: what the trigger asks for.</param>
/// <param name="Events">What else happens, each after a time.</param>
/// <param name="Span">Of virtual time at most, such as 30d.</param>
/// <param name="Anyway">They enter even where trigger, re-entry or audience would keep them out.</param>
/// <param name="Send">Really send the messages, marked as a test.</param>
/// <param name="To">A test address, where mails go.</param>
/// <param name="Webhooks">Call webhooks, too.</param>
public sealed record CampaignTestBody(
    IReadOnlyList<DefinitionFile>? Files = null, string? Customer = null, TestPersonBody? Person = null, MockEventBody? Event = null, IReadOnlyList<MockEventBody>? Events = null, string? Span = null,
    bool Anyway = false, bool Send = false, string? To = null, bool Webhooks = false);

/// <param name="Id">userId; null: one that is given.</param>
/// <param name="Lists">Ids of static lists that they are on.</param>
public sealed record TestPersonBody(string? Id = null, JsonElement? Traits = null, IReadOnlyList<string>? Lists = null);

/// <param name="Name">Of a track event, or page, screen, identify.</param>
/// <param name="After">Since the beginning, such as 45m; before it, of somebody made up: -3d.</param>
public sealed record MockEventBody(string? Name = null, JsonElement? Properties = null, string? After = null);
