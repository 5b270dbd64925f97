using Triggers.Web.Quality;

namespace Triggers.Web.Api;

/// <summary>What events look like, held against what they should.</summary>
internal static class QualityApi
{
    public static void MapQuality(this RouteGroupBuilder api, Backend backend, ViolationBoard violations, EventQuality quality, QualityKeeper keeper)
    {
        api.MapGet("/violations", async (CancellationToken cancellation) =>
            TypedResults.Ok(violations.View(backend.Definitions.Current.Plan, await keeper.CountsAsync(cancellation), await keeper.ExamplesAsync(cancellation))))
            .WithTags("Server")
            .WithSummary("Violations of the tracking plan")
            .WithDescription($"What was not as plan.yaml has it, in the last {Limits.QualityDays} days and of all processes that share the store: 'kinds' counts by event, property and rule "
                + $"(at most {Limits.ViolationKinds:N0}; 'others' counts the rest), 'newest' lists the last {Limits.NewestViolations} flagged or rejected ones of a day with what was expected and what was found. Rejected events themselves: `GET /rejected`.");

        api.MapGet("/quality", async (CancellationToken cancellation) => TypedResults.Ok(quality.View(backend.Definitions.Current.Plan, await keeper.CountsAsync(cancellation))))
            .WithTags("Server")
            .WithSummary("Data quality")
            .WithDescription("By name of event, in the last 24 hours ('lastDay', by the hour) and in total: how many came, how many of them without a userId, without a messageId, with a clock that is more than five minutes off, not as the tracking plan has it, "
                + $"and how many likely duplicates (same customer, name and properties within {Limits.RepeatWithinSeconds} s under another messageId). Names that are new, names that a similar one may have been meant for, and properties that came with values of several types "
                + $"(seen in the first {Limits.QualitySampledFirst} events of a name and in each {Limits.QualitySampledEvery}th after them). Events that were sent again and are dropped as duplicates by their messageId are counted here, historical ones are not. "
                + $"The total is that of the last {Limits.QualityDays} days, of all processes that share the store; at most {Limits.QualityNames} names, 'otherNames' counts the rest.");
    }
}
