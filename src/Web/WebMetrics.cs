using System.Diagnostics.Metrics;

namespace Triggers.Web;

/// <summary>The instruments of ingest; an addition a request, none an event. What each means: docs/operations.md. Requests themselves are measured by ASP.NET Core.</summary>
internal static class WebMetrics
{
    public const string MeterName = "Triggers.Web";

    private static readonly Meter s_meter = new(MeterName);

    public static readonly Counter<long> Accepted = s_meter.CreateCounter<long>("triggers.ingest.events.accepted", "{event}", "Events that are durable.");

    public static readonly Counter<long> Rejected = s_meter.CreateCounter<long>("triggers.ingest.events.rejected", "{event}", "Events answered 200 that could not be taken in.");

    private static readonly Counter<long> s_refused = s_meter.CreateCounter<long>("triggers.ingest.requests.refused", "{request}", "Requests of which nothing was taken.");

    /// <param name="type">invalid, unauthorized, busy, unavailable or internal.</param>
    public static void Refused(string type) => s_refused.Add(1, new KeyValuePair<string, object?>("error.type", type));

    public static void Refused(int status) => Refused(status switch
    {
        StatusCodes.Status401Unauthorized => "unauthorized",
        StatusCodes.Status429TooManyRequests => "busy",
        StatusCodes.Status503ServiceUnavailable => "unavailable",
        >= 500 => "internal",
        _ => "invalid",
    });
}
