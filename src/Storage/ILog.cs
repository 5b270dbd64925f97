using Triggers.Engine.Records;

namespace Triggers.Storage;

/// <summary>The log: every record, in one order per partition, durable before anybody is told.</summary>
public interface ILog
{
    int Partitions { get; }

    /// <summary>
    /// Appends records, stamps their <c>at</c> (never decreasing in a partition) and gives them dense offsets. Durable when it returns Ok.
    /// The batch may be reused after that.
    /// </summary>
    /// <param name="mark">Import progress to move in the same transaction; null for everything else.</param>
    ValueTask<AppendResult> AppendAsync(RecordBatch records, AppendLane lane, ImportMark? mark = null, CancellationToken cancellation = default);

    /// <summary>Offset after the last record of a partition that this process knows of; others' appends are known within about a second.</summary>
    long Head(int partition);

    /// <summary>Reads the given partitions onward from the given offsets, one offset a partition.</summary>
    ILogReader OpenReader(IReadOnlyList<PartitionOffset> from);
}

/// <summary>Which queue an append waits in. Each is bounded; only <see cref="External"/> is ever refused.</summary>
public enum AppendLane
{
    /// <summary>From outside: refused with <see cref="AppendStatus.Busy"/> when full.</summary>
    External = 1,

    /// <summary>Timers, outcomes, facts, commands: room is reserved, the caller waits.</summary>
    Internal = 2,
}

public enum AppendStatus
{
    Ok = 1,

    /// <summary>The queue is full or the loops lag: try again after <see cref="AppendResult.RetryAfter"/>.</summary>
    Busy = 2,

    /// <summary>Storage refuses (disk full): nothing was appended; try again after <see cref="AppendResult.RetryAfter"/>.</summary>
    Unavailable = 3,

    /// <summary>The import mark was not the expected one: these rows are already in.</summary>
    AlreadyImported = 4,
}

/// <param name="At">The <c>at</c> the records got (ms since 1970); 0 unless Ok.</param>
public readonly record struct AppendResult(AppendStatus Status, long At, TimeSpan RetryAfter, string Reason)
{
    public bool IsOk => Status == AppendStatus.Ok;

    public static AppendResult Ok(long at) => new(AppendStatus.Ok, at, default, "");
}

public readonly record struct PartitionOffset(int Partition, long Offset);

/// <summary>
/// One reader's walk along the log. Slices of one partition come in order without a gap; memory handed out stays valid until the next call.
/// Fresh appends come from memory, older ones from disk: recovery is the same path. Disposed only when no read is under way.
/// </summary>
public interface ILogReader : IDisposable
{
    /// <summary>The next slices, or an empty list when <paramref name="wait"/> has passed with nothing to read. Returns at once when there is something.</summary>
    ValueTask<IReadOnlyList<LogSlice>> ReadAsync(TimeSpan wait, CancellationToken cancellation);
}

/// <summary>Records of one partition that were appended together: offsets FirstOffset … FirstOffset + Count − 1, one <c>at</c>. Read with <see cref="RecordView.Read"/>.</summary>
public readonly record struct LogSlice(int Partition, long FirstOffset, int Count, long At, ReadOnlyMemory<byte> Bytes);

/// <summary>One customer's (or everybody's) past records, in order; from sorted runs and the unsorted tail.</summary>
public interface IHistory
{
    /// <summary>Records of one customer key with offset in [from, to).</summary>
    IEnumerable<HistoryRecord> Read(CustomerKey key, long from = 0, long to = long.MaxValue);

    /// <summary>Every record of a partition in [from, to): each customer's in order, and behind every fact that stands before it; otherwise in any order.</summary>
    IEnumerable<HistoryRecord> ReadAll(int partition, long from = 0, long to = long.MaxValue);

    /// <summary>As of each partition by itself, of several in one pass over what is not sorted yet.</summary>
    IEnumerable<(int Partition, HistoryRecord Record)> ReadAll(IReadOnlyList<int> partitions);
}

/// <param name="Bytes">One encoded record.</param>
public readonly record struct HistoryRecord(long Offset, long At, ReadOnlyMemory<byte> Bytes);
