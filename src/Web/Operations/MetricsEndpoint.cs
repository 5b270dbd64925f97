using System.Reflection;
using Triggers.Web.Api;
using Triggers.Web.Auth;

namespace Triggers.Web.Operations;

/// <summary><c>GET /metrics</c> for Prometheus: open to managers, and to who holds the key that may read metrics and nothing else.</summary>
internal static class MetricsEndpoint
{
    public static void MapMetrics(this IEndpointRouteBuilder routes, MetricBoard board, ManagementAccess access, WebOptions options)
    {
        KeyValuePair<string, object?>[] target =
        [
            new("service.name", "triggers"),
            new("service.version", typeof(MetricsEndpoint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? ""),
            new("service.instance.id", options.NodeName),
        ];
        routes.MapGet("/metrics", http =>
        {
            if (!access.MayReadMetrics(http.Request))
            {
                http.Response.Headers.WWWAuthenticate = "Bearer";
                return Problems.WriteAsync(http, StatusCodes.Status401Unauthorized, "Not allowed", "Send the key of Metrics:Key, or the management key, as 'Authorization: Bearer …'.");
            }

            var families = board.Read(out var observation);
            http.Response.ContentType = PrometheusText.ContentType;
            return http.Response.WriteAsync(PrometheusText.Write(families, observation, target), http.RequestAborted);
        }).ExcludeFromDescription();
    }
}
