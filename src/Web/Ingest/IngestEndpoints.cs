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
            routes.MapGet(path, http => SettingsAsync(http, keys, options)).ExcludeFromDescription();
            routes.MapMethods(path, [HttpMethods.Options], Cors.PreflightAsync).ExcludeFromDescription();
        }
    }

    private static void Post(IEndpointRouteBuilder routes, string path, RequestDelegate handle)
    {
        routes.MapPost(path, handle).ExcludeFromDescription();
        routes.MapMethods(path, [HttpMethods.Options], Cors.PreflightAsync).ExcludeFromDescription();
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
        return http.Response.Body.WriteAsync(body, 0, body.Length);
    }
}
