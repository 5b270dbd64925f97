using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;
using Triggers.Runtime.Lists;
using Triggers.Runtime.Queries;
using Triggers.Web.Ingest;

namespace Triggers.Web.Api.Lists;

/// <summary>Static lists: upload, look at, remove.</summary>
internal static class ListsApi
{
    private const string BodyHelp =
        "The body is CSV (`text/csv`) or NDJSON (`application/x-ndjson`), gzip is fine. CSV: one id a line, or a header with a column `userId`, `customerId`, `id` or `email`; 'column' names another. NDJSON: a text a line, or an object with `userId`, `email` or the field 'column'. "
        + "'by' is `userId` or `email`: addresses are looked up among the known customers, and those that nobody or more than one has are left out. Ids that were never seen wait until they are. "
        + "'problems' names the first 100 rows that were left out. Customers are told behind the answer, at some 20,000 a second: 'waiting' of `GET /lists/{id}`. Uploading the same again changes nothing.";

    public static void MapLists(this RouteGroupBuilder api, Backend backend)
    {
        var lists = api.MapGroup("/lists").WithTags("Lists");
        lists.MapGet("", () => TypedResults.Ok(new ItemList<ListView>(backend.Lists.List())))
            .WithSummary("Static lists")
            .WithDescription("With how many users are on each, how many customers are still to be told, and what in the definitions asks for it. 'exists': false for those that the definitions ask for and nobody has uploaded.");

        lists.MapGet("/{id}", Results<Ok<ListView>, ProblemHttpResult> (string id) =>
            backend.Lists.Find(id) is { } list ? TypedResults.Ok(list) : Unknown(id))
            .WithSummary("One static list")
            .ProducesProblem(StatusCodes.Status404NotFound);

        lists.MapGet("/{id}/members", Results<Ok<Page<ListMember>>, ProblemHttpResult> (string id, string? after, int? limit) =>
        {
            if (Paging.ReadLimit(limit, out var size) is { } problem)
            {
                return problem;
            }

            if (backend.Lists.Members(id, after, size + 1) is not { } found)
            {
                return Unknown(id);
            }

            var (users, next) = Paging.Cut(found, size, user => user);
            return TypedResults.Ok(new Page<ListMember>([.. users.Select(user => new ListMember(user))], next));
        })
            .WithSummary("Users on a static list")
            .WithDescription("By user id, as uploaded; 'after' is the 'next' of the page before.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);

        Describe(lists.MapPut("/{id}", (HttpContext http, string id, string? column, string? by) => UploadAsync(http, backend, id, ListMode.Replace, column, by)))
            .WithSummary("Replace a static list")
            .WithDescription("Makes the list if it is not there; those who are not named leave it. An empty body empties it. " + BodyHelp);

        Describe(lists.MapPost("/{id}/members", (HttpContext http, string id, string? column, string? by) => UploadAsync(http, backend, id, ListMode.Add, column, by)))
            .WithSummary("Put users on a static list")
            .WithDescription("Makes the list if it is not there. " + BodyHelp);

        Describe(lists.MapDelete("/{id}/members", (HttpContext http, string id, string? column, string? by) => UploadAsync(http, backend, id, ListMode.Remove, column, by)))
            .WithSummary("Take users off a static list")
            .WithDescription(BodyHelp);

        lists.MapDelete("/{id}", async Task<Results<Accepted, ProblemHttpResult>> (string id, CancellationToken cancellation) =>
            await backend.Lists.DropAsync(id, cancellation) ? TypedResults.Accepted((string?)null) : Unknown(id))
            .WithSummary("Remove a static list")
            .WithDescription("Everybody leaves it, at some 20,000 a second ('dropping': true meanwhile); then it is gone. Conditions that ask for it become false.")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route) => route
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            // Described only: who names another content type, or none, is served as well.
            var text = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
            operation.RequestBody = new OpenApiRequestBody { Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { ["text/csv"] = text, ["application/x-ndjson"] = text } };
            return Task.CompletedTask;
        })
        .Produces<ListReport>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .WithMetadata(new RequestSizeLimitAttribute(Limits.ListBytesMax));

    private static async Task<Results<Ok<ListReport>, ProblemHttpResult>> UploadAsync(HttpContext http, Backend backend, string id, ListMode mode, string? column, string? by)
    {
        using var reader = new BodyReader(Limits.ListBytesMax);
        var status = await reader.ReadAsync(http.Request, http.RequestAborted);
        if (status != BodyStatus.Ok)
        {
            return Problems.BadRequest(status == BodyStatus.TooLarge ? $"The body has more than {Limits.ListBytesMax:N0} bytes after decompression." : "The body cannot be decompressed: Content-Encoding may be gzip or identity.");
        }

        var rows = ListRows.Read(reader.Body, IsJson(http.Request.ContentType, reader.Body), column, by);
        if (rows.Error is { } error)
        {
            return Problems.BadRequest(error);
        }

        var named = await ListNames.FindAsync(rows, backend.Lists, http.RequestAborted);
        if (named.Users.Count == 0 && rows.Rows.Count > 0)
        {
            return Problems.BadRequest($"None of the {rows.Rows.Count} rows names a user, and nothing was changed. Line {named.Problems[0].Line}, '{named.Problems[0].Value}': {named.Problems[0].Reason}");
        }

        try
        {
            var done = await backend.Lists.UploadAsync(id, mode, named.Users, CancellationToken.None);
            return TypedResults.Ok(new ListReport(
                done.Id, rows.Rows.Count, done.Added, done.Removed, mode == ListMode.Remove ? named.Users.Count - done.Removed : named.Users.Count - done.Added, done.Members,
                named.NotFound, named.Ambiguous, named.Invalid, named.Problems));
        }
        catch (ListRefusedException refused)
        {
            return Problems.Conflict(refused.Message);
        }
    }

    private static bool IsJson(string? contentType, ReadOnlySpan<byte> body) =>
        contentType?.Contains("json", StringComparison.OrdinalIgnoreCase) == true
        || (contentType?.Contains("csv", StringComparison.OrdinalIgnoreCase) != true && body.TrimStart(" \t\r\n"u8) is [(byte)'{', ..]);

    private static ProblemHttpResult Unknown(string id) => Problems.NotFound($"There is no list '{id}'.");
}

public sealed record ListMember(string UserId);

/// <param name="Rows">With a value.</param>
/// <param name="Unchanged">Users that are named and were where they are to be.</param>
/// <param name="Members">User ids on the list now.</param>
/// <param name="NotFound">Rows whose address nobody has.</param>
/// <param name="Ambiguous">Rows whose address several customers have.</param>
/// <param name="Invalid">Rows that are no user id.</param>
/// <param name="Problems">The first 100 rows that were left out.</param>
public sealed record ListReport(string Id, long Rows, long Added, long Removed, long Unchanged, long Members, long NotFound, long Ambiguous, long Invalid, IReadOnlyList<ListProblem> Problems);

/// <param name="Line">Of the body, from 1.</param>
public sealed record ListProblem(int Line, string Value, string Reason);
