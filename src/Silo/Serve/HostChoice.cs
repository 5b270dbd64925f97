using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Triggers.Grains;
using Triggers.Runtime.Hosting;
using Triggers.Silo.Cli;

namespace Triggers.Silo.Serve;

/// <summary>What a server's loops and customers live in.</summary>
/// <param name="Cluster">null: the server is embedded.</param>
public sealed record HostChoice(ClusterSettings? Cluster, ServeRole Role)
{
    public static Option<string?> RuntimeOption { get; } = new("--runtime") { Description = "embedded, or orleans: every customer a grain; over PostgreSQL, several processes are a cluster; also Runtime. [default: embedded]" };

    public static HostChoice Embedded { get; } = new(null, ServeRole.All);

    /// <summary>Other processes may serve the same store.</summary>
    public bool IsCluster => Cluster?.ConnectionString is not null;

    /// <summary>For people.</summary>
    public string Description => Cluster switch
    {
        null => ClusterHost.IsAvailable ? "embedded" : "embedded (this build has no Orleans)",
        { ConnectionString: null } => "Orleans, one silo",
        { HasSilo: false } cluster => $"Orleans, a web process of cluster '{cluster.ClusterId}'",
        var cluster => $"Orleans, a silo of cluster '{cluster.ClusterId}' at {cluster.Address}:{cluster.SiloPort}",
    };

    public static HostChoice Read(IConfiguration configuration, ServeOptions options, StoreChoice store)
    {
        var runtime = options.Runtime ?? configuration["Runtime"];
        var role = ClusterChoice.ReadRole(configuration, options.Cluster);
        var isOrleans = string.Equals(runtime, "orleans", StringComparison.OrdinalIgnoreCase);
        if (!(isOrleans && store.Connection is not null) && KubernetesChoice.IsAsked(configuration, options.Cluster.Kubernetes))
        {
            throw new UserErrorException("--kubernetes is of a cluster's silos: add --runtime orleans and --store postgres, or leave it out.", ExitCodes.Usage);
        }

        switch (runtime?.ToLowerInvariant())
        {
            case null or "" or "embedded" when role == ServeRole.All:
                return Embedded;
            case null or "" or "embedded":
                throw new UserErrorException("--role silo and web are of a cluster: add --runtime orleans and --store postgres.", ExitCodes.Usage);
            case "orleans" when !ClusterHost.IsAvailable:
                throw new UserErrorException("--runtime orleans: this build has no Orleans, since its packages could not be restored. Build it where they can, or leave the option out.", ExitCodes.Usage);
            case "orleans" when store.Connection is null && role != ServeRole.All:
                throw new UserErrorException("--role silo and web need a store that several processes share: add --store postgres. SQLite is one process's.", ExitCodes.Usage);
            case "orleans":
                return new HostChoice(store.Connection is null ? ClusterSettings.Alone : ClusterChoice.Read(configuration, options, store.Connection, role), role);
            default:
                throw new UserErrorException($"--runtime {runtime}: embedded or orleans was expected.", ExitCodes.Usage);
        }
    }

    /// <summary>To be disposed after the server; null: the server is embedded.</summary>
    public LoopHost? Create(ILoggerFactory logs) => Cluster is null ? null : ClusterHost.Create(Cluster, logs);
}
