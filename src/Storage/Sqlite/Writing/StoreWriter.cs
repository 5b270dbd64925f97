using System.Diagnostics;
using Triggers.Engine.Records;
using Triggers.Storage.Measuring;
using Triggers.Storage.Sqlite.Data;

namespace Triggers.Storage.Sqlite.Writing;

/// <summary>
/// The one thread that writes. While one transaction is on its way to the disk the next one gathers, so batches grow by themselves under load and
/// nobody waits when there is none.
/// </summary>
internal sealed partial class StoreWriter : IAsyncDisposable
{
    private readonly SqliteDatabase _database;
    private readonly string _path;
    private readonly DataSync _file;
    private readonly WalSync _wal;
    private readonly StoreState _state;
    private readonly WriteTransaction _transaction;
    private readonly WorkQueue _queue;
    private readonly List<WorkItem> _outsiders = [];
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<WorkItem> _batch = [];
    private readonly List<WorkItem> _applied = [];
    private readonly Microsoft.Extensions.Logging.ILogger _logger;
    private long _lastFold = Environment.TickCount64;
    private long _backgroundDue;
    private long _refusedAt;
    private volatile bool _refusing;
    private volatile bool _foldNow;
    private readonly WriterMeter _meter;
    private volatile string _refusal = "";
    private volatile string? _end;
    private volatile bool _probing;
    private volatile bool _givenUp;
    private bool _abandoned;

    public StoreWriter(SqliteDatabase database, string path, DataSync file, WalSync wal, StoreState state, SqliteStoreOptions options, WriterMeter meter, Microsoft.Extensions.Logging.ILogger logger)
    {
        _meter = meter;
        _database = database;
        (_path, _file, _wal) = (path, file, wal);
        _state = state;
        _logger = logger;
        _queue = new WorkQueue(options.ExternalQueueBytes);
        _transaction = new WriteTransaction(database, wal, state);
        _thread = new Thread(Work) { Name = "store writer", IsBackground = true };
    }

    /// <summary>Set by the keeper of the WAL: called after each transaction, on the writer's thread.</summary>
    public Action? AfterTransaction { get; set; }

    /// <summary>For tests, which make a disk full and then roomy.</summary>
    internal Action<SqliteDatabase>? BeforeTransaction { get; set; }

    public WorkQueue Queue => _queue;

    public StoreCondition Condition =>
        _end is { } end ? new StoreCondition(StoreMode.Ended, end)
        : _refusing ? new StoreCondition(StoreMode.Refusing, _refusal)
        : !IsInPlace ? new StoreCondition(StoreMode.Refusing, SqliteException.Moved(_path).Message)
        : StoreCondition.Taking;

    private bool IsInPlace => _file.IsInPlace && _wal.IsInPlace;

    public void Start() => _thread.Start();

    public ValueTask<AppendResult> AppendAsync(RecordBatch records, AppendLane lane, ImportMark? mark, CancellationToken cancellation)
    {
        var external = lane == AppendLane.External;
        if (external && _refusing && Environment.TickCount64 - Volatile.Read(ref _refusedAt) < Limits.RetryMs)
        {
            return new ValueTask<AppendResult>(new AppendResult(AppendStatus.Unavailable, 0, Storage.Limits.UnavailableRetryAfter, _refusal));
        }

        var item = AppendItem.Rent(records, external, mark);
        var task = item.Task;
        item.CancelBy(cancellation);
        if (!external)
        {
            _queue.AddInternal(item);
        }
        else if (!_queue.TryAddExternal(item))
        {
            item.RefuseBusy();
        }

        return task;
    }

    public Task CommitAsync(Commit commit)
    {
        var item = new CommitItem(commit);
        _queue.AddInternal(item);
        return item.Task;
    }

    public Task<T> Run<T>(Func<WriteTransaction, T> function)
    {
        var item = new FunctionItem<T>(function);
        _queue.AddInternal(item);
        return item.Task;
    }

    /// <summary>Runs alone in its transaction, when there is room.</summary>
    public Task<T> RunInBackground<T>(Func<WriteTransaction, T> function)
    {
        var item = new FunctionItem<T>(function);
        _queue.AddBackground(item);
        return item.Task;
    }

