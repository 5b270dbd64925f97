using Triggers.Web.Quality;

namespace Triggers.Web.Api;

/// <summary>What events look like, held against what they should.</summary>
internal static class QualityApi
{
    public static void MapQuality(this RouteGroupBuilder api, Backend backend, ViolationBoard violations) =>
        api.MapGet("/violations", () => TypedResults.Ok(violations.View(backend.Definitions.Current.Plan)))
            .WithTags("Server")
            .WithSummary("Violations of the tracking plan")
            .WithDescription("What was not as plan.yaml has it, of the process that answers and since it began: 'kinds' counts by event, property and rule "
                + $"(at most {Limits.ViolationKinds:N0}; 'others' counts the rest), 'newest' lists the last {Limits.NewestViolations} flagged or rejected ones of a day with what was expected and what was found. Rejected events themselves: `GET /rejected`.");
}
