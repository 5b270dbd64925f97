using Microsoft.Extensions.Configuration;

namespace Triggers.Silo.Serve;

/// <summary>What operators call this process, and who may read its metrics.</summary>
/// <param name="MetricsKey">Empty: the management key only.</param>
/// <param name="Meters">Shown at /metrics beside those that are known.</param>
public sealed record OperationsChoice(string NodeName, string MetricsKey, IReadOnlyList<string> Meters)
{
    public static OperationsChoice Read(IConfiguration configuration) => new(
        configuration["NodeName"] is { Length: > 0 } name ? name : Environment.MachineName,
        configuration["Metrics:Key"] ?? "",
        (configuration["Metrics:Meters"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
