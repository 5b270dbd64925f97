using Microsoft.Extensions.Logging;
using Triggers.Runtime.Hosting;

namespace Triggers.Grains;

/// <summary>The way to the cluster host. Orleans' packages do not restore everywhere; a build without them has the embedded host alone.</summary>
public static class ClusterHost
{
#if WITH_ORLEANS
    public const bool IsAvailable = true;

    /// <summary>Starts a silo in this process; a server that is given it runs its loops and customers there. Dispose it after the server.</summary>
    public static async Task<LoopHost> StartAsync(ILoggerFactory logs, CancellationToken cancellation) =>
        await Hosting.OrleansHost.StartAsync(logs, cancellation);
#else
    public const bool IsAvailable = false;

    /// <exception cref="NotSupportedException">Always: this build has no Orleans.</exception>
    public static Task<LoopHost> StartAsync(ILoggerFactory logs, CancellationToken cancellation) =>
        throw new NotSupportedException("This build has no Orleans.");
#endif
}
