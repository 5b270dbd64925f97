using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Triggers.Silo.Cli;

namespace Triggers.Silo.Serve;

/// <summary>What operators call this process, and who may read its metrics.</summary>
/// <param name="MetricsKey">Empty: the management key only.</param>
/// <param name="Meters">Shown at /metrics beside those that are known.</param>
/// <param name="DrainFor">How long the server goes on, unready, after it was told to stop.</param>
public sealed record OperationsChoice(string NodeName, string MetricsKey, IReadOnlyList<string> Meters, TimeSpan DrainFor)
{
    private const int DrainSecondsMax = 600;

    public string Version { get; } = typeof(OperationsChoice).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    /// <param name="port">Tells a cluster's processes on one machine apart; null: there is one.</param>
    public static OperationsChoice Read(IConfiguration configuration, int? port) => new(
        configuration["NodeName"] is { Length: > 0 } name ? name
            : port is { } number ? string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}:{number}")
            : Environment.MachineName,
        configuration["Metrics:Key"] ?? "",
        (configuration["Metrics:Meters"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        ReadDrain(configuration));

    private static TimeSpan ReadDrain(IConfiguration configuration)
    {
        var text = configuration["DrainSeconds"];
        return string.IsNullOrWhiteSpace(text) ? TimeSpan.Zero
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DrainSecondsMax ? TimeSpan.FromSeconds(seconds)
            : throw new UserErrorException($"DrainSeconds is '{text}': a number of seconds up to {DrainSecondsMax} was expected.", ExitCodes.Usage);
    }
}
