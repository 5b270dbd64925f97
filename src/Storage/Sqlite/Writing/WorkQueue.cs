namespace Triggers.Storage.Sqlite.Writing;

/// <summary>
/// What waits for the writer, in three lanes. External: bounded by bytes, refused when full. Internal: never refused, its bytes stay in the callers'
/// hands until they are durable, so it is bounded by what its callers have outstanding. Background: one item at a time, when there is room.
/// </summary>
internal sealed class WorkQueue(long externalBytes)
{
    private readonly object _lock = new();
    private readonly Queue<WorkItem> _external = new();
    private readonly Queue<WorkItem> _internal = new();
    private readonly Queue<WorkItem> _background = new();
    private long _waitingExternalBytes;
    private bool _writerWaits;
    private bool _closed;

    public long ExternalBytes => Interlocked.Read(ref _waitingExternalBytes);

    /// <summary>Nothing but background work waits.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
            {
                return _external.Count + _internal.Count == 0;
            }
        }
    }

    /// <summary>False: the queue is full.</summary>
    public bool TryAddExternal(WorkItem item)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(SqliteStore));
            if (_external.Count > 0 && _waitingExternalBytes + item.Bytes > externalBytes)
            {
                return false;
            }

            _waitingExternalBytes += item.Bytes;
            _external.Enqueue(item);
            Pulse();
            return true;
        }
    }

    public void AddInternal(WorkItem item) => Add(_internal, item);

    public void AddBackground(WorkItem item) => Add(_background, item);

    /// <summary>
    /// Fills <paramref name="batch"/> with the next transaction's items; waits up to <paramref name="waitMs"/> for the first (−1: as long as it takes).
    /// A background item comes alone. False: closed and empty.
    /// </summary>
    public bool Take(List<WorkItem> batch, int waitMs, bool backgroundFirst, out bool isBackground)
    {
        isBackground = false;
        lock (_lock)
        {
            if (!_closed && _external.Count + _internal.Count + _background.Count == 0 && waitMs != 0)
            {
                _writerWaits = true;
                Monitor.Wait(_lock, waitMs);
                _writerWaits = false;
            }

            if (_background.Count > 0 && (backgroundFirst || _external.Count + _internal.Count == 0))
            {
                isBackground = true;
                batch.Add(_background.Dequeue());
                return true;
            }

            TakeSome(_internal, batch, Limits.InternalTransactionBytes);
            TakeSome(_external, batch, Limits.TransactionBytes);
            return batch.Count > 0 || !_closed || _external.Count + _internal.Count + _background.Count > 0;
        }
    }

    /// <summary>What waits from outside: as many items as a transaction takes, however large.</summary>
    public void TakeExternal(List<WorkItem> items)
    {
        lock (_lock)
        {
            TakeSome(_external, items, int.MaxValue);
        }
    }

    /// <summary>No more items; what waits is still done.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            Monitor.Pulse(_lock);
        }
    }

    private void TakeSome(Queue<WorkItem> lane, List<WorkItem> batch, int maxBytes)
    {
        var bytes = 0;
        while (bytes < maxBytes && batch.Count < Limits.TransactionItems && lane.TryDequeue(out var item))
        {
            bytes += item.Bytes;
            if (lane == _external)
            {
                _waitingExternalBytes -= item.Bytes;
            }

            if (item.TryTake())
            {
                batch.Add(item);
            }
        }
    }

    private void Add(Queue<WorkItem> lane, WorkItem item)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(SqliteStore));
            lane.Enqueue(item);
            Pulse();
        }
    }

    private void Pulse()
    {
        if (_writerWaits)
        {
            Monitor.Pulse(_lock);
        }
    }
}
