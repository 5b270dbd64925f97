using Triggers.Engine.Records;

namespace Triggers.Storage;

/// <summary>Messages that are decided and not yet done: the pump's work list. Fresh ones are also handed over in memory; this is the truth.</summary>
public interface IOutbox
{
    /// <summary>Raised after a commit with the messages it queued, on the writer's thread: take and return; what does not fit is found by <see cref="ReadDue"/>.</summary>
    event Action<IReadOnlyList<QueuedMessage>>? Queued;

    /// <summary>Queued messages of one channel whose next attempt is due, oldest first, those in <paramref name="except"/> left out. By channel, so that a slow one hides no other.</summary>
    /// <param name="partitions">Only of customers in these; null: of all.</param>
    IReadOnlyList<QueuedMessage> ReadDue(string channel, long now, int limit, IReadOnlySet<string> except, IReadOnlySet<int>? partitions = null);

    /// <summary>The first instant after <paramref name="after"/> (ms) at which a queued message of the channel has its next attempt; <see cref="long.MaxValue"/>: none.</summary>
    /// <param name="partitions">Only of customers in these; null: of all.</param>
    long NextAttempt(string channel, long after, IReadOnlySet<int>? partitions = null);

    /// <summary>How a queued message stands, read right before sending; null: it is not queued any more (closed, maybe by another process, or erased).</summary>
    OutboxLook? Look(string messageId);

    /// <summary>
    /// Closes rows and appends the outcome records in one transaction; returns how many. Only what was still queued gets its outcome: a message that another process closed
    /// has one, and that of a message that was erased while it was under way would bring its customer back into the log.
    /// </summary>
    Task<int> CloseAsync(IReadOnlyList<OutboxClose> closed, RecordBatch outcomes);

    /// <summary>Keeps a row queued for a later attempt.</summary>
    Task RetryAsync(string messageId, int attempts, long nextAttemptAt, string reason);

    /// <summary>Marks queued messages that were decided before an instant and not cancelled yet; they are due at once, to be closed as skipped. Returns how many.</summary>
    Task<int> CancelAsync(long decidedBefore, long now, string reason);

    /// <summary>Puts a dead letter back; false if there is none of that id.</summary>
    /// <param name="cancelReason">Why it must not be sent any more, to be closed as skipped; null: it may.</param>
    Task<bool> ResendAsync(string messageId, long now, long expiresAt, string? cancelReason = null);

    /// <summary>Number of queued messages, and the oldest one's decision time (ms; 0: none).</summary>
    /// <param name="partitions">Only of customers in these; null: of all.</param>
    (long Count, long OldestDecidedAt) Depth(IReadOnlySet<int>? partitions = null);

    /// <summary>Queued messages by channel; channels without any are left out. Counts them: not for a busy path.</summary>
    IReadOnlyList<ChannelDepth> Depths();

    /// <summary>Dead letters that were not sent again. Counts them: not for a busy path.</summary>
    long CountDeadLetters();
}

/// <summary>Persisted as text; append-only.</summary>
public enum MessageStatus
{
    Queued = 1,
    Sent = 2,
    Skipped = 3,

    /// <summary>A dead letter: it failed for good and may be re-sent by hand.</summary>
    Failed = 4,
}

/// <param name="CancelReason">Why it must not be sent any more; null: it may.</param>
/// <param name="Epoch">Of the owner of the message's partition: who has a lower one must leave the message alone.</param>
public readonly record struct OutboxLook(string? CancelReason, long Epoch);

public sealed record OutboxClose(string MessageId, MessageStatus Status, string Reason, long At, int Attempts);

/// <param name="Data">The JSON that templates see.</param>
public sealed record QueuedMessage(
    string MessageId,
    string CustomerKey,
    string Campaign,
    int CampaignVersion,
    string StepId,
    string Channel,
    string Template,
    string Address,
    byte[] Data,
    long DecidedAt,
    long ExpiresAt,
    int Attempts);

/// <summary>Every message ever decided, for lists, tracking links and support.</summary>
public interface IMessageStore
{
    MessageRow? Find(string messageId);

    /// <summary>Newest first. Null filters: any. <paramref name="before"/>: paging token from the last row (its Sequence).</summary>
    IReadOnlyList<MessageRow> List(string? customerKey, string? campaign, MessageStatus? status, long? before, int limit);
}

public sealed record MessageRow(
    long Sequence,
    string MessageId,
    string CustomerKey,
    string Campaign,
    int CampaignVersion,
    string StepId,
    string Channel,
    string Template,
    string Address,
    MessageStatus Status,
    string Reason,
    int Attempts,
    long DecidedAt,
    long ClosedAt);

/// <summary>Mail kept for reading instead of being sent; bounded to the newest 10,000.</summary>
public interface IMailbox
{
    /// <summary>A mail whose message was erased while it was under way is not kept; a test has no message.</summary>
    Task AddAsync(MailboxItem item);

    IReadOnlyList<MailboxItem> List(long? before, int limit);

    MailboxItem? Find(string messageId);

    long Count();
}

/// <param name="Sequence">0 when adding; the store gives it.</param>
public sealed record MailboxItem(long Sequence, string MessageId, string From, string To, string Subject, string Html, string Text, string Headers, string Campaign, string CustomerKey, long At, bool IsTest);
