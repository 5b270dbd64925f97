using System.Text;
using Triggers.Web.Quality;

namespace Triggers.Web.Ingest;

/// <summary>The routes of the Segment wire format.</summary>
internal static class IngestEndpoints
{
    /// <summary>As SDKs ask for it, and as they do when their host is set with a segment too many.</summary>
    private static readonly string[] SettingsPaths =
    [
        "/v1/projects/{writeKey}/settings",
        "/v1/projects/projects/{writeKey}/settings",
        "/projects/{writeKey}/settings",
        "/projects/projects/{writeKey}/settings",
    ];

    public static void MapIngest(this IEndpointRouteBuilder routes, Backend backend, ViolationBoard violations, EventQuality quality, WebOptions options, TimeProvider time, ILogger logger)
    {
        var keys = new WriteKeys(backend.Definitions);
        var handler = new IngestHandler(backend.Ingest, keys, new PlanSource(backend.Definitions), violations, quality, time, logger);
        foreach (var (path, call) in WireCall.ByPath)
        {
            Post(routes, path, http => handler.HandleAsync(http, call));
        }

        // Metrics of the SDKs themselves: taken and forgotten.
        Post(routes, "/v1/m", http =>
        {
            Cors.Allow(http.Response);
            return WireResponses.SuccessAsync(http);
        });

        foreach (var path in SettingsPaths)
        {
            routes.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], http => SettingsAsync(http, keys, options)).ExcludeFromDescription();
            routes.MapMethods(path, [HttpMethods.Options], Cors.PreflightAsync).ExcludeFromDescription();
        }

        // Last of all, every method: clients of the wire format read code and message, and a page must be let to.
        routes.Map("/v1/{**path}", NoSuchCallAsync).WithOrder(int.MaxValue).ExcludeFromDescription();
    }

    private static void Post(IEndpointRouteBuilder routes, string path, RequestDelegate handle)
    {
        routes.MapPost(path, handle).ExcludeFromDescription();
        routes.MapMethods(path, [HttpMethods.Options], Cors.PreflightAsync).ExcludeFromDescription();
    }

    private static Task NoSuchCallAsync(HttpContext http)
    {
        if (HttpMethods.IsOptions(http.Request.Method))
        {
            return Cors.PreflightAsync(http);
        }

        Cors.Allow(http.Response);
        return WireResponses.RefuseAsync(
            http, StatusCodes.Status404NotFound, "not_found", $"There is no {http.Request.Method} {http.Request.Path}: events go by POST to /v1/batch, or to /v1/ and their type, such as /v1/track.");
    }

    private static Task SettingsAsync(HttpContext http, WriteKeys keys, WebOptions options)
    {
        Cors.Allow(http.Response);
        var writeKey = (string)http.Request.RouteValues["writeKey"]!;
        if (keys.FindByKey(Encoding.UTF8.GetBytes(writeKey)) is null)
        {
            return WireResponses.RefuseAsync(http, StatusCodes.Status404NotFound, "unknown_write_key", $"No source has the write key \"{writeKey}\".");
        }

        var (scheme, host) = PublicAddress.Of(http.Request, options);
        var body = SdkSettings.Write(writeKey, scheme, host);
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "public, max-age=60";
        http.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.Body.WriteAsync(body, 0, body.Length);
    }
}
