using Microsoft.Extensions.Logging;
using Triggers.Runtime.Hosting;

namespace Triggers.Grains;

/// <summary>The way to the cluster host. Orleans' packages do not restore everywhere; a build without them has the embedded host alone.</summary>
public static class ClusterHost
{
#if WITH_KUBERNETES
    /// <summary>Silos can watch their pods.</summary>
    public static bool HasKubernetes => true;

    /// <summary>What the API server, or the way to it, said when a silo could not start for it; null: it was something else.</summary>
    public static string? OfKubernetes(Exception error) => Hosting.KubernetesSetup.Explain(error);
#else
    public static bool HasKubernetes => false;

    public static string? OfKubernetes(Exception error) => null;
#endif

#if WITH_ORLEANS
    public static bool IsAvailable => true;

    /// <summary>A silo in this process, or a client of the others' silos. It starts with the first server that is given it; dispose it after the server.</summary>
    public static LoopHost Create(ClusterSettings settings, ILoggerFactory logs) => new Hosting.OrleansHost(settings, logs);
#else
    public static bool IsAvailable => false;

    /// <exception cref="NotSupportedException">Always: this build has no Orleans.</exception>
    public static LoopHost Create(ClusterSettings settings, ILoggerFactory logs) => throw new NotSupportedException("This build has no Orleans.");
#endif
}
