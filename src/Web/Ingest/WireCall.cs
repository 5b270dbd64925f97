using Triggers.Engine.Records;

namespace Triggers.Web.Ingest;

/// <summary>What a path of the wire format means.</summary>
/// <param name="Type">Type of the one event in the body; null: each event says its own.</param>
/// <param name="NeedsBatch">The body must hold <c>batch</c>.</param>
/// <param name="IsHistorical">Events build state and trigger nothing.</param>
internal sealed record WireCall(EventType? Type, bool NeedsBatch = false, bool IsHistorical = false)
{
    private static readonly WireCall Batch = new(null, NeedsBatch: true);

    /// <summary>Every path under which clients send events. The last ones are what SDKs call when their host is set one segment too long or too short.</summary>
    public static IReadOnlyDictionary<string, WireCall> ByPath { get; } = new Dictionary<string, WireCall>(StringComparer.Ordinal)
    {
        ["/v1/track"] = new(EventType.Track),
        ["/v1/t"] = new(EventType.Track),
        ["/v1/identify"] = new(EventType.Identify),
        ["/v1/i"] = new(EventType.Identify),
        ["/v1/page"] = new(EventType.Page),
        ["/v1/p"] = new(EventType.Page),
        ["/v1/screen"] = new(EventType.Screen),
        ["/v1/s"] = new(EventType.Screen),
        ["/v1/group"] = new(EventType.Group),
        ["/v1/g"] = new(EventType.Group),
        ["/v1/alias"] = new(EventType.Alias),
        ["/v1/a"] = new(EventType.Alias),
        ["/v1/batch"] = Batch,
        ["/v1/b"] = Batch,
        ["/v1/import"] = new(null, NeedsBatch: true, IsHistorical: true),
        ["/v1/batch/b"] = Batch,
        ["/v1/projects"] = new((EventType?)null),
    };
}
