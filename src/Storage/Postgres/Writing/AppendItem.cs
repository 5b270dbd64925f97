using Triggers.Engine.Records;

namespace Triggers.Storage.Postgres.Writing;

/// <summary>An append waiting for its transaction, perhaps with messages that it closes.</summary>
internal sealed class AppendItem(RecordBatch records, bool isExternal, ImportMark? mark, IReadOnlyList<OutboxClose> closes)
{
    private const int Waiting = 0, Taken = 1, Cancelled = 2;
    private readonly TaskCompletionSource<AppendResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _registration;
    private int _phase;

    public RecordBatch Records { get; } = records;

    public bool IsExternal { get; } = isExternal;

    public ImportMark? Mark { get; } = mark;

    public IReadOnlyList<OutboxClose> Closes { get; } = closes;

    /// <summary>What goes into the log, once that is known: outcomes of erased messages do not. Else the records as they were given.</summary>
    public RecordBatch? Kept { get; set; }

    public int Bytes { get; } = records.ByteCount;

    public Task<AppendResult> Task => _done.Task;

    /// <summary>The caller may leave until the writer takes the item. Called before the item is queued.</summary>
    public void CancelBy(CancellationToken cancellation)
    {
        if (cancellation.CanBeCanceled)
        {
            _registration = cancellation.UnsafeRegister(static (item, token) => ((AppendItem)item!).Cancel(token), this);
        }
    }

    public bool TryTake() => Interlocked.CompareExchange(ref _phase, Taken, Waiting) == Waiting;

    public void Finish(AppendResult result)
    {
        _registration.Dispose();
        _done.TrySetResult(result);
    }

    public void Fail(Exception error)
    {
        _registration.Dispose();
        _done.TrySetException(error);
    }

    private void Cancel(CancellationToken token)
    {
        if (Interlocked.CompareExchange(ref _phase, Cancelled, Waiting) == Waiting)
        {
            _done.TrySetException(new OperationCanceledException(token));
        }
    }
}
