using Microsoft.AspNetCore.Http.HttpResults;
using Triggers.Runtime.Queries;

namespace Triggers.Web.Api;

/// <summary>The server as a whole: figures, and what ingest could not take in.</summary>
internal static class OperationsApi
{
    public static void MapOperations(this RouteGroupBuilder api, Backend backend)
    {
        api.MapGet("/stats", () => TypedResults.Ok(backend.Queries.Stats()))
            .WithTags("Server")
            .WithSummary("Figures of the server")
            .WithDescription("'events.total' counts applied, de-duplicated events from outside; timers and outcomes are no events. 'replay': records that recoveries replayed and compared with what was committed; 'replay.latest' names customer and record of those that led to other effects.");

        api.MapGet("/operations", async (CancellationToken cancellation) => TypedResults.Ok(await backend.Operations.ViewAsync(cancellation)))
            .WithTags("Server")
            .WithSummary("Nodes, partitions, store and outbox")
            .WithDescription("What an operator looks at: every node with its process, its partitions (where log, cursor and floor stand, lag, timers, customers in memory) and its latencies over the last minute; "
                + "the store with its sizes and background work; the outbox by channel; dead letters. 'status' is the best of the nodes'; 'problems' says in words what needs somebody. Ages are in seconds, latencies in ms.");

        api.MapGet("/rejected", Results<Ok<ItemList<RejectedView>>, ProblemHttpResult> (string? before, int? limit) =>
        {
            if (Paging.ReadLimit(limit, out var size) is { } badLimit)
            {
                return badLimit;
            }

            if (Paging.ReadBefore(before, out var sequence) is { } badBefore)
            {
                return badBefore;
            }

            var rows = backend.Store.Rejected.List(sequence, size);
            return TypedResults.Ok(new ItemList<RejectedView>([.. rows.Select(ViewsOfRows.Of)], Paging.Next(rows, size, row => row.Sequence)));
        })
            .WithTags("Server")
            .WithSummary("Rejected events")
            .WithDescription("Events that were answered 200 and could not be taken in, with the reason and the event as it came (cut to 4 KB), newest first; the newest 10,000 are kept.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }
}
