using Triggers.Runtime.Operations;

namespace Triggers.Web.Health;

/// <summary>What supervisors ask: would a new start help, and may it get traffic. Both say why not.</summary>
internal static class HealthEndpoints
{
    private static readonly string[] s_reading = [HttpMethods.Get, HttpMethods.Head];

    public static void MapHealth(this IEndpointRouteBuilder routes, Func<HealthReport> health)
    {
        routes.MapMethods("/health/live", s_reading, () => Answer(health(), report => report.IsLive)).ExcludeFromDescription();
        routes.MapMethods("/health/ready", s_reading, () => Answer(health(), report => report.IsReady)).ExcludeFromDescription();
    }

    private static IResult Answer(HealthReport report, Func<HealthReport, bool> isGood) =>
        Results.Json(new HealthView(report.Status, report.Reasons), statusCode: isGood(report) ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);

    private sealed record HealthView(string Status, IReadOnlyList<string> Reasons);
}
