using Triggers.Storage;

namespace Triggers.Runtime.Operations;

/// <summary>A node's loops at one moment.</summary>
internal sealed record NodeSample(IReadOnlyList<PartitionView> Partitions, LagView Lag, TimersView Timers, ResidentView Customers)
{
    public static NodeSample Nothing { get; } = Of([]);

    public int Recovering => Partitions.Count(partition => partition.State != PartitionStates.Live);

    public static NodeSample Of(IReadOnlyList<PartitionView> partitions) => new(
        partitions,
        new LagView(partitions.Sum(each => each.LagRecords), partitions.Select(each => each.LagSeconds).DefaultIfEmpty().Max(), partitions.Sum(each => Math.Max(0, each.Cursor - each.Floor))),
        new TimersView(partitions.Sum(each => each.Timers), partitions.Sum(each => each.TimersDue), partitions.Select(each => each.TimersLateSeconds).DefaultIfEmpty().Max()),
        new ResidentView(partitions.Sum(each => each.Customers), partitions.Sum(each => each.CustomerBytes)));
}

/// <summary>What a partition's loop is doing, as texts.</summary>
internal static class PartitionStates
{
    public const string Live = "live", Recovering = "recovering";
}

/// <summary>What the store and the outbox hold, as of the last look.</summary>
internal sealed record StoreSample(StoreFigures Figures, IReadOnlyList<ChannelDepth> Channels, long DeadLetters, long Customers)
{
    public static StoreSample Nothing { get; } = new(new StoreFigures("", 0, new Dictionary<string, long>(StringComparer.Ordinal), 0, Storage.Measuring.Latency.None, []), [], 0, 0);

    /// <summary>Where the log begins, if a retention has dropped what was before.</summary>
    public DateTimeOffset? HistoryFrom { get; init; }
}
