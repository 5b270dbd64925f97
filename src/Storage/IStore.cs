using Triggers.Engine.Effects;
using Triggers.Engine.Records;

namespace Triggers.Storage;

/// <summary>
/// Everything a server keeps: one data folder (SQLite) or one database (PostgreSQL). Opened by its engine's own factory, which applies migrations,
/// takes the lock that keeps a second process out, and refuses a newer format. All members may be called from any thread.
/// </summary>
public interface IStore : IAsyncDisposable
{
    StoreInfo Info { get; }

    /// <summary>Other processes may own partitions of it; otherwise this one owns all.</summary>
    bool IsShared { get; }

    ILog Log { get; }

    ICustomerStore Customers { get; }

    IHistory History { get; }

    IChecksums Checksums { get; }

    IOutbox Outbox { get; }

    IMessageStore Messages { get; }

    IMailbox Mailbox { get; }

    IDefinitionStore Definitions { get; }

    IRejectedStore Rejected { get; }

    IImportJournal Imports { get; }

    IQualityStore Quality { get; }

    ISettingStore Settings { get; }

    ISearchIndex Search { get; }

    IListStore Lists { get; }

    /// <summary>Where each partition stands and what every counter is: read once, before the loops start.</summary>
    Recovery Recover();

    /// <summary>Where some partitions stand, in the order asked for, without what they have counted: whoever takes one over needs no more.</summary>
    IReadOnlyList<PartitionMark> MarksOf(IReadOnlyList<int> partitions);

    /// <summary>What a partition's commits have counted, as of the last one; a commit of several partitions counts for the first. Only of a shared store.</summary>
    IReadOnlyDictionary<string, long> CountersOf(int partition);

    /// <summary>
    /// Applies a commit: everything in it or nothing, durable when the task ends. Commits of one partition must be given in order; they may be given
    /// without waiting for the one before. While storage refuses (disk full) the task waits and the commit is retried unchanged.
    /// </summary>
    /// <exception cref="EpochLostException">Another owner has the partition: nothing was committed.</exception>
    Task CommitAsync(Commit commit);

    /// <summary>Background work rests until the answer is disposed: a server that recovers needs the processor and the disk for that.</summary>
    IDisposable HoldUpkeep();

    /// <summary>Nothing waits any more for a disk or server that refuses: it fails, and the next start replays it from the log. For a stop whose patience is at its end.</summary>
    void GiveUp();

    /// <summary>Whether it takes data. Costs nothing: health checks ask it often.</summary>
    StoreCondition Condition { get; }

    /// <summary>Sizes and backlogs. Asks the disk or the server: not for a busy path.</summary>
    StoreFigures Figures();

    /// <summary>Customers that are erased for everybody who asks, but of whom bytes may still be on disk; oldest first.</summary>
    IReadOnlyList<PendingErasure> PendingErasures();
}

/// <param name="At">When it was erased, ms since 1970.</param>
public sealed record PendingErasure(string CustomerKey, long At);

/// <param name="StoreId">Random, made at creation: tells stores apart in links and logs.</param>
/// <param name="Secret">32 random bytes made at creation: signs tracking links and cookies.</param>
/// <param name="CreatedAt">ms since 1970.</param>
/// <param name="Origin">Where it lies, as far as a dump and its restore change it; empty: that cannot be told.</param>
public sealed record StoreInfo(string StoreId, byte[] Secret, int Partitions, int FormatVersion, long CreatedAt, string Origin = "");

/// <summary>Thrown to a loop that lost its partition: it must throw away everything applied past the cursor.</summary>
public sealed class EpochLostException(int partition, long epoch) : Exception($"Partition {partition} has a newer owner than epoch {epoch}.")
{
    public int Partition { get; } = partition;
}

/// <param name="Partitions">One a partition, by number.</param>
/// <param name="Counters">Every counter's total as of the cursors.</param>
public sealed record Recovery(IReadOnlyList<PartitionMark> Partitions, IReadOnlyDictionary<string, long> Counters);

/// <param name="Cursor">Offset of the first record not yet committed.</param>
/// <param name="Floor">Offset of the first record that some flushed state may lack; records in [Floor, Cursor) rebuild state without effects.</param>
/// <param name="FloorState">What the partition's loop kept beside its customers at the floor (program version, paused campaigns); the runtime's own bytes.</param>
/// <param name="Head">Offset the next appended record will get.</param>
public sealed record PartitionMark(int Partition, long Epoch, long Cursor, long Floor, byte[] FloorState, long Head);

/// <summary>What one or more partitions did, to be made durable in one transaction.</summary>
public sealed class Commit : IDisposable
{
    public List<PartitionAdvance> Advances { get; } = [];

    /// <summary>Of the effects of each record of each advance, in their order: two bytes, little-endian. 0: none. Nothing at all: none of any.</summary>
    public ByteWriter Checksums { get; } = new(1024);

    public Dictionary<Counter, long> Counters { get; } = [];

    public List<MessageDecision> Messages { get; } = [];

    public List<Cancellation> Cancellations { get; } = [];

    public List<IndexedCustomer> Indexed { get; } = [];

    /// <summary>For other customers; appended in the same transaction.</summary>
    public RecordBatch Records { get; } = new();

    public List<Flush> Flushes { get; } = [];

    /// <summary>Keys of customers whose records, messages, mailbox and search rows are to be rewritten or removed; offsets stay.</summary>
    public List<string> Erased { get; } = [];

    public void Dispose()
    {
        Records.Dispose();
        Checksums.Dispose();
    }
}

/// <param name="From">The cursor before; the commit is refused as a bug if the stored cursor differs.</param>
/// <param name="To">The cursor after.</param>
public readonly record struct PartitionAdvance(int Partition, long Epoch, long From, long To)
{
    public const int ChecksumBytes = 2;

    public int Records => (int)(To - From);
}

/// <summary>Messages still queued are marked: the pump turns them into skipped outcomes. Null: any (a paused campaign cancels every customer's).</summary>
public sealed record Cancellation(string? CustomerKey, string? Campaign, string? Channel, string Reason);

public sealed record IndexedCustomer(string CustomerKey, string? Email, string? Name);

/// <summary>Snapshots of one partition's customers, none ahead of the cursor that this commit sets, and the floor that holds with them.</summary>
public sealed record Flush(int Partition, long Floor, byte[] FloorState, IReadOnlyList<Snapshot> Snapshots);

/// <param name="Due">The customer's next due instant, a whole second in ms since 1970; <see cref="long.MaxValue"/>: none.</param>
/// <param name="State">Begins with the length-prefixed UTF-8 customer key, so that the store can tell hash collisions apart. Empty: the customer is gone (erased).</param>
public readonly record struct Snapshot(ulong CustomerHash, long Due, ReadOnlyMemory<byte> State);
