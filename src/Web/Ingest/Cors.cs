namespace Triggers.Web.Ingest;

/// <summary>Lets pages of any site send events: a write key is public by nature, and no cookie is ever read here.</summary>
internal static class Cors
{
    public static void Allow(HttpResponse response)
    {
        response.Headers.AccessControlAllowOrigin = "*";
        response.Headers.AccessControlExposeHeaders = "Retry-After";
    }

    public static Task PreflightAsync(HttpContext http)
    {
        var headers = http.Response.Headers;
        Allow(http.Response);
        headers.AccessControlAllowMethods = "GET, POST, OPTIONS";
        headers.AccessControlAllowHeaders = "authorization, content-type, content-encoding, x-retry-count, x-requested-with, anonymousid";
        headers.AccessControlMaxAge = "86400";
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
