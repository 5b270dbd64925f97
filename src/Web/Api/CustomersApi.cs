using Microsoft.AspNetCore.Http.HttpResults;
using Triggers.Runtime.Queries;

namespace Triggers.Web.Api;

/// <summary>One person: find, look at, suppress, erase.</summary>
internal static class CustomersApi
{
    private const string IdHelp = "The userId or anonymousId, or a full key (u:… or a:…). A merged anonymous id answers with the customer that absorbed it.";

    public static void MapCustomers(this RouteGroupBuilder api, Backend backend)
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
            .WithDescription("Traits, counts of events, segments, score, lifecycle and campaign entries, as of the last committed record. " + IdHelp)
            .ProducesProblem(StatusCodes.Status404NotFound);

        customers.MapGet("/{id}/timeline", async Task<Results<Ok<Page<TimelineItem>>, ProblemHttpResult>> (string id, string? after, int? limit, CancellationToken cancellation) =>
            Paging.ReadLimit(limit, out var size) is { } problem ? problem
            : await backend.Queries.TimelineAsync(Paging.Id(id), after, size, cancellation) is { } page ? TypedResults.Ok(page)
            : Unknown(id))
            .WithSummary("A customer's timeline")
            .WithDescription("Events, messages, outcomes and decisions, newest first, from a replay of the customer's records. 'after' is the 'next' of the page before. " + IdHelp)
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
            await backend.Commands.EraseAsync(Paging.Id(id), cancellation) ? TypedResults.NoContent() : Unknown(id))
            .WithSummary("Erase a customer")
            .WithDescription("Everything known of the customer is forgotten, in the log, too. It cannot be undone.")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> SuppressAsync(Backend backend, string id, bool suppressed, CancellationToken cancellation)
        => await backend.Commands.SuppressAsync(Paging.Id(id), suppressed, cancellation) ? TypedResults.NoContent() : Unknown(id);

    private static ProblemHttpResult Unknown(string id) => Problems.NotFound($"There is no customer '{Paging.Id(id)}'.");
}
