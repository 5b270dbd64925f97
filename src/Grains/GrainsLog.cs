using Microsoft.Extensions.Logging;

namespace Triggers.Grains;

/// <summary>What a cluster's processes log; ids are unique and stay.</summary>
internal static partial class GrainsLog
{
    [LoggerMessage(4000, LogLevel.Warning, "No silo of cluster '{Cluster}' answers yet: {Reason} It is tried again every second.")]
    public static partial void WaitsForSilo(this ILogger log, string cluster, string reason);

    [LoggerMessage(4001, LogLevel.Information, "The cluster's silos: {Silos}.")]
    public static partial void SilosAre(this ILogger log, string silos);

    [LoggerMessage(4002, LogLevel.Information, "Partitions {Partitions} go to silo {Silo}, which has fewer.")]
    public static partial void HandsOver(this ILogger log, string partitions, string silo);

    [LoggerMessage(4003, LogLevel.Warning, "Partition {Partition} does not answer: {Reason} It is tried again.")]
    public static partial void PartitionSilent(this ILogger log, int partition, string reason);

    [LoggerMessage(4004, LogLevel.Warning, "Partition {Partition} could not be handed over: {Reason} Its next owner recovers it.")]
    public static partial void HandOverFailed(this ILogger log, int partition, string reason);

    [LoggerMessage(4005, LogLevel.Error, "The keeper of partitions met an unforeseen error; it goes on.")]
    public static partial void KeeperFailed(this ILogger log, Exception error);

    [LoggerMessage(4006, LogLevel.Error, "The other silos have declared this one dead, since it did not answer them: it stood still, had no processor time, or was cut off. They have its partitions, and nothing that it still does is committed. The process ends; start it again.")]
    public static partial void DeclaredDead(this ILogger log);

    [LoggerMessage(4007, LogLevel.Error, "The silo cannot go on, so the process ends: {Reason}")]
    public static partial void SiloFailed(this ILogger log, Exception? error, string reason);

    [LoggerMessage(4008, LogLevel.Debug, "What operators asked of the placement of partitions cannot be read now: {Reason} What was read last holds.")]
    public static partial void PlanUnknown(this ILogger log, string reason);

    [LoggerMessage(4010, LogLevel.Debug, "The cluster's silos are not known now: {Reason} It is asked again.")]
    public static partial void SilosUnknown(this ILogger log, string reason);

    [LoggerMessage(4011, LogLevel.Debug, "The silo {Silo} tells no live numbers: {Reason} It is asked again.")]
    public static partial void SiloSilent(this ILogger log, string silo, string reason);
}
