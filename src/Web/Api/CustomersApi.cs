using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Triggers.Runtime.Queries;
using Triggers.Web.Quality;

namespace Triggers.Web.Api;

/// <summary>One person: find, look at, suppress, erase.</summary>
internal static class CustomersApi
{
    private const string IdHelp = "The userId or anonymousId, or a full key (u:… or a:…). A merged anonymous id answers with the customer that absorbed it.";

    public static void MapCustomers(this RouteGroupBuilder api, Backend backend, QualityKeeper keeper, TimeProvider time)
    {
        var customers = api.MapGroup("/customers").WithTags("Customers");
        customers.MapGet("", async Task<Results<Ok<ItemList<CustomerSummary>>, ProblemHttpResult>> (string? query, int? limit, CancellationToken cancellation) =>
            Paging.ReadLimit(limit, out var size) is { } problem
                ? problem
                : TypedResults.Ok(new ItemList<CustomerSummary>(await backend.Queries.SearchAsync(query?.Trim() ?? "", size, cancellation))))
            .WithSummary("Find customers")
            .WithDescription("By the beginning of an id, an e-mail address or a name, case-insensitive; exact matches first. Without a query: some recent customers.")
            .ProducesProblem(StatusCodes.Status400BadRequest);

        customers.MapGet("/{id}", async Task<Results<Ok<CustomerView>, ProblemHttpResult>> (string id, CancellationToken cancellation) =>
            await backend.Queries.CustomerAsync(Paging.Id(id), cancellation) is { } customer ? TypedResults.Ok(customer) : Unknown(id))
            .WithSummary("One customer")
            .WithDescription("Traits, counts of events, segments, score, lifecycle and campaign entries, as of the last committed record. 'predicted': purchases and worth to be expected, by the models of `GET /value`. " + IdHelp)
            .ProducesProblem(StatusCodes.Status404NotFound);

        customers.MapGet("/{id}/timeline", async Task<Results<Ok<Timeline>, ProblemHttpResult>> (string id, string? kinds, string? after, int? limit, CancellationToken cancellation) =>
            Paging.ReadLimit(limit, out var size) is { } problem ? problem
            : ReadKinds(kinds, out var wanted) is { } unknown ? unknown
            : await backend.Queries.TimelineAsync(Paging.Id(id), wanted, after, size, cancellation) is { } page ? TypedResults.Ok(page)
            : Unknown(id))
            .WithSummary("A customer's timeline")
            .WithDescription(
                $"What happened to a customer, newest first, from a replay of the customer's records. 'kinds' narrows it down: any of {string.Join(", ", TimelineKinds.All)}, with commas between. "
                + "The score of an event is the one right after it happened, by all that is known today, also where events came late or out of order; that of anything else is the score as it was known then. "
                + "'after' is the 'next' of the page before. 'historyFrom': what happened before may be missing, since the log is kept for a while only (Store:LogRetentionDays). " + IdHelp)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);

