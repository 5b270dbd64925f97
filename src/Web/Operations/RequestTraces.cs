using System.Diagnostics;

namespace Triggers.Web.Operations;

/// <summary>Finishes the activities that ASP.NET Core begins for requests: names them by route and says how they ended, as OpenTelemetry's conventions want it.</summary>
internal static class RequestTraces
{
    public static void UseRequestTraces(this WebApplication app) => app.Use(async (http, next) =>
    {
        var activity = Activity.Current;
        if (activity is not { IsAllDataRequested: true })
        {
            await next(http);
            return;
        }

        try
        {
            await next(http);
        }
        finally
        {
            var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
            activity.DisplayName = route is null ? http.Request.Method : $"{http.Request.Method} {route}";
            activity.SetTag("http.route", route);
            activity.SetTag("http.response.status_code", http.Response.StatusCode);
            if (http.Response.StatusCode >= StatusCodes.Status500InternalServerError)
            {
                activity.SetTag("error.type", http.Response.StatusCode.ToString(System.Globalization.CultureInfo.InvariantCulture));
                activity.SetStatus(ActivityStatusCode.Error);
            }
        }
    });
}
