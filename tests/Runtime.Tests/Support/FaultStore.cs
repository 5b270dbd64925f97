using Triggers.Engine.Records;
using Triggers.Storage;

namespace Triggers.Runtime.Tests.Support;

/// <summary>
/// Stands between a server and its store and makes it fail: an epoch lost, or a crash at one operation, before or after it took place. After a crash
/// no operation ever answers, as when the process is gone.
/// </summary>
public sealed class FaultStore
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _crashed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _operations;
    private int _crashAt = int.MaxValue;
    private bool _crashAfter;
    private bool _loseNext;
    private bool _epochIsLost;
    private (int Partition, long Offset)? _spoiled;
    private long _keptSince;
    private int _readersCutOff;
    private volatile bool _readsOnPoolThreads;
    private volatile bool _isUnreadable;

    /// <summary>Where the store says that it lies.</summary>
    public string Origin { get; set; } = "";

    public int EpochsLost { get; private set; }

    /// <summary>Readers of the log that were disposed while they read.</summary>
    public int ReadersCutOff => Volatile.Read(ref _readersCutOff);

    /// <summary>Some loop read the log on a thread that it shares.</summary>
    public bool ReadsOnPoolThreads => _readsOnPoolThreads;

    /// <summary>Writing operations so far.</summary>
    public int Operations => _operations;

    public Task Crashed => _crashed.Task;

    public IStore Around(IStore store) => new Faulty(this, store);

    /// <summary>The next commit finds that another owner has the partition.</summary>
    public void LoseNextEpoch()
    {
        lock (_lock)
        {
            _loseNext = true;
        }
    }

    /// <summary>From now on the checksum of a record reads as another one.</summary>
    public void SpoilChecksum(int partition, long offset) => _spoiled = (partition, offset);

    /// <summary>From now on records appended before an instant are gone from the history, as when they were kept for so many days only.</summary>
    public void DropHistoryBefore(long at) => _keptSince = at;

    /// <summary>From now on the log cannot be read, as when a block of it is damaged.</summary>
    public void SpoilLog() => _isUnreadable = true;

    /// <summary>Crashes at the operation that is this many away from now.</summary>
    public void CrashIn(int operations, bool after)
    {
        lock (_lock)
        {
            _crashAt = _operations + operations;
            _crashAfter = after;
        }
    }

    /// <summary>Gives the planned crash up; false: it has happened.</summary>
    public bool Disarm()
    {
        lock (_lock)
        {
            _crashAt = int.MaxValue;
            return !_crashed.Task.IsCompleted;
        }
    }

    /// <summary>The next process: nothing is planned.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _crashAt = int.MaxValue;
            _crashed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private async Task<T> RunAsync<T>(Func<Task<T>> operation)
    {
        bool isLast;
        lock (_lock)
        {
            isLast = _operations++ == _crashAt;
            if (_crashed.Task.IsCompleted || (isLast && !_crashAfter))
            {
                _crashed.TrySetResult();
                isLast = false;
                operation = NeverAsync<T>;
            }
        }

        var result = await operation();
        lock (_lock)
        {
            if (isLast && _crashAt != int.MaxValue)
            {
                _crashed.TrySetResult();
            }
        }

        return _crashed.Task.IsCompleted ? await NeverAsync<T>() : result;
    }

    private static Task<T> NeverAsync<T>() => new TaskCompletionSource<T>().Task;

    private bool LosesEpoch()
    {
        lock (_lock)
        {
            if (_loseNext)
            {
                _loseNext = false;
                _epochIsLost = true;
                EpochsLost++;
            }

            return _epochIsLost;
        }
    }

    private void Found()
    {
        lock (_lock)
        {
            _epochIsLost = false;
        }
    }

    private sealed class Faulty(FaultStore faults, IStore inner) : IStore
    {
        public StoreInfo Info => inner.Info with { Origin = faults.Origin };

        public ILog Log { get; } = new FaultyLog(faults, inner.Log);

        public ICustomerStore Customers => inner.Customers;

        public IHistory History { get; } = new FaultyHistory(faults, inner.History);

        public IChecksums Checksums { get; } = new FaultyChecksums(faults, inner.Checksums);

        public IOutbox Outbox { get; } = new FaultyOutbox(faults, inner.Outbox);

        public IMessageStore Messages => inner.Messages;

        public IMailbox Mailbox => inner.Mailbox;

        public IDefinitionStore Definitions => inner.Definitions;

        public IRejectedStore Rejected => inner.Rejected;

        public IImportJournal Imports => inner.Imports;

        public IQualityStore Quality => inner.Quality;

        public ISettingStore Settings => inner.Settings;

        public ISearchIndex Search => inner.Search;

        public IListStore Lists => inner.Lists;

        public StoreCondition Condition => inner.Condition;

        public StoreFigures Figures() => inner.Figures();

        public bool IsShared => inner.IsShared;

        public IReadOnlyDictionary<string, long> CountersOf(int partition) => inner.CountersOf(partition);

        public Recovery Recover()
        {
            faults.Found();
            return inner.Recover();
        }

        public IReadOnlyList<PartitionMark> MarksOf(IReadOnlyList<int> partitions)
        {
            faults.Found();
            return inner.MarksOf(partitions);
        }

        public async Task CommitAsync(Commit commit)
        {
            if (faults.LosesEpoch())
            {
                await Task.Yield();
                throw new EpochLostException(commit.Advances[0].Partition, commit.Advances[0].Epoch);
            }

            await faults.RunAsync(async () =>
            {
                await inner.CommitAsync(commit);
                return true;
            });
        }

        public IReadOnlyList<PendingErasure> PendingErasures() => inner.PendingErasures();

        public IDisposable HoldUpkeep() => inner.HoldUpkeep();

        public void GiveUp() => inner.GiveUp();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class FaultyLog(FaultStore faults, ILog inner) : ILog
    {
        public int Partitions => inner.Partitions;

        public async ValueTask<AppendResult> AppendAsync(RecordBatch records, AppendLane lane, ImportMark? mark = null, CancellationToken cancellation = default) =>
            await faults.RunAsync(() => inner.AppendAsync(records, lane, mark, cancellation).AsTask());

        public long Head(int partition) => inner.Head(partition);

        public ILogReader OpenReader(IReadOnlyList<PartitionOffset> from) => new FaultyReader(faults, inner.OpenReader(from));
    }

    private sealed class FaultyReader(FaultStore faults, ILogReader inner) : ILogReader
    {
        private volatile bool _isReading;

        public async ValueTask<IReadOnlyList<LogSlice>> ReadAsync(TimeSpan wait, CancellationToken cancellation)
        {
            _isReading = true;
            faults._readsOnPoolThreads |= Thread.CurrentThread.IsThreadPoolThread;
            try
            {
                var slices = faults._isUnreadable ? [] : await inner.ReadAsync(wait, cancellation);
                return faults._isUnreadable ? throw new InvalidDataException("The log is damaged.") : slices;
            }
            finally
            {
                _isReading = false;
            }
        }

        public void Dispose()
        {
            if (_isReading)
            {
                Interlocked.Increment(ref faults._readersCutOff);
            }

            inner.Dispose();
        }
    }

    private sealed class FaultyHistory(FaultStore faults, IHistory inner) : IHistory
    {
        public IEnumerable<HistoryRecord> Read(CustomerKey key, long from = 0, long to = long.MaxValue) => inner.Read(key, from, to).Where(IsKept);

        public IEnumerable<HistoryRecord> ReadAll(int partition, long from = 0, long to = long.MaxValue) => inner.ReadAll(partition, from, to).Where(IsKept);

        public IEnumerable<(int Partition, HistoryRecord Record)> ReadAll(IReadOnlyList<int> partitions) => inner.ReadAll(partitions).Where(each => IsKept(each.Record));

        private bool IsKept(HistoryRecord record) => record.At >= faults._keptSince;
    }

    private sealed class FaultyChecksums(FaultStore faults, IChecksums inner) : IChecksums
    {
        public void Read(IReadOnlyList<PartitionOffset> from, ChecksumVisitor visit) => inner.Read(from, (partition, first, checksums) =>
        {
            var bytes = checksums.ToArray();
            if (faults._spoiled is { } spoiled && spoiled.Partition == partition && spoiled.Offset >= first && (spoiled.Offset - first) * 2 < bytes.Length)
            {
                bytes[(spoiled.Offset - first) * 2] ^= 0x40;
            }

            visit(partition, first, bytes);
        });
    }

    private sealed class FaultyOutbox(FaultStore faults, IOutbox inner) : IOutbox
    {
        public event Action<IReadOnlyList<QueuedMessage>>? Queued
        {
            add => inner.Queued += value;
            remove => inner.Queued -= value;
        }

        public IReadOnlyList<QueuedMessage> ReadDue(string channel, long now, int limit, IReadOnlySet<string> except, IReadOnlySet<int>? partitions = null) => inner.ReadDue(channel, now, limit, except, partitions);

        public long NextAttempt(string channel, long after, IReadOnlySet<int>? partitions = null) => inner.NextAttempt(channel, after, partitions);

        public OutboxLook? Look(string messageId) => inner.Look(messageId);

        public Task<int> CloseAsync(IReadOnlyList<OutboxClose> closed, RecordBatch outcomes) => faults.RunAsync(() => inner.CloseAsync(closed, outcomes));

        public Task RetryAsync(string messageId, int attempts, long nextAttemptAt, string reason) => faults.RunAsync(async () =>
        {
            await inner.RetryAsync(messageId, attempts, nextAttemptAt, reason);
            return true;
        });

        public Task<int> CancelAsync(long decidedBefore, long now, string reason) => inner.CancelAsync(decidedBefore, now, reason);

        public Task<bool> ResendAsync(string messageId, long now, long expiresAt, string? cancelReason = null) => inner.ResendAsync(messageId, now, expiresAt, cancelReason);

        public (long Count, long OldestDecidedAt) Depth(IReadOnlySet<int>? partitions = null) => inner.Depth(partitions);

        public IReadOnlyList<ChannelDepth> Depths() => inner.Depths();

        public long CountDeadLetters() => inner.CountDeadLetters();
    }
}
