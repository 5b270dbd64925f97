namespace Triggers.Web.Health;

/// <summary>What supervisors ask: is the process alive, and may it get traffic.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes, Backend backend)
    {
        string[] reading = [HttpMethods.Get, HttpMethods.Head];
        routes.MapMethods("/health/live", reading, () => TypedResults.Ok(new HealthView("live"))).ExcludeFromDescription();
        routes.MapMethods("/health/ready", reading, () => backend.IsReady()
            ? Results.Ok(new HealthView("ready"))
            : Results.Json(new HealthView("recovering"), statusCode: StatusCodes.Status503ServiceUnavailable)).ExcludeFromDescription();
    }

    private sealed record HealthView(string Status);
}
