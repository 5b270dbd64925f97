using System.Text.Unicode;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.ObjectPool;
using Triggers.Engine.Records;
using Triggers.Runtime.Ingest;
using Triggers.Storage;
using Triggers.Web.Quality;

namespace Triggers.Web.Ingest;

/// <summary>One request of the wire format: read, parse, append, answer. Answers 200 only when its events are durable.</summary>
internal sealed class IngestHandler(IIngest ingest, WriteKeys keys, PlanSource plans, ViolationBoard violations, EventQuality quality, TimeProvider time, ILogger logger)
{
    private readonly ObjectPool<IngestWork> _works = new DefaultObjectPool<IngestWork>(new IngestWorkPolicy(), Limits.KeptWorks);

    public async Task HandleAsync(HttpContext http, WireCall call)
    {
        Cors.Allow(http.Response);
        var work = _works.Get();
        try
        {
            var status = await work.Reader.ReadAsync(http.Request, http.RequestAborted);
            if (status != BodyStatus.Ok)
            {
                await RefuseBodyAsync(http, status);
                return;
            }

            var refusal = Decode(work, call, http.Request.Headers.Authorization.ToString(), out var source);
            if (refusal is { } refused)
            {
                await WireResponses.RefuseAsync(http, refused.Status, refused.Code, refused.Message);
                return;
            }

            // Not the request's cancellation: who hangs up must not take the buffer away from a writer that is still reading it.
            var result = work.Batch.Count == 0 ? AppendResult.Ok(0) : await ingest.AppendAsync(work.Batch, null, CancellationToken.None);
            if (!result.IsOk)
            {
                await RefuseAppendAsync(http, result);
                return;
            }

            WebMetrics.Accepted.Add(work.Batch.Count);
            if (work.Rejections.Count > 0)
            {
                WebMetrics.Rejected.Add(work.Rejections.Count);
            }

            work.Watch.Tell(violations, source!.Id);
            foreach (var (index, reason) in work.Rejections)
            {
                ingest.Reject(source.Id, reason, work.Parser.Events[index].In(work.Reader.Body));
            }

            await WireResponses.SuccessAsync(http);
        }
        catch (BadHttpRequestException error) when (!http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            // Too slow, or not what its headers announce. A connection that only breaks off would tell a sender nothing.
            await WireResponses.RefuseAsync(http, error.StatusCode, error.StatusCode == StatusCodes.Status408RequestTimeout ? "too_slow" : "invalid_body", error.Message);
        }
        catch (Exception error) when (IsAborted(error, http))
        {
            http.Abort();
        }
        catch (Exception error)
        {
            WebLog.IngestFailed(logger, http.Request.Path, error);
            if (!http.Response.HasStarted)
            {
                await WireResponses.RefuseAsync(http, StatusCodes.Status500InternalServerError, "internal_error", "The server could not take the events in; try again later.");
            }
        }
        finally
        {
            _works.Return(work);
        }
    }

    /// <summary>Fills the work's batch and rejections from its body; null unless the request as a whole is refused.</summary>
    internal Refusal? Decode(IngestWork work, WireCall call, string authorization, out EventSource? source)
    {
        source = null;
        if (!Utf8.IsValid(work.Reader.Body))
        {
            return new(StatusCodes.Status400BadRequest, "invalid_json", "The body is not UTF-8.");
        }

        SurrogateRepair.Repair(work.Reader.Body);
        ReadOnlySpan<byte> body = work.Reader.Body;
        var parser = work.Parser;
        if (parser.Parse(body, call.NeedsBatch) is { } problem)
        {
            return new(StatusCodes.Status400BadRequest, parser.HasTooMany ? "too_many_events" : "invalid_json", problem);
        }

        source = keys.FindByAuthorization(authorization) ?? FindInBody(parser, body);
        if (source is null)
        {
            return new(
                StatusCodes.Status401Unauthorized, "unknown_write_key", "The write key is missing or unknown: give one from sources.yaml by HTTP Basic or as \"writeKey\".");
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        ref readonly var envelope = ref parser.Envelope;
        if (parser.HasBatch && (long)envelope.Context.Length * parser.Count > Limits.ContextCopiesBytesMax)
        {
            return new(
                StatusCodes.Status400BadRequest, "too_large", $"The batch's context has {envelope.Context.Length:N0} bytes and is kept with each of the {parser.Count:N0} events; {Limits.ContextCopiesBytesMax:N0} bytes in all are allowed. Send smaller batches.");
        }

        var context = parser.HasBatch
            ? new WriteContext(null, source, call.IsHistorical, now, work.Writer.ReadSharedTime(body, envelope.SentAt), envelope.Context)
            : new WriteContext(call.Type, source, call.IsHistorical, now);

        // History is as it was: plan and quality are about what sites send today.
        if (!call.IsHistorical)
        {
            work.Watch.Begin(plans.Current, quality);
            context = context with { Watch = work.Watch };
        }

        for (var index = 0; index < parser.Count; index++)
        {
            if (work.Writer.TryWrite(body, parser.Events[index], context, work.Batch) is { } reason)
            {
                work.Rejections.Add((index, reason));
            }
        }

        return null;
    }

    private EventSource? FindInBody(EventParser parser, ReadOnlySpan<byte> body)
    {
        if (keys.FindByKey(parser.Envelope.WriteKey.In(body)) is { } source)
        {
            return source;
        }

        // analytics-next repeats the key in each event of a batch.
        return parser.Count > 0 ? keys.FindByKey(parser.Events[0].WriteKey.In(body)) : null;
    }

    private static Task RefuseBodyAsync(HttpContext http, BodyStatus status) => status switch
    {
        BodyStatus.TooLarge => WireResponses.RefuseAsync(
            http, StatusCodes.Status400BadRequest, "too_large", $"The body has more than {Limits.BatchBytesMax:N0} bytes after decompression; send smaller batches."),
        BodyStatus.UnknownEncoding => WireResponses.RefuseAsync(http, StatusCodes.Status400BadRequest, "unknown_encoding", "Content-Encoding may be gzip or identity."),
        _ => WireResponses.RefuseAsync(http, StatusCodes.Status400BadRequest, "invalid_gzip", "The body is not valid gzip."),
    };

    private static Task RefuseAppendAsync(HttpContext http, AppendResult result) => result.Status == AppendStatus.Busy
        ? WireResponses.RetryLaterAsync(http, StatusCodes.Status429TooManyRequests, "busy", Reason(result, "Ingest is full; send again later."), result.RetryAfter)
        : WireResponses.RetryLaterAsync(http, StatusCodes.Status503ServiceUnavailable, "unavailable", Reason(result, "Storage takes nothing now; send again later."), result.RetryAfter);

    private static string Reason(AppendResult result, string otherwise) => string.IsNullOrEmpty(result.Reason) ? otherwise : result.Reason;

    private static bool IsAborted(Exception error, HttpContext http)
        => error is BadHttpRequestException or ConnectionResetException or OperationCanceledException { InnerException: ConnectionAbortedException }
            || (error is OperationCanceledException or IOException && http.RequestAborted.IsCancellationRequested);

    internal readonly record struct Refusal(int Status, string Code, string Message);
}
