using Microsoft.Extensions.Logging;

namespace Triggers.Runtime;

/// <summary>Everything the runtime logs; ids 3000–3999.</summary>
internal static partial class RuntimeLog
{
    [LoggerMessage(3000, LogLevel.Information, "Recovered {Partitions} partitions with {Records} records to replay; definitions version {Version}.")]
    public static partial void Recovering(this ILogger log, int partitions, long records, int version);

    [LoggerMessage(3001, LogLevel.Information, "Every partition is live after {Elapsed}.")]
    public static partial void Live(this ILogger log, TimeSpan elapsed);

    [LoggerMessage(3002, LogLevel.Error, "Loop {Worker} lost its ground; it throws away what is not committed and begins again from the store.")]
    public static partial void LoopRestarts(this ILogger log, Exception error, int worker);

    [LoggerMessage(3003, LogLevel.Warning, "A commit of loop {Worker} did not happen; its records will be applied again.")]
    public static partial void CommitLost(this ILogger log, Exception error, int worker);

    [LoggerMessage(3004, LogLevel.Error, "The machine could not apply record {Offset} of partition {Partition} to customer {Customer}; this is a bug.")]
    public static partial void ApplyFailed(this ILogger log, Exception error, int partition, long offset, string customer);

    [LoggerMessage(3005, LogLevel.Debug, "Every customer of partition {Partition} has been told of definitions version {Version}.")]
    public static partial void WalkDone(this ILogger log, int partition, int version);

    [LoggerMessage(3006, LogLevel.Warning, "Replaying {Record}, record {Offset} of partition {Partition}, led customer {Customer} to other effects than it had when it was committed: it {Difference}. What was sent stays sent.")]
    public static partial void ReplayDisagrees(this ILogger log, string record, long offset, int partition, string customer, string difference);

    [LoggerMessage(3007, LogLevel.Warning, "{Count} more records of partition {Partition} led to other effects than when they were committed. Stop the server and run `triggers replay --check` for all of them.")]
    public static partial void ReplayDisagreesMore(this ILogger log, long count, int partition);

    [LoggerMessage(3008, LogLevel.Warning, "The store's sizes and depths could not be read; the last ones are shown.")]
    public static partial void FiguresMissing(this ILogger log, Exception error);

    [LoggerMessage(3009, LogLevel.Warning, "Partition {Partition} has another owner now: its loop ends here, and nothing that it had not committed counts.")]
    public static partial void PartitionLost(this ILogger log, int partition);

    [LoggerMessage(3010, LogLevel.Information, "Definitions version {Version} is in force.")]
    public static partial void Activated(this ILogger log, int version);

    [LoggerMessage(3011, LogLevel.Warning, "The definitions folder has errors ({Count}); version {Version} stays in force. First: {First}")]
    public static partial void DefinitionsInvalid(this ILogger log, int count, int version, string first);

    [LoggerMessage(3012, LogLevel.Warning, "Changed definitions cannot be taken in yet; it is tried again.")]
    public static partial void WatchFailed(this ILogger log, Exception error);

    [LoggerMessage(3013, LogLevel.Warning, "The definitions in {Folder} were in force once and have been replaced since; version {Version} stays. Reload them to bring them back.")]
    public static partial void OlderDefinitions(this ILogger log, string folder, int version);

    [LoggerMessage(3014, LogLevel.Information, "Definitions version {Version} is in force, brought by another process.")]
    public static partial void FollowsDefinitions(this ILogger log, int version);

    [LoggerMessage(3015, LogLevel.Error, "Version {Version} of the definitions is in force, and this process cannot read it.")]
    public static partial void FollowFailed(this ILogger log, Exception error, int version);

    [LoggerMessage(3016, LogLevel.Information, "What version {Version} of the definitions introduced is filled from history: version {FilledIn}, the same definitions, is in force.")]
    public static partial void Filled(this ILogger log, int version, int filledIn);

    [LoggerMessage(3017, LogLevel.Error, "Filling from history failed; it is tried again after {RetryMs} ms, from where it was.")]
    public static partial void FillFailed(this ILogger log, Exception error, int retryMs);

    [LoggerMessage(3018, LogLevel.Error, "Customers could not be measured; the lines known before hold. It is tried again.")]
    public static partial void MeasureFailed(this ILogger log, Exception error);

    [LoggerMessage(3020, LogLevel.Warning, "Message {MessageId} could not be handed over (attempt {Attempt}): {Reason}. Next attempt in {Wait}.")]
    public static partial void MessageRetries(this ILogger log, string messageId, int attempt, string reason, TimeSpan wait);

    [LoggerMessage(3021, LogLevel.Warning, "Message {MessageId} is a dead letter: {Reason}")]
    public static partial void MessageFailed(this ILogger log, string messageId, string reason);

    [LoggerMessage(3022, LogLevel.Error, "The outbox of channel {Channel} met an unforeseen error; it goes on.")]
    public static partial void LaneFailed(this ILogger log, Exception error, string channel);

    [LoggerMessage(3023, LogLevel.Error, "Closing messages failed; it is tried again.")]
    public static partial void CloseFailed(this ILogger log, Exception error);

    [LoggerMessage(3024, LogLevel.Warning, "All sending is paused. {Reason} See docs/backup.md before you resume.")]
    public static partial void SendingIsHeld(this ILogger log, string reason);

    [LoggerMessage(3040, LogLevel.Error, "Customers could not be told of static lists; it is tried again.")]
    public static partial void ListsFailed(this ILogger log, Exception error);

    [LoggerMessage(3030, LogLevel.Error, "Rejected events could not be kept.")]
    public static partial void RejectFailed(this ILogger log, Exception error);

    [LoggerMessage(3031, LogLevel.Error, "A viewer of the live feed threw.")]
    public static partial void ViewerFailed(this ILogger log, Exception error);

    [LoggerMessage(3033, LogLevel.Error, "The live feed could not take what changed; viewers see it once that can be read again.")]
    public static partial void LiveFeedFailed(this ILogger log, Exception error);

    [LoggerMessage(3032, LogLevel.Information, "Loop {Worker} read its customers into memory in {Elapsed}; now it goes on to {Records} records of the log.")]
    public static partial void MemoryFilled(this ILogger log, int worker, TimeSpan elapsed, long records);
}
