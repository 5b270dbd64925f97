using Microsoft.AspNetCore.Http.HttpResults;
using Triggers.Runtime.Queries;

namespace Triggers.Web.Api;

/// <summary>Campaigns, their counters, and stopping them at once.</summary>
internal static class CampaignsApi
{
    public static void MapCampaigns(this RouteGroupBuilder api, Backend backend)
    {
        var campaigns = api.MapGroup("/campaigns").WithTags("Campaigns");
        campaigns.MapGet("", () => TypedResults.Ok(new ItemList<CampaignView>(backend.Queries.Campaigns())))
            .WithSummary("All campaigns");

        campaigns.MapGet("/{id}", Results<Ok<CampaignView>, ProblemHttpResult> (string id) =>
            backend.Queries.Campaign(id) is { } campaign ? TypedResults.Ok(campaign) : Unknown(id))
            .WithSummary("One campaign")
            .WithDescription("With its steps and their counts.")
            .ProducesProblem(StatusCodes.Status404NotFound);

        campaigns.MapGet("/{id}/counters", Results<Ok<CampaignCounters>, ProblemHttpResult> (string id) =>
            backend.Queries.Campaign(id) is { } campaign ? TypedResults.Ok(campaign.Counters) : Unknown(id))
            .WithSummary("A campaign's counters")
            .WithDescription("Exact folds of what was committed: they survive a crash without being off by one. Revenue is in minor units by currency.")
            .ProducesProblem(StatusCodes.Status404NotFound);

        campaigns.MapPost("/{id}/pause", (string id, CancellationToken cancellation) => PauseAsync(backend, id, true, cancellation))
            .WithSummary("Pause a campaign")
            .WithDescription("Nobody enters; what those inside would get, and what is queued, is skipped as 'campaign paused'.")
            .ProducesProblem(StatusCodes.Status404NotFound);

        campaigns.MapPost("/{id}/resume", (string id, CancellationToken cancellation) => PauseAsync(backend, id, false, cancellation))
            .WithSummary("Resume a campaign")
            .WithDescription("From now on; nothing that was skipped is sent later.")
            .ProducesProblem(StatusCodes.Status404NotFound);

        var sending = api.MapGroup("/sending").WithTags("Sending");
        sending.MapPost("/pause", async (CancellationToken cancellation) => await PauseSendingAsync(backend, true, cancellation))
            .WithSummary("Pause all sending")
            .WithDescription("Messages are still decided and wait.");
        sending.MapPost("/resume", async (DateTimeOffset? skipDecidedBefore, CancellationToken cancellation) =>
        {
            if (skipDecidedBefore is { } instant)
            {
                await backend.Commands.SkipQueuedAsync(instant, cancellation);
            }

            return await PauseSendingAsync(backend, false, cancellation);
        })
            .WithSummary("Resume all sending")
            .WithDescription("What became stale meanwhile is skipped, not sent. 'skipDecidedBefore' (an instant, such as 2026-05-01T12:00:00Z) also skips what was decided before it: after a restore, when the server that was lost may have sent it.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<NoContent> PauseSendingAsync(Backend backend, bool paused, CancellationToken cancellation)
    {
        await backend.Commands.PauseSendingAsync(paused, cancellation);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> PauseAsync(Backend backend, string id, bool paused, CancellationToken cancellation)
        => await backend.Commands.PauseCampaignAsync(id, paused, cancellation) ? TypedResults.NoContent() : Unknown(id);

    private static ProblemHttpResult Unknown(string id) => Problems.NotFound($"There is no campaign '{id}'.");
}
