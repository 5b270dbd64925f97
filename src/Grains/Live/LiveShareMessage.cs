using Triggers.Runtime.Hosting;
using Triggers.Runtime.Live;

namespace Triggers.Grains.Live;

/// <summary>A silo's share, or what changed of it, on the wire.</summary>
[GenerateSerializer]
[Immutable]
[Alias("triggers.live-share")]
internal sealed class LiveShareMessage
{
    [Id(0)]
    public required long Version { get; init; }

    [Id(1)]
    public required string[] Names { get; init; }

    /// <summary>Totals of the counters named.</summary>
    [Id(2)]
    public required long[] Totals { get; init; }

    [Id(3)]
    public required double EventsPerSecond { get; init; }

    [Id(4)]
    public required double MessagesPerSecond { get; init; }

    [Id(5)]
    public required long Queued { get; init; }

    [Id(6)]
    public required long LagRecords { get; init; }

    [Id(7)]
    public required bool SendingPaused { get; init; }

    [Id(8)]
    public required long OldestApplyingAt { get; init; }

    /// <summary>null: as before.</summary>
    [Id(9)]
    public required int[]? Partitions { get; init; }

    /// <summary>Of the partitions named.</summary>
    [Id(10)]
    public required long[]? Epochs { get; init; }

    [Id(11)]
    public required LiveItem[] Feed { get; init; }

    public static LiveShareMessage Of(LiveShare share) => Of(share.Version, share.Counters, share.Rates, share.OldestApplyingAt, share.Partitions, share.Feed);

    public static LiveShareMessage Of(LiveShareDelta delta) => Of(delta.Version, delta.Counters, delta.Rates, delta.OldestApplyingAt, delta.Partitions, delta.Feed);

    public LiveShare ToShare() => new(Version, Counters(), Rates(), OldestApplyingAt, Owned() ?? [], Items());

    public LiveShareDelta ToDelta() => new(Version, Counters(), Rates(), OldestApplyingAt, Owned(), Items());

    private static LiveShareMessage Of(
        long version, IReadOnlyDictionary<string, long> counters, LiveRates rates, long oldestApplyingAt, IReadOnlyList<OwnedPartition>? partitions, IReadOnlyList<FeedItem> feed) => new()
        {
            Version = version,
            Names = [.. counters.Keys],
            Totals = [.. counters.Values],
            EventsPerSecond = rates.EventsPerSecond,
            MessagesPerSecond = rates.MessagesPerSecond,
            Queued = rates.Queued,
            LagRecords = rates.LagRecords,
            SendingPaused = rates.SendingPaused,
            OldestApplyingAt = oldestApplyingAt,
            Partitions = partitions is null ? null : [.. partitions.Select(each => each.Number)],
            Epochs = partitions is null ? null : [.. partitions.Select(each => each.Epoch)],
            Feed = [.. feed.Select(LiveItem.Of)],
        };

    private Dictionary<string, long> Counters()
    {
        var counters = new Dictionary<string, long>(Names.Length, StringComparer.Ordinal);
        for (var index = 0; index < Names.Length; index++)
        {
            counters[Names[index]] = Totals[index];
        }

        return counters;
    }

    private LiveRates Rates() => new(EventsPerSecond, MessagesPerSecond, Queued, LagRecords, SendingPaused);

    private OwnedPartition[]? Owned() => Partitions is { } numbers && Epochs is { } epochs ? [.. numbers.Zip(epochs, (number, epoch) => new OwnedPartition(number, epoch))] : null;

    private FeedItem[] Items() => Array.ConvertAll(Feed, item => item.ToItem());
}

/// <summary>A decision for viewers, on the wire.</summary>
[GenerateSerializer]
[Immutable]
[Alias("triggers.live-item")]
internal sealed class LiveItem
{
    [Id(0)]
    public required DateTimeOffset At { get; init; }

    [Id(1)]
    public required string Kind { get; init; }

    [Id(2)]
    public required string Customer { get; init; }

    [Id(3)]
    public required string Subject { get; init; }

    [Id(4)]
    public required string Detail { get; init; }

    public static LiveItem Of(FeedItem item) => new() { At = item.At, Kind = item.Kind, Customer = item.Customer, Subject = item.Subject, Detail = item.Detail };

    public FeedItem ToItem() => new(At, Kind, Customer, Subject, Detail);
}
