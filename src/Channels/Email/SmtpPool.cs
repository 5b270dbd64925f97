namespace Triggers.Channels.Email;

/// <summary>
/// Keeps connections to the mail server open between messages: greeting, TLS and authentication cost more than the mail. Bounded: who finds none free
/// waits. A connection serves one message at a time.
/// </summary>
internal sealed class SmtpPool<T> : IAsyncDisposable
    where T : class
{
    /// <summary>Servers close idle connections after 10 s (Amazon SES) to 5 min; closing first spares a failed attempt.</summary>
    public static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(8);

    /// <summary>Providers limit the messages of one connection, commonly to 100 or more.</summary>
    public const int MessagesPerConnectionMax = 90;

    private readonly Func<CancellationToken, Task<T>> _open;
    private readonly Action<T> _close;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _free;
    private readonly Stack<Lease> _idle = new();
    private readonly ITimer _sweeper;
    private bool _disposed;

    public SmtpPool(int connectionsMax, TimeProvider time, Func<CancellationToken, Task<T>> open, Action<T> close)
    {
        _open = open;
        _close = close;
        _time = time;
        _free = new SemaphoreSlim(connectionsMax);
        _sweeper = time.CreateTimer(_ => Sweep(), null, IdleMax / 2, IdleMax / 2);
    }

    /// <summary>Waits for a place; <see cref="RentAsync"/> takes it. Apart, so that waiting does not count as slowness of the server.</summary>
    public Task EnterAsync(CancellationToken cancellation) => _free.WaitAsync(cancellation);

    /// <summary>An idle connection, or a new one. If none can be had, the place is free again.</summary>
    public async Task<Lease> RentAsync(CancellationToken cancellation)
    {
        try
        {
            Sweep();
            lock (_idle)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                if (_idle.TryPop(out var lease))
                {
                    return lease;
                }
            }

            return new Lease(await _open(cancellation));
        }
        catch
        {
            _free.Release();
            throw;
        }
    }

    /// <param name="healthy">The conversation ended in order: the connection may carry the next message.</param>
    public void Return(Lease lease, bool healthy)
    {
        lease.Messages++;
        lease.IdleSince = _time.GetTimestamp();
        var keep = healthy && lease.Messages < MessagesPerConnectionMax;
        lock (_idle)
        {
            keep &= !_disposed;
            if (keep)
            {
                _idle.Push(lease);
            }
        }

        if (!keep)
        {
            _close(lease.Connection);
        }

        _free.Release();
    }

    public async ValueTask DisposeAsync()
    {
        await _sweeper.DisposeAsync();
        lock (_idle)
        {
            _disposed = true;
        }

        CloseIdle(_ => true);
    }

    private void Sweep() => CloseIdle(lease => _time.GetElapsedTime(lease.IdleSince) > IdleMax);

    private void CloseIdle(Predicate<Lease> stale)
    {
        List<Lease>? closed = null;
        lock (_idle)
        {
            if (_idle.Count == 0)
            {
                return;
            }

            var kept = _idle.Reverse().ToList();
            closed = kept.FindAll(stale);
            if (closed.Count > 0)
            {
                kept.RemoveAll(stale);
                _idle.Clear();
                kept.ForEach(_idle.Push);
            }
        }

        foreach (var lease in closed)
        {
            _close(lease.Connection);
        }
    }

    internal sealed class Lease(T connection)
    {
        public T Connection { get; } = connection;

        public int Messages { get; set; }

        public long IdleSince { get; set; }

        public bool Reused => Messages > 0;
    }
}
