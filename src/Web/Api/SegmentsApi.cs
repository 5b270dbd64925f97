using Microsoft.AspNetCore.Http.HttpResults;
using Triggers.Runtime.Queries;

namespace Triggers.Web.Api;

/// <summary>Segments, their sizes and who is in them.</summary>
internal static class SegmentsApi
{
    public static void MapSegments(this RouteGroupBuilder api, Backend backend)
    {
        var segments = api.MapGroup("/segments").WithTags("Segments");
        segments.MapGet("", () => TypedResults.Ok(new ItemList<SegmentView>(backend.Queries.Segments())))
            .WithSummary("All segments")
            .WithDescription("With their conditions and their sizes as of the last commit.");

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