    /// <summary>Folds now rather than within a second.</summary>
    public async Task FoldAsync()
    {
        _foldNow = true;
        await Run(static _ => true).ConfigureAwait(false);

        // A fold stands behind the transaction that asked for it.
        await Run(static _ => true).ConfigureAwait(false);
    }

    /// <summary>Finishes what waits, folds, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Close();
        await _ended.Task.ConfigureAwait(false);
        _transaction.Dispose();
    }

    /// <summary>What the disk refuses does not wait for it any more: it fails.</summary>
    public void GiveUp() => _givenUp = true;

    /// <summary>For tests: ends as a killed process would, with nothing folded.</summary>
    public ValueTask AbandonAsync()
    {
        _abandoned = true;
        return DisposeAsync();
    }

    private void Work()
    {
        try
        {
            while (_queue.Take(_batch, WaitMs(), BackgroundIsDue(), out var isBackground))
            {
                if (_batch.Count > 0)
                {
                    var began = Environment.TickCount64;
                    Execute();
                    AfterTransaction?.Invoke();
                    if (isBackground)
                    {
                        var now = Environment.TickCount64;
                        _backgroundDue = now + Math.Max(Limits.BackgroundEveryMs, (now - began) * Limits.BackgroundRest);
                    }
                }

                if (_state.HasUnfolded && (_foldNow || Environment.TickCount64 - _lastFold >= Limits.FoldMs))
                {
                    Fold();
                }
            }

            if (!_abandoned)
            {
                Fold();
            }
        }
        catch (Exception error)
        {
            // Nothing can be written any more: who waits is told, and who comes finds the queue closed.
            LogWriterDied(_logger, error);
            _end = "The store's writer ended, and nothing can be stored until the program is started again: " + error.Message;
            _queue.Close();
            do
            {
                foreach (var item in _batch)
                {
                    item.Fail(error);
                }

                _batch.Clear();
            }
            while (_queue.Take(_batch, 0, backgroundFirst: false, out _));
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    private int WaitMs() => _state.HasUnfolded ? (int)Math.Clamp(_lastFold + Limits.FoldMs - Environment.TickCount64, 1, Limits.FoldMs) : -1;

    /// <summary>Now and then even under load; at once when too much waits in memory for it.</summary>
    private bool BackgroundIsDue() => Environment.TickCount64 >= _backgroundDue || _state.Search.PendingCount > Limits.PendingSearchEntries;

    /// <summary>Brings the batch to disk, whatever it takes.</summary>
    private void Execute()
    {
        while (_batch.Count > 0)
        {
            try
            {
                if (Attempt(_batch))
                {
                    break;
                }
            }
            catch (SqliteException error) when (error.IsStorageRefusing)
            {
                Refuse(error);
            }
            catch (Exception error) when (error is not WalSyncException)
            {
                _transaction.Rollback();
                LogTransactionFailed(_logger, error, _batch.Count);
                ExecuteOneByOne();
            }
        }

        _batch.Clear();
    }

    /// <summary>One transaction. True: everything is durable and answered.</summary>
    private bool Attempt(List<WorkItem> items)
    {
        _applied.Clear();
        var beganAt = Stopwatch.GetTimestamp();
        BeforeTransaction?.Invoke(_database);
        if (!IsInPlace)
        {
            throw SqliteException.Moved(_path);
        }

        _transaction.Begin();
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            try
            {
                if (item.Apply(_transaction))
                {
                    _applied.Add(item);
                }
                else
                {
                    items.RemoveAt(i--);
                }
            }
            catch (Exception error) when (error is EpochLostException or InvalidOperationException)
            {
                items.RemoveAt(i--);
                item.Fail(error);
            }
        }

        if (_applied.Count == 0)
        {
            _transaction.Rollback();
            return true;
        }

        var at = _transaction.At;
        _transaction.Prepare();
        _transaction.Commit();
        _meter.Transaction(beganAt, _applied.Count);
        HandOver(_transaction.TakeQueued());
        foreach (var item in _applied)
        {
            item.Done(at);
        }

        return true;
    }

    /// <summary>What a listener throws is its own affair: everything is durable.</summary>
    private void HandOver(IReadOnlyList<QueuedMessage> queued)
    {
        if (queued.Count == 0)
        {
            return;
        }

        try
        {
            _state.RaiseQueued(queued);
        }
        catch (Exception error)
        {
            LogListenerFailed(_logger, error);
        }
    }

    /// <summary>The disk is full, or the file is gone: what comes from outside is refused, the rest waits and is tried again unchanged.</summary>
    private void Refuse(SqliteException error)
    {
        _transaction.Rollback();
        if (!_refusing && error.IsMoved)
        {
            LogFileMoved(_logger, error.Message);
        }
        else if (!_refusing)
        {
            LogDiskRefuses(_logger, error.Message);
        }

        StorageMetrics.Refusals.Add(1);
        _refusal = error.IsMoved ? error.Message : "The disk takes no more data: " + error.Message;
        var refusedOutsiders = false;
        Volatile.Write(ref _refusedAt, Environment.TickCount64);
        _refusing = true;
        for (var i = _batch.Count - 1; i >= 0; i--)
        {
            if (_batch[i].IsExternal)
            {
                _batch[i].Refuse(_refusal);
                _batch.RemoveAt(i);
                refusedOutsiders = true;
            }
        }

        if (_givenUp)
        {
            _batch.ForEach(item => item.Fail(error));
            _batch.Clear();
            return;
        }

        if (!_probing)
        {
            _probing = true;
            _ = ProbeAsync();
        }

        // What is left may fit without them; if there were none, wait for room. Whoever came meanwhile would wait in the queue for as long.
        if (!refusedOutsiders && _batch.Count > 0)
        {
            _queue.TakeExternal(_outsiders);
            _outsiders.ForEach(item => item.Refuse(_refusal));
            _outsiders.Clear();
            Thread.Sleep(Limits.RetryMs);
        }
    }

    /// <summary>
    /// Finds out that there is room again, though nobody else may come to write: an unready server gets no events. Like a commit it is tried until it succeeds.
    /// A small write that still found a place ends nothing: the server would be ready and unready by turns.
    /// </summary>
    private async Task ProbeAsync()
    {
        const string fill = "INSERT INTO Zeros (Data) VALUES (zeroblob(?1))";
        const string empty = "DELETE FROM Zeros";
        try
        {
            await Run(static transaction => transaction.Database.Statement(fill).Bind(1, Limits.ProbeBytes).Run()).ConfigureAwait(false);
            await Run(transaction =>
            {
                _refusing = false;
                _probing = false;
                return transaction.Database.Statement(empty).Run();
            }).ConfigureAwait(false);
            LogDiskTakesAgain(_logger);
        }
        catch (Exception error) when (error is ObjectDisposedException or SqliteException)
        {
            // The store is closing, or is broken in another way, which its users hear of.
            _probing = false;
        }
    }

    /// <summary>Finds the item that sinks a transaction, so that only its caller hears of it.</summary>
    private void ExecuteOneByOne()
    {
        var items = _batch.ToList();
        foreach (var item in items)
        {
            _batch.Clear();
            _batch.Add(item);
            while (_batch.Count > 0)
            {
                try
                {
                    Attempt(_batch);
                    break;
                }
                catch (SqliteException error) when (error.IsStorageRefusing)
                {
                    Refuse(error);
                }
                catch (Exception error) when (error is not WalSyncException)
                {
                    _transaction.Rollback();
                    item.Fail(error);
                    break;
                }
            }
        }

        _batch.Clear();
    }

    private void Fold()
    {
        _lastFold = Environment.TickCount64;
        _foldNow = false;
        try
        {
            CommitFolder.Fold(_database, _state);
        }
        catch (SqliteException error) when (error.IsStorageRefusing)
        {
            // The commit rows have it all: the next fold takes it along.
            if (_database.IsInTransaction)
            {
                _database.Execute("ROLLBACK");
            }
        }
    }
}
