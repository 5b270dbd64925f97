using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Triggers.Runtime.Queries;

namespace Triggers.Web.Api;

/// <summary>Turns what goes wrong outside of a handler (an unreadable parameter, a wrong method, a bug) into problem details, under <c>/api</c> only.</summary>
internal static partial class ProblemMiddleware
{
    public static void UseApiProblems(this WebApplication app, ILogger logger) => app.Use((http, next) => http.Request.Path.StartsWithSegments("/api/v1", StringComparison.OrdinalIgnoreCase) ? RunAsync(http, next, logger) : next(http));

    private static async Task RunAsync(HttpContext http, RequestDelegate next, ILogger logger)
    {
        http.Response.Headers.CacheControl = "no-store";
        try
        {
            await next(http);
        }
        catch (BadHttpRequestException error) when (!http.Response.HasStarted)
        {
            await Problems.WriteAsync(http, error.StatusCode, "The request cannot be understood", InWords(error));
            return;
        }
        catch (UnknownPlaceException error) when (!http.Response.HasStarted)
        {
            await Problems.WriteAsync(http, StatusCodes.Status400BadRequest, "The request cannot be understood", error.Message);
            return;
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Abort();
            return;
        }
        catch (Exception error) when (!http.Response.HasStarted)
        {
            WebLog.ApiFailed(logger, http.Request.Method, http.Request.Path, error);
            await Problems.WriteAsync(http, StatusCodes.Status500InternalServerError, "The server failed", "It is in the server's log, with the time of this answer.");
            return;
        }

        if (http.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null or 0 })
        {
            var (title, detail) = http.Response.StatusCode switch
            {
                StatusCodes.Status404NotFound => ("Not found", $"There is nothing at {http.Request.Path}; see /api for what there is."),
                StatusCodes.Status405MethodNotAllowed => ("Method not allowed", $"{http.Request.Method} is not possible here; allowed: {http.Response.Headers.Allow}."),
                StatusCodes.Status415UnsupportedMediaType => ("Unsupported media type", "Send JSON with Content-Type: application/json."),
                StatusCodes.Status413PayloadTooLarge => ("The body is too large", $"The body of {http.Request.Method} {http.Request.Path} may have {http.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? 0} bytes at most."),
                _ => ("The request was refused", $"Status {http.Response.StatusCode}."),
            };
            await Problems.WriteAsync(http, http.Response.StatusCode, title, detail);
        }
    }

    /// <summary>The framework says which types of ours it could not make; a caller knows names and values. What is not known here is said as it comes.</summary>
    private static string InWords(BadHttpRequestException error) => error switch
    {
        { InnerException: JsonException json } => $"The body is not the JSON that is expected here: line {json.LineNumber + 1}, byte {json.BytePositionInLine + 1}, at {json.Path ?? "$"}.",
        _ when error.Message.StartsWith("Implicit body inferred", StringComparison.Ordinal) => "A JSON body is needed; see /api for what it holds.",
        _ when BadParameter().Match(error.Message) is { Success: true } parameter => $"'{parameter.Groups["name"].Value}' cannot be '{parameter.Groups["value"].Value}'.",
        _ => error.Message,
    };

    [GeneratedRegex("""^Failed to bind parameter "[^"]* (?<name>\w+)" from "(?<value>.*)"\.$""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BadParameter();
}
