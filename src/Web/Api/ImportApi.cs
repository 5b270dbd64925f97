using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;
using Triggers.Engine.Records;
using Triggers.Storage;
using Triggers.Web.Ingest;

namespace Triggers.Web.Api;

/// <summary>
/// Takes one part of an import: rows of NDJSON, one event each, all of them historical. The import's journal moves in the same transaction,
/// so that sending a part twice, also days later or after a crash, changes nothing.
/// </summary>
internal static class ImportApi
{
    public static void MapImport(this RouteGroupBuilder api, Backend backend, TimeProvider time)
    {
        var imports = api.MapGroup("/import").WithTags("Import");
        imports.MapGet("", (string hash) => TypedResults.Ok(new ImportProgress(backend.Store.Imports.NextRow(hash))))
            .WithSummary("How far an import has come")
            .WithDescription("The first row that is not in yet; 0 if it was never begun.");

        imports.MapPost("", (HttpContext http, string hash, string name, long row, long? next, string? source) =>
            RunAsync(http, backend, time, source, new ImportMark(hash, name, row, next ?? -1)))
            .WithSummary("Import rows")
            .WithDescription(
                "The body is NDJSON (gzip is fine): one event of the Segment spec a line; events build state and trigger nothing. 'hash' stands for the content and mapping of the whole file, "
                + "'name' is shown, 'row' is the row of the file that the journal must stand at (from 0), 'next' the one it stands at afterwards (if not given: 'row' and the number of lines), "
                + "'source' is a source of the definitions (if not given: the first). Rows that are in already change nothing. "
                + "A row that the sender could not make an event of takes its place as {\"rejected\":\"why\",\"row\":\"its text\"} and is listed as rejected. "
                + $"At most {Limits.ImportRowsMax:N0} lines and {Limits.ImportBytesMax / 1024 / 1024} MB a call.")
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                // Described only: who names another content type, or none, is served as well.
                operation.RequestBody = new OpenApiRequestBody
                {
                    Required = true,
                    Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { ["application/x-ndjson"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String } } },
                };
                return Task.CompletedTask;
            })
            .Produces<ImportResult>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithMetadata(new RequestSizeLimitAttribute(Limits.ImportBytesMax));
    }

    private static async Task<Results<Ok<ImportResult>, ProblemHttpResult>> RunAsync(HttpContext http, Backend backend, TimeProvider time, string? source, ImportMark mark)
    {
        var sources = backend.Definitions.Current.Sources;
        if (source is null ? sources.Count == 0 : !sources.Any(known => string.Equals(known.Id, source, StringComparison.Ordinal)))
        {
            return Problems.BadRequest(source is null ? "The definitions have no source that the events could belong to." : $"There is no source '{source}' in the definitions.");
        }

        if (mark.SourceHash.Length is < 8 or > 128 || mark.ExpectedRow < 0 || (mark.NextRow != -1 && mark.NextRow < mark.ExpectedRow))
        {
            return Problems.BadRequest("'hash' must have 8 to 128 characters, 'row' must not be negative, and 'next' must not be below it.");
        }

        using var part = new ImportPart(source ?? sources[0].Id, mark, time.GetUtcNow().ToUnixTimeMilliseconds());
        var status = await part.Reader.ReadAsync(http.Request, http.RequestAborted);
        if (status != BodyStatus.Ok)
        {
            return Problems.BadRequest(status == BodyStatus.TooLarge ? $"The body has more than {Limits.ImportBytesMax:N0} bytes after decompression." : "The body cannot be decompressed: Content-Encoding may be gzip or identity.");
        }

        if (part.ReadRows() is { } problem)
        {
            return Problems.BadRequest(problem);
        }

        var moved = mark with { NextRow = mark.NextRow == -1 ? mark.ExpectedRow + part.Lines : mark.NextRow };
        var result = await backend.Ingest.AppendAsync(part.Batch, moved, CancellationToken.None);
        switch (result.Status)
        {
            case AppendStatus.Ok:
                part.Report(backend.Ingest);
                return TypedResults.Ok(new ImportResult(part.Batch.Count, [.. part.Rejections.Select(rejection => rejection.Shown)], moved.NextRow, false));
            case AppendStatus.AlreadyImported:
                return TypedResults.Ok(new ImportResult(0, [], backend.Store.Imports.NextRow(mark.SourceHash), true));
            default:
                http.Response.Headers.RetryAfter = WireResponses.RetryAfterSeconds(result.RetryAfter).ToString(System.Globalization.CultureInfo.InvariantCulture);
                return result.Status == AppendStatus.Busy
                    ? Problems.Of(StatusCodes.Status429TooManyRequests, "Ingest is full", result.Reason)
                    : Problems.Of(StatusCodes.Status503ServiceUnavailable, "Storage takes nothing now", result.Reason);
        }
    }
}

