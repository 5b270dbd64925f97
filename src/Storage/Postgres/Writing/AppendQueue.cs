namespace Triggers.Storage.Postgres.Writing;

/// <summary>
/// Appends that wait for the next transaction. From outside: bounded by bytes, refused when full. The server's own: never refused, bounded by what their
/// callers have outstanding.
/// </summary>
internal sealed class AppendQueue(long externalBytes) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<AppendItem> _external = new();
    private readonly Queue<AppendItem> _internal = new();
    private readonly SemaphoreSlim _signal = new(0, 1);
    private long _waitingBytes;
    private bool _closed;

    public long ExternalBytes => Volatile.Read(ref _waitingBytes);

    /// <summary>False: the queue is full.</summary>
    public bool TryAdd(AppendItem item)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(PostgresStore));
            if (!item.IsExternal)
            {
                _internal.Enqueue(item);
            }
            else if (_external.Count > 0 && _waitingBytes + item.Bytes > externalBytes)
            {
                return false;
            }
            else
            {
                _waitingBytes += item.Bytes;
                _external.Enqueue(item);
            }

            Wake();
            return true;
        }
    }

    /// <summary>Fills the batch with the next transaction's items; an import comes alone. False: closed and empty.</summary>
    public async Task<bool> TakeAsync(List<AppendItem> batch)
    {
        while (true)
        {
            lock (_lock)
            {
                TakeSome(_internal, batch, Limits.InternalTransactionBytes);
                TakeSome(_external, batch, Limits.TransactionBytes);
                if (batch.Count > 0)
                {
                    return true;
                }

                if (_closed)
                {
                    return false;
                }
            }

            await _signal.WaitAsync().ConfigureAwait(false);
        }
    }

    /// <summary>No more items; what waits is still done.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            Wake();
        }
    }

    public void Dispose() => _signal.Dispose();

    private void TakeSome(Queue<AppendItem> lane, List<AppendItem> batch, int maxBytes)
    {
        var bytes = 0;
        while (bytes < maxBytes && batch.Count < Limits.AppendItems && lane.TryPeek(out var item))
        {
            if (batch.Count > 0 && (item.Mark is not null || batch[^1].Mark is not null))
            {
                return;
            }

            lane.Dequeue();
            bytes += item.Bytes;
            _waitingBytes -= item.IsExternal ? item.Bytes : 0;
            if (item.TryTake())
            {
                batch.Add(item);
            }
        }
    }

    private void Wake()
    {
        if (_signal.CurrentCount == 0)
        {
            _signal.Release();
        }
    }
}
