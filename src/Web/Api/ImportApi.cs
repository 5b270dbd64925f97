using System.Text.Unicode;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
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
        api.MapPost("/import", (HttpContext http, string source, string name, string hash, long expectedRow) =>
            RunAsync(http, backend, time, source, new ImportMark(hash, name, expectedRow, expectedRow)))
            .WithTags("Import")
            .WithSummary("Import rows")
            .WithDescription(
                "The body is NDJSON (gzip is fine): one event of the Segment spec a line, each a row; events build state and trigger nothing. 'source' is a source of the definitions, "
                + "'hash' stands for the content and mapping of the whole file, 'name' is shown, 'expectedRow' is the number of the first row sent (from 0). "
                + $"At most {Limits.ImportRowsMax:N0} rows and {Limits.ImportBytesMax / 1024 / 1024} MB a call.")
            .Accepts<string>("application/x-ndjson")
            .Produces<ImportResult>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithMetadata(new RequestSizeLimitAttribute(Limits.ImportBytesMax));
    }

    private static async Task<Results<Ok<ImportResult>, ProblemHttpResult>> RunAsync(HttpContext http, Backend backend, TimeProvider time, string source, ImportMark mark)
    {
        if (!backend.Definitions.Current.Sources.Any(known => string.Equals(known.Id, source, StringComparison.Ordinal)))
        {
            return Problems.BadRequest($"There is no source '{source}' in the definitions.");
        }

        if (mark.SourceHash.Length is < 8 or > 128 || mark.ExpectedRow < 0)
        {
            return Problems.BadRequest("'hash' must have 8 to 128 characters and 'expectedRow' must not be negative.");
        }

        using var part = new ImportPart(source, mark, time.GetUtcNow().ToUnixTimeMilliseconds());
        var status = await part.Reader.ReadAsync(http.Request, http.RequestAborted);
        if (status != BodyStatus.Ok)
        {
            return Problems.BadRequest(status == BodyStatus.TooLarge ? $"The body has more than {Limits.ImportBytesMax:N0} bytes after decompression." : "The body cannot be decompressed: Content-Encoding may be gzip or identity.");
        }

        if (part.ReadRows() is { } problem)
        {
            return Problems.BadRequest(problem);
        }

        var result = await backend.Ingest.AppendAsync(part.Batch, mark with { NextRow = part.NextRow }, CancellationToken.None);
        switch (result.Status)
        {
            case AppendStatus.Ok:
                part.Report(backend.Ingest);
                return TypedResults.Ok(new ImportResult(part.Batch.Count, part.Rejections.Count, [.. part.Rejections.Take(Limits.ImportRejectionsListed).Select(row => row.Shown)], part.NextRow, false));
            case AppendStatus.AlreadyImported:
                return TypedResults.Ok(new ImportResult(0, 0, [], backend.Store.Imports.NextRow(mark.SourceHash), true));
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
    private readonly EventParser _parser = new();
    private readonly EventWriter _writer = new();
    private readonly EventSource _source = EventSource.Of(source);

    public BodyReader Reader { get; } = new(Limits.ImportBytesMax);

    public RecordBatch Batch { get; } = new(256 * 1024);

    public List<(RejectedRow Shown, Range Line)> Rejections { get; } = [];

    public long NextRow { get; private set; } = mark.ExpectedRow;

    /// <summary>Null, or why the part as a whole is refused.</summary>
    public string? ReadRows()
    {
        var body = Reader.Body;
        for (var at = 0; at < body.Length; NextRow++)
        {
            if (NextRow - mark.ExpectedRow == Limits.ImportRowsMax)
            {
                return $"A call may hold {Limits.ImportRowsMax:N0} rows; send the rest in another.";
            }

            var length = body[at..].IndexOf((byte)'\n');
            var end = length < 0 ? body.Length : at + length;
            if (ReadRow(body[at..end]) is { } reason)
            {
                Rejections.Add((new RejectedRow(NextRow, reason), at..end));
            }

            at = end + 1;
        }

        return null;
    }

    /// <summary>Hands the rejected rows to the list that people look at; after the append, so that a part sent twice is listed once.</summary>
    public void Report(Runtime.Ingest.IIngest ingest)
    {
        foreach (var (shown, line) in Rejections)
        {
            ingest.Reject(source, $"Row {shown.Row} of {mark.Name}: {shown.Reason}", Reader.Body[line]);
        }
    }

    public void Dispose()
    {
        Reader.Dispose();
        _writer.Dispose();
        Batch.Dispose();
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
            : _writer.TryWrite(line, _parser.Envelope, new WriteContext(null, _source, IsHistorical: true, now, Import: mark.SourceHash, ImportRow: NextRow), Batch);
    }
}
