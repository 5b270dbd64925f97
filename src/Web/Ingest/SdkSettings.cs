using System.Text.Json;

namespace Triggers.Web.Ingest;

/// <summary>
/// What analytics-next, C# and Kotlin load before they send: this host instead of Segment's, one integration only (a second makes
/// analytics-next load legacy destinations), and no metrics.
/// </summary>
internal static class SdkSettings
{
    public static byte[] Write(string writeKey, string scheme, string host)
    {
        var apiHost = host + "/v1";
        var open = new Dictionary<string, object>(StringComparer.Ordinal) { ["__default"] = new { enabled = true, integrations = new { } } };
        var settings = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["integrations"] = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["Segment.io"] = new
                {
                    apiKey = writeKey,
                    apiHost,
                    protocol = scheme,
                    unbundledIntegrations = Array.Empty<string>(),
                    addBundledMetadata = true,
                    maybeBundledConfigIds = new { },
                    versionSettings = new { version = "4.4.7", componentTypes = new[] { "browser" } },
                },
            },
            ["plan"] = new { track = open, identify = open, group = open },
            ["metrics"] = new { sampleRate = 0, host = apiHost, protocol = scheme },
            ["edgeFunction"] = new { },
            ["enabledMiddleware"] = new { },
            ["middlewareSettings"] = new { },
            ["remotePlugins"] = Array.Empty<string>(),
            ["analyticsNextEnabled"] = true,
            ["legacyVideoPluginsEnabled"] = false,
        };
        return JsonSerializer.SerializeToUtf8Bytes(settings);
    }
}
