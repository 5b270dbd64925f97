using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Triggers.Grains;
using Triggers.Runtime.Hosting;
using Triggers.Silo.Cli;

namespace Triggers.Silo.Serve;

/// <summary>What a server's loops and customers live in.</summary>
public sealed record HostChoice(bool IsOrleans)
{
    public static Option<string?> RuntimeOption { get; } = new("--runtime") { Description = "embedded, or orleans: every customer a grain of an Orleans silo in this process; also Runtime. [default: embedded]" };

    /// <summary>For people.</summary>
    public string Description => IsOrleans ? "Orleans, one silo" : ClusterHost.IsAvailable ? "embedded" : "embedded (this build has no Orleans)";

    /// <param name="runtime">From the command line, which wins; null: not given.</param>
    public static HostChoice Read(IConfiguration configuration, string? runtime)
    {
        runtime ??= configuration["Runtime"];
        return runtime?.ToLowerInvariant() switch
        {
            null or "" or "embedded" => new HostChoice(IsOrleans: false),
            "orleans" => ClusterHost.IsAvailable ? new HostChoice(IsOrleans: true) : throw new UserErrorException(
                "--runtime orleans: this build has no Orleans, since its packages could not be restored. Build it where they can, or leave the option out.", ExitCodes.Usage),
            _ => throw new UserErrorException($"--runtime {runtime}: embedded or orleans was expected.", ExitCodes.Usage),
        };
    }

    /// <summary>Starts the silo, to be disposed after the server; null: the server is embedded.</summary>
    public async Task<LoopHost?> StartAsync(ILoggerFactory logs, CancellationToken cancellation) => IsOrleans ? await ClusterHost.StartAsync(logs, cancellation) : null;
}
