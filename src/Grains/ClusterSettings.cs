using System.Net;

namespace Triggers.Grains;

/// <summary>How a process takes part in a cluster.</summary>
public sealed record ClusterSettings
{
    /// <summary>One silo by itself, which nobody reaches from outside of this process.</summary>
    public static ClusterSettings Alone { get; } = new();

    /// <summary>Of the database that the silos find each other in, as Npgsql takes it; null: one silo by itself.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>false: a client of the silos, that has no partition.</summary>
    public bool HasSilo { get; init; } = true;

    /// <summary>Processes of one id are one cluster.</summary>
    public string ClusterId { get; init; } = "triggers";

    /// <summary>What outlives a cluster's id, such as reminders, belongs to this.</summary>
    public string ServiceId { get; init; } = "triggers";

    /// <summary>What other processes reach this silo at.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>For other silos; 0: any that is free.</summary>
    public int SiloPort { get; init; }

    /// <summary>For clients; 0: any that is free.</summary>
    public int GatewayPort { get; init; }

    /// <summary>This silo is in a pod (<see cref="KubernetesPod"/>), and watches those of the others.</summary>
    public bool IsInPod { get; init; }

    /// <summary>Seconds without an answer after which the others declare a silo dead and take over its partitions.</summary>
    public int DeadAfterSeconds { get; init; } = 3;
}
