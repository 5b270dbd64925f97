namespace Triggers.Web.Site;

/// <summary>What browsers are told about our pages: nothing from elsewhere runs in them, and nobody frames them.</summary>
internal static class SecurityHeaders
{
    /// <summary>Mail shown in the dashboard brings its own styles and pictures; scripts are ours alone.</summary>
    private const string PagePolicy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https: http:; font-src 'self' data:; " +
        "connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

    /// <summary>Answers that quote what somebody sent are what their type says, and nothing else. Events are left out: their answers quote nothing, and each header counts there.</summary>
    public static void UseNoSniffing(this WebApplication app) => app.Use((http, next) =>
    {
        if (!http.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase))
        {
            http.Response.Headers.XContentTypeOptions = "nosniff";
        }

        return next(http);
    });

    public static void ForPage(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = PagePolicy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "same-origin";
    }
}
