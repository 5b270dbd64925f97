using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Triggers.Engine.Definitions;
using Triggers.Runtime.Definitions;
using Triggers.Runtime.Fills;
using Triggers.Runtime.Queries;

namespace Triggers.Web.Api;

/// <summary>The definitions in force, their replacement, and trying templates out.</summary>
internal static class DefinitionsApi
{
    public static void MapDefinitions(this RouteGroupBuilder api, Backend backend)
    {
        var definitions = api.MapGroup("/definitions").WithTags("Definitions");
        definitions.MapGet("", () => TypedResults.Ok(View(backend)))
            .WithSummary("The definitions in force")
            .WithDescription("With the write keys of the sources, and every file as it was read.");

        var schemas = new Lazy<ItemList<SchemaView>>(Schemas);
        definitions.MapGet("/schema", () => TypedResults.Ok(schemas.Value))
            .WithSummary("JSON Schemas of the definition files")
            .WithDescription("One for each kind of file (JSON Schema 2020-12), for editors.");

        definitions.MapPost("/reload", async Task<Results<Ok<ReloadResult>, ProblemHttpResult>> (CancellationToken cancellation) =>
        {
            var result = await backend.Definitions.ReloadAsync(cancellation);
            return result.Valid ? TypedResults.Ok(result) : Problems.InvalidDefinitions(result.Errors);
        })
            .WithSummary("Read the definitions folder again")
            .WithDescription("Valid definitions replace the old ones as a new version, through the log. Invalid ones change nothing: 422 with 'errors', each with file, line, column, field and message.")
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

        definitions.MapPut("", (ApplyBody body, CancellationToken cancellation) => ApplyAsync(backend, body, cancellation))
            .WithSummary("Bring files into force")
            .WithDescription("A whole set of definition files replaces the one in force as a new version, through the log; the server's folder stays as it is. 'expected' is the version that they were made from: 409 if another one is in force. "
                + "'dryRun' changes nothing. The answer's 'plan' says which files and elements are added, changed or removed. 422: the files are not valid, and nothing was changed.")
            .WithMetadata(new RequestSizeLimitAttribute(Limits.ApiFilesBytesMax))
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

        definitions.MapGet("/versions", () => TypedResults.Ok(new ItemList<VersionView>([.. Versions(backend)])))
            .WithSummary("Versions of the definitions")
            .WithDescription("The latest 50, newest first, each with what it changed of the one before. 'fills' > 0: the same definitions as the version before, with history filled in up to that version.");

        definitions.MapGet("/versions/{version:int}", Results<Ok<VersionFiles>, ProblemHttpResult> (int version) =>
            backend.Store.Definitions.Find(version) is { } saved ? TypedResults.Ok(new VersionFiles(version, saved.Files)) : Problems.NotFound($"There is no version {version} of the definitions."))
            .WithSummary("The files of a version")
            .WithDescription("To bring an earlier version back, PUT its files to /definitions: that is a new version with the old content. Customers inside a campaign go on with the version that they began with.")
            .ProducesProblem(StatusCodes.Status404NotFound);

        definitions.MapGet("/fills", () => TypedResults.Ok(new ItemList<FillView>(backend.Fills.List())))
            .WithSummary("What is being filled from history")
            .WithDescription("For each version that introduced behaviour nobody had looked for before: how far the past has been searched for it, those to come and under way first, then the latest that are done. "
                + "Until it is done, segments that read it are collecting: nobody known before is in or out of them, and they trigger nothing.");

        var templates = api.MapGroup("/templates").WithTags("Templates");
        templates.MapPost("/{id}/preview", async Task<Results<Ok<PreviewView>, ProblemHttpResult>> (string id, PreviewRequest request, CancellationToken cancellation) =>
            string.IsNullOrWhiteSpace(request.Customer) ? Problems.BadRequest("'customer' is missing: the id of the customer to render for.")
            : await backend.Commands.PreviewAsync(id, request.Customer, cancellation) is { } preview ? TypedResults.Ok(preview)
            : Unknown(id, request.Customer))
            .WithSummary("Preview a template")
            .WithDescription("As the customer would get it now. Nothing is sent and nothing is counted.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);

        templates.MapPost("/{id}/test-send", async Task<Results<Ok<TestSendView>, ProblemHttpResult>> (string id, TestSendRequest request, CancellationToken cancellation) =>
            string.IsNullOrWhiteSpace(request.Customer) || string.IsNullOrWhiteSpace(request.To) ? Problems.BadRequest("'customer' and 'to' are needed: whom to render for, and the address to send to.")
            : await backend.Commands.TestSendAsync(id, request.Customer, request.To.Trim(), cancellation) is { } outcome ? TypedResults.Ok(new TestSendView(outcome))
            : Unknown(id, request.Customer))
            .WithSummary("Send a template to an address, as a test")
            .WithDescription("Rendered as for the customer and marked as a test; campaigns do not count it.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<ApplyResult>, ProblemHttpResult>> ApplyAsync(Backend backend, ApplyBody body, CancellationToken cancellation)
    {
        if (body.Files is not { Count: > 0 } files)
        {
            return Problems.BadRequest("'files' is missing: every definition file with its path and text.");
        }

        try
        {
            var result = await backend.Definitions.ApplyAsync(files, body.Expected, body.DryRun, cancellation);
            return result.Valid ? TypedResults.Ok(result) : Problems.InvalidDefinitions(result.Errors);
        }
        catch (DefinitionsMovedException moved)
        {
            return Problems.Conflict(moved.Message);
        }
    }

    private static DefinitionsView View(Backend backend)
    {
        var current = backend.Definitions.Current;
        var version = backend.Definitions.Version;
        var saved = backend.Store.Definitions.Find(version);
        return new DefinitionsView(
            version,
            backend.Definitions.Folder(),
            saved is null ? null : ViewsOfRows.Time(saved.SavedAt),
            [.. current.Sources.Select(SourceView.Of)],
            [.. current.Segments.Select(segment => new IdView(segment.Id))],
            [.. current.Campaigns.Select(campaign => new IdView(campaign.Id))],
            [.. current.Templates.Select(template => new IdView(template.Id))],
            saved?.Files ?? [],
            current.Sending.TestAddresses);
    }

    private static IEnumerable<VersionView> Versions(Backend backend)
    {
        // One more than are listed: the oldest of those is compared with it.
        var first = Math.Max(0, backend.Store.Definitions.LatestVersion - Limits.VersionsListed);
        var versions = backend.Store.Definitions.Read(Math.Max(0, first - 1), Limits.VersionsListed + 1);
        for (var index = versions.Count - 1; index >= 0 && versions[index].Version > first; index--)
        {
            var (saved, before) = (versions[index], index > 0 ? versions[index - 1] : null);
            var plan = saved.Fills > 0 ? new DefinitionPlan([], [])
                : DefinitionPlan.Between(before?.Files ?? [], saved.Files, before is null ? new DefinitionSet() : backend.Definitions.At(before.Version), backend.Definitions.At(saved.Version));
            yield return new VersionView(saved.Version, ViewsOfRows.Time(saved.SavedAt), saved.Fills, saved.Version == backend.Definitions.Version, [.. plan.Elements, .. plan.Files]);
        }
    }

    private static ItemList<SchemaView> Schemas()
        => new([.. JsonSchema.Generate().Select(schema => new SchemaView(schema.Id, schema.Path, JsonElement.Parse(schema.Json)))]);

    private static ProblemHttpResult Unknown(string template, string customer) => Problems.NotFound($"There is no template '{template}', or no customer '{customer}'.");
}

/// <param name="Files">All of them: what is not here is taken away.</param>
/// <param name="Expected">The version that they were made from; null: whichever is in force.</param>
public sealed record ApplyBody(IReadOnlyList<DefinitionFile>? Files = null, int? Expected = null, bool DryRun = false);

/// <param name="Fills">The same as the version before, with history filled in up to this version; 0: a version of its own.</param>
/// <param name="Changes">Against the version before: elements, then files.</param>
public sealed record VersionView(int Version, DateTimeOffset SavedAt, int Fills, bool InForce, IReadOnlyList<DefinitionChange> Changes);

public sealed record VersionFiles(int Version, IReadOnlyList<DefinitionFile> Files);
