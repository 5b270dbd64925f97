using System.Collections.Concurrent;
using System.Threading.Tasks.Sources;
using Triggers.Engine.Records;

namespace Triggers.Storage.Sqlite.Writing;

/// <summary>An append waiting for its transaction; pooled, so that a request costs no allocation here.</summary>
internal sealed class AppendItem : WorkItem, IValueTaskSource<AppendResult>
{
    private const int Waiting = 0, Taken = 1, Cancelled = 2;
    private static readonly ConcurrentQueue<AppendItem> Spare = new();
    private static int _spareCount;

    private ManualResetValueTaskSourceCore<AppendResult> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;
    private RecordBatch? _records;
    private ImportMark? _mark;
    private bool _external;
    private int _bytes;
    private int _phase;

    private AppendItem()
    {
    }

    public override int Bytes => _bytes;

    public override bool IsExternal => _external;

    public ValueTask<AppendResult> Task => new(this, _core.Version);

    public static AppendItem Rent(RecordBatch records, bool external, ImportMark? mark)
    {
        if (Spare.TryDequeue(out var item))
        {
            Interlocked.Decrement(ref _spareCount);
        }
        else
        {
            item = new AppendItem();
        }

        item._records = records;
        item._mark = mark;
        item._external = external;
        item._bytes = records.ByteCount;
        item._phase = Waiting;
        return item;
    }

    /// <summary>The caller may leave until the writer takes the item. Called before the item is queued.</summary>
    public void CancelBy(CancellationToken cancellation)
    {
        if (cancellation.CanBeCanceled)
        {
            _registration = cancellation.UnsafeRegister(static (item, token) => ((AppendItem)item!).Cancel(token), this);
        }
    }

    public override bool TryTake() => Interlocked.CompareExchange(ref _phase, Taken, Waiting) == Waiting;

    public override bool Apply(WriteTransaction transaction)
    {
        if (_mark is { } mark)
        {
            var next = transaction.NextImportRow(mark.SourceHash);
            if (next != mark.ExpectedRow)
            {
                Finish(new AppendResult(AppendStatus.AlreadyImported, 0, default, $"The import stands at row {next}, not {mark.ExpectedRow}."));
                return false;
            }

            transaction.MoveImport(mark);
        }

        transaction.Append(_records!);
        return true;
    }

    public override void Done(long at) => Finish(AppendResult.Ok(at));

    public override void Refuse(string reason) => Finish(new AppendResult(AppendStatus.Unavailable, 0, Storage.Limits.UnavailableRetryAfter, reason));

    /// <summary>The queue is full: the item was not queued.</summary>
    public void RefuseBusy() => Finish(new AppendResult(AppendStatus.Busy, 0, Storage.Limits.BusyRetryAfter, "The store's queue is full."));

    public override void Fail(Exception error)
    {
        _registration.Dispose();
        _core.SetException(error);
    }

    public AppendResult GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            // A cancelled item still stands in the queue.
            if (Volatile.Read(ref _phase) != Cancelled && Volatile.Read(ref _spareCount) < Limits.SpareItems)
            {
                Interlocked.Increment(ref _spareCount);
                _records = null;
                _mark = null;
                _registration = default;
                _core.Reset();
                Spare.Enqueue(this);
            }
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);

    private void Finish(AppendResult result)
    {
        _registration.Dispose();
        _core.SetResult(result);
    }

    private void Cancel(CancellationToken token)
    {
        if (Interlocked.CompareExchange(ref _phase, Cancelled, Waiting) == Waiting)
        {
            _core.SetException(new OperationCanceledException(token));
        }
    }
}
