namespace Triggers.Runtime.Operations;

/// <summary>What supervisors and load balancers need to know of a process.</summary>
/// <param name="Status">One of <see cref="HealthStatus"/>.</param>
/// <param name="Reasons">Why it is not ready, or what is wrong though it is.</param>
public sealed record HealthReport(string Status, IReadOnlyList<string> Reasons)
{
    /// <summary>Send it traffic.</summary>
    public bool IsReady => Status == HealthStatus.Ready;

    /// <summary>false: only a new start of the process helps.</summary>
    public bool IsLive => Status != HealthStatus.Ended;
}

/// <summary>The states of a process, as texts that people and programs read.</summary>
public static class HealthStatus
{
    public const string Ready = "ready";

    /// <summary>It replays what a former process left.</summary>
    public const string Recovering = "recovering";

    /// <summary>It was told to stop and finishes what it has.</summary>
    public const string Draining = "draining";

    /// <summary>Its store takes no data; it goes on by itself when that ends.</summary>
    public const string Refusing = "refusing";

    /// <summary>It belongs to the cluster and does not answer.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>It cannot go on.</summary>
    public const string Ended = "ended";

    /// <summary>From best to worst.</summary>
    public static IReadOnlyList<string> Order { get; } = [Ready, Draining, Recovering, Refusing, Unreachable, Ended];
}
