using Microsoft.AspNetCore.Http.HttpResults;
using Triggers.Runtime.Operations;
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

        api.MapGet("/stats/seconds", () => TypedResults.Ok(backend.Queries.Seconds()))
            .WithTags("Server")
            .WithSummary("Events and messages of the last quarter of an hour, second by second")
            .WithDescription("Oldest first; 'events' applied and 'messages' sent in the second that ends 'at', of all processes together, as this process saw it. What was before its start is not there.");

        api.MapGet("/operations", async (CancellationToken cancellation) => TypedResults.Ok(await backend.Operations.ViewAsync(cancellation)))
            .WithTags("Server")
            .WithSummary("Nodes, partitions, store and outbox")
            .WithDescription("What an operator looks at: every node with its process, its partitions (where log, cursor and floor stand, lag, timers, customers in memory) and its latencies over the last minute; "
                + "the store with its sizes and background work; the outbox by channel; dead letters. 'status' is the best of the nodes'; 'problems' says in words what needs somebody. Ages are in seconds, latencies in ms.");

        api.MapPost("/operations/nodes/{node}/drain", (string node, CancellationToken cancellation) => PlaceAsync(backend, PlacementOrder.Drain, node, cancellation))
            .WithTags("Server")
            .WithSummary("Drain a node of a cluster")
            .WithDescription("It gives its partitions to the other silos and takes none until it is undrained or its process ends; nothing is lost or paused for longer than a partition takes to move. 'node' is its name or its silo's address. Taken (202) and carried out within seconds: watch `GET /operations`. 409: why it cannot be.")
            .ProducesProblem(StatusCodes.Status409Conflict);

        api.MapPost("/operations/nodes/{node}/undrain", (string node, CancellationToken cancellation) => PlaceAsync(backend, PlacementOrder.Undrain, node, cancellation))
            .WithTags("Server")
            .WithSummary("Let a drained node take partitions again")
            .ProducesProblem(StatusCodes.Status409Conflict);

        api.MapPost("/operations/rebalance", (CancellationToken cancellation) => PlaceAsync(backend, PlacementOrder.Rebalance, null, cancellation))
            .WithTags("Server")
            .WithSummary("Hand partitions to nodes with fewer, now")
            .WithDescription("Silos do so by themselves a few seconds after one came or went, unless balancing is held. Also while it is held.")
            .ProducesProblem(StatusCodes.Status409Conflict);

        api.MapPost("/operations/balancing/hold", (CancellationToken cancellation) => PlaceAsync(backend, PlacementOrder.Hold, null, cancellation))
            .WithTags("Server")
            .WithSummary("Let partitions stay where they are")
            .WithDescription("Nothing moves for balance until it is released; partitions of drained, stopped and lost nodes still go to others. Holds over restarts.")
            .ProducesProblem(StatusCodes.Status409Conflict);

        api.MapPost("/operations/balancing/release", (CancellationToken cancellation) => PlaceAsync(backend, PlacementOrder.Release, null, cancellation))
            .WithTags("Server")
            .WithSummary("Let partitions follow the number of nodes again")
            .ProducesProblem(StatusCodes.Status409Conflict);

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

            var (rows, next) = Paging.Cut(backend.Store.Rejected.List(sequence, size + 1), size, row => Paging.Text(row.Sequence));
            return TypedResults.Ok(new ItemList<RejectedView>([.. rows.Select(ViewsOfRows.Of)], next));
        })
            .WithTags("Server")
            .WithSummary("Rejected events")
            .WithDescription("Events that were answered 200 and could not be taken in, with the reason and the event as it came (cut to 4 KB), newest first; the newest 10,000 are kept.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> PlaceAsync(Backend backend, PlacementOrder order, string? node, CancellationToken cancellation)
    {
        try
        {
            await backend.Operations.PlaceAsync(order, node, cancellation);
            return TypedResults.Accepted((string?)null);
        }
        catch (PlacementRefusedException refused)
        {
            return Problems.Conflict(refused.Message);
        }
    }
}
