using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Triggers.Silo.Cli;

namespace Triggers.Silo.Serve;

/// <summary>What operators call this process, and who may read its metrics.</summary>
/// <param name="MetricsKey">Empty: the management key only.</param>
/// <param name="Meters">Shown at /metrics beside those that are known.</param>
/// <param name="DrainFor">How long the server goes on, unready, after it was told to stop.</param>
/// <param name="StopPatience">How long a stop waits for a store that takes nothing.</param>
public sealed record OperationsChoice(string NodeName, string MetricsKey, IReadOnlyList<string> Meters, TimeSpan DrainFor, TimeSpan StopPatience)
{
    private const int SecondsMax = 600;

    /// <summary>With the answers' three seconds before and the grace behind it below the shortest time after which something in deploy/ kills: 30 s.</summary>
    private const int StopPatienceSeconds = 15;

    public string Version { get; } = typeof(OperationsChoice).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    /// <param name="port">Tells a cluster's processes on one machine apart; null: there is one.</param>
    public static OperationsChoice Read(IConfiguration configuration, int? port) => new(
        configuration["NodeName"] is { Length: > 0 } name ? name
            : port is { } number ? string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}:{number}")
            : Environment.MachineName,
        configuration["Metrics:Key"] ?? "",
        (configuration["Metrics:Meters"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        ReadSeconds(configuration, "DrainSeconds", 0),
        ReadSeconds(configuration, "StopPatienceSeconds", StopPatienceSeconds));

    private static TimeSpan ReadSeconds(IConfiguration configuration, string name, int otherwise)
    {
        var text = configuration[name];
        return string.IsNullOrWhiteSpace(text) ? TimeSpan.FromSeconds(otherwise)
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= SecondsMax ? TimeSpan.FromSeconds(seconds)
            : throw new UserErrorException($"{name} is '{text}': a number of seconds up to {SecondsMax} was expected.", ExitCodes.Usage);
    }
}
