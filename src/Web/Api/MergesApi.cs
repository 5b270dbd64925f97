using Microsoft.AspNetCore.Http.HttpResults;
using Triggers.Runtime.Identities;
using Triggers.Runtime.Queries;

namespace Triggers.Web.Api;

/// <summary>Which keys are one customer: the merge log, and what people decide otherwise.</summary>
internal static class MergesApi
{
    public static void MapMerges(this RouteGroupBuilder api, Backend backend)
    {
        api.MapGet("/merges", async Task<Results<Ok<Page<MergeView>>, ProblemHttpResult>> (string? kind, string? after, int? limit, CancellationToken cancellation) =>
            Paging.ReadLimit(limit, out var size) is { } problem ? problem
            : kind is not null && !MergeKinds.All.Contains(kind, StringComparer.Ordinal) ? Problems.BadRequest($"'kind' is '{kind}'; there are {string.Join(", ", MergeKinds.All)}.")
            : TypedResults.Ok(await backend.Identities.MergesAsync(kind, after, size, cancellation)))
            .WithTags("Customers")
            .WithSummary("The merge log")
            .WithDescription(
                "Which keys customers took over (`merged`), which a rule of identity.yaml or another customer's older right stopped (`refused`), and which were split off by hand (`split`); 'kind' narrows it down to one of them. "
                + "A customer at a time, in the order of the store; 'limit' counts customers, and a page may have none and yet a 'next': it looks at a bounded number of them. Of each the keys known now: the latest 64, 16 refused ones among them.")
            .ProducesProblem(StatusCodes.Status400BadRequest);

        var customers = api.MapGroup("/customers").WithTags("Customers");
        customers.MapGet("/{id}/merges", async Task<Results<Ok<ItemList<MergeView>>, ProblemHttpResult>> (string id, CancellationToken cancellation) =>
            await backend.Identities.MergesOfAsync(Paging.Id(id), cancellation) is { } merges ? TypedResults.Ok(new ItemList<MergeView>(merges)) : Problems.NotFound($"There is no customer '{Paging.Id(id)}'."))
            .WithSummary("A customer's merges")
            .WithDescription("Which keys the customer took over, when and because of which event; which a rule stopped; which were split off; newest first. Read from the customer's state and records: 'at' and 'because' are null where the log does not go back so far.")
            .ProducesProblem(StatusCodes.Status404NotFound);

        customers.MapPost("/{id}/merge", async Task<Results<Accepted<IdentityDone>, ProblemHttpResult>> (string id, MergeRequest request, CancellationToken cancellation) =>
            string.IsNullOrWhiteSpace(request.Other)
                ? Problems.BadRequest("'other' is missing: the id or key of the customer to merge with.")
                : Answer(await backend.Identities.MergeAsync(Paging.Id(id), request.Other.Trim(), cancellation), "Everything of the other is part of this customer, and so is what comes for it. The rules of identity.yaml were passed over."))
            .WithSummary("Merge two customers by hand")
            .WithDescription(
                "Makes the customer and 'other' one, past every rule of identity.yaml. An anonymous customer becomes part of the one with a userId; of two with userIds the larger key becomes part of the smaller. The answer names who took over, "
                + "and comes when the order is durable; it is carried out right after. It cannot be undone, but for the future of an anonymous id (see split).")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);

        customers.MapPost("/{id}/split", async Task<Results<Accepted<IdentityDone>, ProblemHttpResult>> (string id, SplitRequest request, CancellationToken cancellation) =>
            string.IsNullOrWhiteSpace(request.Key)
                ? Problems.BadRequest("'key' is missing: the anonymous id, or its key (a:…), that is to be split off.")
                : Answer(await backend.Identities.SplitAsync(Paging.Id(id), request.Key.Trim(), cancellation), "From here on its events are those of a customer of its own. What it did before stays with this customer."))
            .WithSummary("Split an anonymous id off")
            .WithDescription(
                "Cuts a merged anonymous id, such as that of a shared device, off the customer: from then on its events are those of a customer of its own, of whom nothing is known yet, and it merges with nobody but by hand. "
                + "What it did before stays with the customer, counts, scores and messages included. The answer comes when the order is durable; it is carried out right after.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static Results<Accepted<IdentityDone>, ProblemHttpResult> Answer(IdentityAnswer answer, string done) =>
        answer.Problem.Length == 0 ? TypedResults.Accepted((string?)null, new IdentityDone(answer.Key, done))
        : answer.IsUnknown ? Problems.NotFound(answer.Problem)
        : Problems.Conflict(answer.Problem);
}

/// <summary>Whom to merge with.</summary>
public sealed record MergeRequest(string? Other);

/// <summary>Which anonymous id to split off.</summary>
public sealed record SplitRequest(string? Key);

/// <summary>An order that is under way.</summary>
/// <param name="Key">Merge: who takes over. Split: who stands alone.</param>
/// <param name="Meaning">What that means for the past and the future, in words.</param>
public sealed record IdentityDone(string Key, string Meaning);