/// <summary>The rows of one call on their way into the log.</summary>
internal sealed class ImportPart(string source, ImportMark mark, long now) : IDisposable
{
    private static readonly JsonSerializerOptions _strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true,
    };

    private readonly EventParser _parser = new();
    private readonly EventWriter _writer = new();
    private readonly EventSource _source = EventSource.Of(source);

    public BodyReader Reader { get; } = new(Limits.ImportBytesMax);

    public RecordBatch Batch { get; } = new(256 * 1024);

    /// <summary>Where they stand in the body, or what they looked like to a sender who could not make events of them.</summary>
    public List<(RejectedLine Shown, Range Place, byte[]? Text)> Rejections { get; } = [];

    public int Lines { get; private set; }

    /// <summary>Null, or why the part as a whole is refused.</summary>
    public string? ReadRows()
    {
        var body = Reader.Body;
        for (var at = 0; at < body.Length; Lines++)
        {
            if (Lines == Limits.ImportRowsMax)
            {
                return $"A call may hold {Limits.ImportRowsMax:N0} lines; send the rest in another.";
            }

            var length = body[at..].IndexOf((byte)'\n');
            var end = length < 0 ? body.Length : at + length;
            if (ReadUnreadable(body[at..end]) is { } unreadable)
            {
                Rejections.Add((new RejectedLine(Lines, unreadable.Rejected), default, Encoding.UTF8.GetBytes(unreadable.Row)));
            }
            else if (ReadRow(body[at..end]) is { } reason)
            {
                Rejections.Add((new RejectedLine(Lines, reason), at..end, null));
            }

            at = end + 1;
        }

        return null;
    }

    /// <summary>Hands the rejected rows to the list that people look at; after the append, so that a part sent twice is listed once.</summary>
    public void Report(Runtime.Ingest.IIngest ingest)
    {
        foreach (var (shown, place, text) in Rejections)
        {
            ingest.Reject(source, $"Import of {mark.Name}: {shown.Reason}", text ?? Reader.Body[place]);
        }
    }

    public void Dispose()
    {
        Reader.Dispose();
        _writer.Dispose();
        Batch.Dispose();
    }

    /// <summary>Null: the row is for <see cref="ReadRow"/>. No event begins like this; one that has such a field further behind is an event.</summary>
    private static UnreadableRow? ReadUnreadable(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("{\"rejected\":\""u8))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<UnreadableRow>(line, _strict);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string? ReadRow(Span<byte> line)
    {
        if (line.Trim(" \t\r"u8).IsEmpty)
        {
            return null;
        }

        if (!Utf8.IsValid(line))
        {
            return "The row is not UTF-8.";
        }

        SurrogateRepair.Repair(line);
        if (_parser.Parse(line, needsBatch: false) is { } problem)
        {
            return problem;
        }

        return _parser.HasBatch
            ? "A row holds one event, not a batch."
            : _writer.TryWrite(line, _parser.Envelope, new WriteContext(null, _source, IsHistorical: true, now, Import: mark.SourceHash, ImportRow: mark.ExpectedRow + Lines), Batch);
    }

    private sealed record UnreadableRow(string Rejected, string Row);
}
