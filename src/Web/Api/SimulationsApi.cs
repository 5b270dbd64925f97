using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Triggers.Engine.Definitions;
using Triggers.Runtime.Simulations;

namespace Triggers.Web.Api;

/// <summary>Trying definitions out on the past.</summary>
internal static class SimulationsApi
{
    public static void MapSimulations(this RouteGroupBuilder api, Backend backend)
    {
        api.MapPost("/simulations", (SimulationBody body, CancellationToken cancellation) => RunAsync(backend, body, cancellation))
            .WithTags("Definitions")
            .WithSummary("What definitions would have done")
            .WithDescription("Lives through the real past again with 'files' (without them: the definitions in force): entries, messages by step and day, skips by reason, segment sizes, who would get something, and the difference to what was decided then. "
                + "Nothing is sent or changed. Answers when it is done, which takes about a second for every 100,000 records; closing the connection ends it; meanwhile GET /simulations/progress. 422: the files are not valid; 409: another simulation is running.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithMetadata(new RequestSizeLimitAttribute(Limits.ApiFilesBytesMax))
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        api.MapGet("/simulations/progress", Results<Ok<SimulationProgress>, NoContent> () => backend.Simulations.Progress is { } progress ? TypedResults.Ok(progress) : TypedResults.NoContent())
            .WithTags("Definitions")
            .WithSummary("How far a simulation is")
            .WithDescription("Of the simulation or exact preview that runs in the process that answers. 204: none does.");
    }

    private static async Task<Results<Ok<SimulationReport>, ProblemHttpResult>> RunAsync(Backend backend, SimulationBody body, CancellationToken cancellation)
    {
        if (body.Share is not (> 0 and <= 1))
        {
            return Problems.BadRequest("'share' is the share of customers: above 0 and up to 1.");
        }

        if (body.From >= body.To)
        {
            return Problems.BadRequest("'from' has to lie before 'to'.");
        }

        var loaded = body.Files is { } files ? DefinitionLoader.Load(files) : new DefinitionResult(backend.Definitions.Current, []);
        if (loaded.Definitions is not { } definitions)
        {
            return Problems.InvalidDefinitions(loaded.Errors);
        }

        try
        {
            return await backend.Simulations.RunAsync(new SimulationRequest(definitions, body.From, body.To, body.Share, body.Customer, body.DraftsToo), cancellation) is { } report
                ? TypedResults.Ok(report)
                : Problems.NotFound($"There is no customer '{body.Customer}'.");
        }
        catch (SimulationBusyException busy)
        {
            return Problems.Conflict(busy.Message);
        }
    }
}

/// <param name="Files">A folder of definitions; null: those in force.</param>
/// <param name="From">Campaigns work from here on; null: from the first record.</param>
/// <param name="To">null: now.</param>
/// <param name="Share">Of customers, above 0 and up to 1.</param>
/// <param name="Customer">Only this one; null: all.</param>
/// <param name="DraftsToo">Campaigns whose status is draft take part as if they were live.</param>
public sealed record SimulationBody(IReadOnlyList<DefinitionFile>? Files = null, DateTimeOffset? From = null, DateTimeOffset? To = null, double Share = 1, string? Customer = null, bool DraftsToo = true);
