using Microsoft.AspNetCore.Http.HttpResults;
using Triggers.Runtime.Queries;

namespace Triggers.Web.Api;

/// <summary>Groups and companies: find, look at, erase.</summary>
internal static class GroupsApi
{
    public static void MapGroups(this RouteGroupBuilder api, Backend backend)
    {
        var groups = api.MapGroup("/groups").WithTags("Groups");
        groups.MapGet("", async Task<Results<Ok<ItemList<GroupSummary>>, ProblemHttpResult>> (string? query, int? limit, CancellationToken cancellation) =>
            Paging.ReadLimit(limit, out var size) is { } problem
                ? problem
                : TypedResults.Ok(new ItemList<GroupSummary>(await backend.Queries.GroupsAsync(query?.Trim() ?? "", size, cancellation))))
            .WithSummary("Find groups")
            .WithDescription("Groups that group calls named, by the beginning of a groupId or of the group's trait 'name', case-insensitive; exact matches first. Without a query: the first ones by id.")
            .ProducesProblem(StatusCodes.Status400BadRequest);

        groups.MapGet("/{id}", async Task<Results<Ok<GroupView>, ProblemHttpResult>> (string id, CancellationToken cancellation) =>
            await backend.Queries.GroupAsync(Paging.Id(id), cancellation) is { } group ? TypedResults.Ok(group) : Unknown(id))
            .WithSummary("One group")
            .WithDescription("Traits, which are one thing for all members, and the number of members, as of the last committed record.")
            .ProducesProblem(StatusCodes.Status404NotFound);

        groups.MapGet("/{id}/members", async Task<Results<Ok<Page<CustomerSummary>>, ProblemHttpResult>> (string id, string? after, int? limit, CancellationToken cancellation) =>
            Paging.ReadLimit(limit, out var size) is { } problem ? problem
            : await backend.Queries.GroupMembersAsync(Paging.Id(id), after, size, cancellation) is { } page ? TypedResults.Ok(page)
            : Unknown(id))
            .WithSummary("Members of a group")
            .WithDescription("Customers whose group calls named it, by key. 'after' is the 'next' of the page before.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);

        groups.MapDelete("/{id}", async Task<Results<NoContent, ProblemHttpResult>> (string id, CancellationToken cancellation) =>
            await backend.Commands.EraseGroupAsync(Paging.Id(id), cancellation) ? TypedResults.NoContent() : Unknown(id))
            .WithSummary("Erase a group")
            .WithDescription("Its traits and its list of members are forgotten, in the log, too; members leave it. Their own group calls stay in their histories. A later group call makes it anew. It cannot be undone.")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static ProblemHttpResult Unknown(string id) => Problems.NotFound($"There is no group '{Paging.Id(id)}'.");
}
