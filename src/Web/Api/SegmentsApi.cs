using Microsoft.AspNetCore.Http.HttpResults;
using Triggers.Runtime.Queries;
using Triggers.Runtime.Simulations;

namespace Triggers.Web.Api;

/// <summary>Segments, their sizes and who is in them.</summary>
internal static class SegmentsApi
{
    public static void MapSegments(this RouteGroupBuilder api, Backend backend)
    {
        var segments = api.MapGroup("/segments").WithTags("Segments");
        segments.MapGet("", () => TypedResults.Ok(new ItemList<SegmentView>(backend.Queries.Segments())))
            .WithSummary("All segments")
            .WithDescription("With their conditions and their sizes as of the last commit. 'historyFrom': it was filled from a log that a retention (Store:LogRetentionDays) had dropped the beginning of, and looks further back; what happened before does not count.");

        segments.MapPost("/preview", (PreviewBody body, CancellationToken cancellation) => PreviewAsync(backend, body, cancellation))
            .WithSummary("How many customers a condition would hold for")
            .WithDescription("As if a segment of the definitions in force had this condition, and always had: a sample of the customers is lived through their past again. 'estimate' comes with 'low' and 'high' (19 of 20 such intervals hold the true size); "
                + "'isExact': everybody was looked at. A condition that is not valid is answered with 'errors', each with 'index' and 'length' of the text at fault. Takes a second or two; with 'exact' everybody is lived through the whole past, as a simulation does, with progress in GET /simulations/progress. 'historyFrom': a retention dropped what was before, and customers are as if they had begun there. 409: another preview or simulation is running.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict);

        segments.MapGet("/{id}/members", async Task<Results<Ok<Page<CustomerSummary>>, ProblemHttpResult>> (string id, string? after, int? limit, CancellationToken cancellation) =>
            Paging.ReadLimit(limit, out var size) is { } problem ? problem
            : await backend.Queries.MembersAsync(id, after, size, cancellation) is { } page ? TypedResults.Ok(page)
            : Problems.NotFound($"There is no segment '{id}'."))
            .WithSummary("Members of a segment")
            .WithDescription("In no order that means anything; 'after' is the 'next' of the page before.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);

        segments.MapGet("/{id}/overlap", (string id, CancellationToken cancellation) => OverlapAsync(backend, id, cancellation))
            .WithSummary("Members in common with each other segment")
            .WithDescription("Exact, counted by a look at every customer while events go on, so it takes seconds for each million customers. Closing the connection ends it. 409: another count is running.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<SegmentPreviewReport>, ProblemHttpResult>> PreviewAsync(Backend backend, PreviewBody body, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(body.Condition))
        {
            return Problems.BadRequest("'condition' is missing: an expression such as count('Product Viewed', within 7d) >= 3.");
        }

        try
        {
            return TypedResults.Ok(await backend.Simulations.PreviewAsync(backend.Store.Definitions.Find(backend.Definitions.Version)?.Files ?? [], body.Condition, body.Exact, cancellation));
        }
        catch (SimulationBusyException busy)
        {
            return Problems.Conflict(busy.Message);
        }
    }

    private static async Task<Results<Ok<SegmentOverlap>, ProblemHttpResult>> OverlapAsync(Backend backend, string id, CancellationToken cancellation)
    {
        try
        {
            return await backend.Queries.OverlapAsync(id, cancellation) is { } overlap ? TypedResults.Ok(overlap) : Problems.NotFound($"There is no segment '{id}'.");
        }
        catch (OverlapBusyException busy)
        {
            return Problems.Conflict(busy.Message);
        }
    }
}

/// <param name="Condition">An expression.</param>
/// <param name="Exact">Look at everybody, however long it takes.</param>
public sealed record PreviewBody(string? Condition = null, bool Exact = false);
