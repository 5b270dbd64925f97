namespace Triggers.Runtime.Live;

/// <summary>Counters and decisions of the whole server for viewers: one coalesced stream that every hub connection of this process shares.</summary>
public interface ILiveFeed
{
    LiveSnapshot Snapshot();

    /// <summary>Raised at most 4 times a second, only when something changed. Handlers must not block.</summary>
    event Action<LiveDelta>? Changed;
}

/// <param name="Counters">Every counter by its name (see docs/counters.md), as of the last commit.</param>
/// <param name="Feed">The latest decisions, newest first, at most 50.</param>
public sealed record LiveSnapshot(long Version, IReadOnlyDictionary<string, long> Counters, LiveRates Rates, IReadOnlyList<FeedItem> Feed);

/// <param name="Version">Snapshot version + 1, + 2, …: a gap means take a new snapshot.</param>
/// <param name="Counters">Only those that changed, with their new totals.</param>
/// <param name="Feed">Decisions since the last delta, newest first, at most 50.</param>
public sealed record LiveDelta(long Version, IReadOnlyDictionary<string, long> Counters, LiveRates Rates, IReadOnlyList<FeedItem> Feed);

/// <param name="Queued">Messages waiting in the outbox.</param>
/// <param name="LagRecords">Records appended and not yet committed.</param>
public sealed record LiveRates(double EventsPerSecond, double MessagesPerSecond, long Queued, long LagRecords, bool SendingPaused);

/// <param name="Kind">segment-entered, segment-exited, lifecycle-changed, grade-changed, campaign-entered, campaign-exited, campaign-completed, message-decided, message-skipped, converted, merged, opted-out, suppressed.</param>
public sealed record FeedItem(DateTimeOffset At, string Kind, string Customer, string Subject, string Detail);
