using Microsoft.AspNetCore.Http.HttpResults;

namespace Triggers.Web.Api;

/// <summary>What is measured over all customers.</summary>
internal static class MeasuresApi
{
    public static void MapMeasures(this RouteGroupBuilder api, Backend backend)
    {
        var measures = api.MapGroup("/measures").WithTags("Segments");
        measures.MapGet("", async () => TypedResults.Ok(await backend.Measuring.ViewAsync()))
            .WithSummary("What is measured over all customers")
            .WithDescription("The lines of `top(…)` in segments and audiences: where each stands, since when, how many customers have the number, and by how much it may be wrong. 'isRunning' and 'percent' show a look at all customers under way; 'partitionsWalking' how many partitions still tell their customers of lines that moved.");

        measures.MapPost("", Accepted () =>
        {
            backend.Measuring.Request();
            return TypedResults.Accepted((string?)null);
        })
            .WithSummary("Measure all customers again, now")
            .WithDescription("Taken (202) and carried out beside live events: watch `GET /measures`. It happens by itself every 15 minutes and when definitions bring something new to measure. The models of `GET /value` are fitted anew, too.");

        api.MapGet("/value", () => TypedResults.Ok(backend.Valuing.View()))
            .WithTags("Segments")
            .WithSummary("The models of purchases")
            .WithDescription(
                "BG/NBD and Gamma-Gamma as fitted on the store's own buyers, once a day: parameters (time in weeks, money in major units), log-likelihood, how many buyers, and the test on the end of the past that was held back. "
                + "'missing' says why there are none. What they expect of one customer is 'predicted' of `GET /customers/{id}`.");
    }
}