        customers.MapGet("/{id}/traits/{name}/history", async Task<Results<Ok<TraitHistory>, ProblemHttpResult>> (string id, string name, string? before, int? limit, CancellationToken cancellation) =>
            Paging.ReadLimit(limit, out var size) is { } problem ? problem
            : await backend.Queries.TraitHistoryAsync(Paging.Id(id), Paging.Id(name), before, size, cancellation) is { } page ? TypedResults.Ok(page)
            : Unknown(id))
            .WithSummary("The values that a trait had")
            .WithDescription(
                "Each value that one trait had, newest first, from a replay of the customer's records: when it came in ('at'), when the call was made ('occurredAt'), 'by' what (identify, merge, erase) and from which source. "
                + "A null value: from there on there was none. 'name' is a trait's name or a path in it, such as address.city; computed traits have no history. "
                + "'before' is the 'next' of the page before. 'historyFrom': values from before may be missing, since the log is kept for a while only (Store:LogRetentionDays). " + IdHelp)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);

        customers.MapGet("/{id}/explain", async Task<Results<Ok<ExplanationView>, ProblemHttpResult>> (string id, string? segment, string? campaign, string? decision, string? at, CancellationToken cancellation) =>
            ReadQuestion(segment, campaign, decision, at, time.GetUtcNow(), out var question) is { } problem ? problem
            : await backend.Queries.ExplainAsync(Paging.Id(id), question, cancellation) is not { } answer ? Unknown(id)
            : answer.Explanation is { } explanation ? TypedResults.Ok(explanation)
            : Problems.NotFound(answer.Missing))
            .WithSummary("Why a customer is where they are")
            .WithDescription(
                "Of one 'segment' or 'campaign': every condition and rule with the values seen and its truth, the first one in the way, what would have to happen, and the second at which time alone changes it; now, or 'at' an instant of the past. "
                + "Of a 'decision' (from an item of the timeline): the same as the machine saw it then, by a replay of the log. " + IdHelp)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);

        customers.MapPost("/{id}/suppress", (string id, CancellationToken cancellation) => SuppressAsync(backend, id, true, cancellation))
            .WithSummary("Suppress a customer")
            .WithDescription("No message of any channel goes to this customer any more; queued ones become skipped.")
            .ProducesProblem(StatusCodes.Status404NotFound);

        customers.MapPost("/{id}/unsuppress", (string id, CancellationToken cancellation) => SuppressAsync(backend, id, false, cancellation))
            .WithSummary("Lift a suppression")
            .ProducesProblem(StatusCodes.Status404NotFound);

        customers.MapDelete("/{id}", async Task<Results<NoContent, ProblemHttpResult>> (string id, CancellationToken cancellation) =>
        {
            await keeper.ForgetAsync(cancellation);
            return await backend.Commands.EraseAsync(Paging.Id(id), cancellation) ? TypedResults.NoContent() : Unknown(id);
        })
            .WithSummary("Erase a customer")
            .WithDescription("Everything known of the customer is forgotten, in the log, too. It cannot be undone. The bytes leave the disk right after: see GET /erasures.")
            .ProducesProblem(StatusCodes.Status404NotFound);

        api.MapGet("/erasures", () => TypedResults.Ok(new ItemList<ErasureView>([.. backend.Store.PendingErasures().Select(ViewsOfRows.Of)])))
            .WithTags("Customers")
            .WithSummary("Erasures under way")
            .WithDescription("Customers that are erased for everybody who asks, but whose bytes are still being overwritten on disk, oldest first. Whoever is not in the list (any more) is done.");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> SuppressAsync(Backend backend, string id, bool suppressed, CancellationToken cancellation)
        => await backend.Commands.SuppressAsync(Paging.Id(id), suppressed, cancellation) ? TypedResults.NoContent() : Unknown(id);

    private static ProblemHttpResult? ReadQuestion(string? segment, string? campaign, string? decision, string? at, DateTimeOffset now, out ExplainQuestion question)
    {
        var instant = default(DateTimeOffset);
        string?[] asked = [.. new[] { segment, campaign, decision }.Select(name => string.IsNullOrWhiteSpace(name) ? null : name.Trim())];
        question = new ExplainQuestion(asked[0], asked[1], asked[2], null);
        if (asked.Count(name => name is not null) != 1)
        {
            return Problems.BadRequest("Name what to explain: one of 'segment', 'campaign' (an id) and 'decision' (from an item of the timeline).");
        }

        if (string.IsNullOrEmpty(at))
        {
            return null;
        }

        if (question.Decision is not null)
        {
            return Problems.BadRequest("A decision has its own instant: leave out 'at'.");
        }

        if (!DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out instant))
        {
            return Problems.BadRequest($"'at' is '{at}'; an instant such as 2026-07-01T09:00:00Z was expected.");
        }

        question = question with { At = instant };
        return instant > now ? Problems.BadRequest($"'at' is {at}, which lies ahead: what time will change is told by 'changesAt'.") : null;
    }

    private static ProblemHttpResult? ReadKinds(string? text, out string[] kinds)
    {
        kinds = (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return Array.Find(kinds, kind => !TimelineKinds.All.Contains(kind, StringComparer.Ordinal)) is { } unknown
            ? Problems.BadRequest($"'kinds' holds '{unknown}'; there are {string.Join(", ", TimelineKinds.All)}.")
            : null;
    }

    private static ProblemHttpResult Unknown(string id) => Problems.NotFound($"There is no customer '{Paging.Id(id)}'.");
}
