using System.Threading.Channels;
using Triggers.Channels;
using Triggers.Storage;

namespace Triggers.Runtime.Outbox;

/// <summary>
/// One channel's way out: its own queue, senders and clock, so that a slow channel holds up no other. Fresh messages are handed over in memory; what does
/// not fit, what waits for a retry and what a former owner left is read from the store.
/// </summary>
internal sealed class Lane : IAsyncDisposable
{
    private readonly LaneContext _context;
    private readonly Sender _sender;
    private readonly Channel<Held> _waiting = Channel.CreateBounded<Held>(Limits.LaneMessagesMax);
    private readonly Channel<bool> _refill = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly HashSet<string> _held = new(StringComparer.Ordinal);
    private readonly HashSet<string> _releasedMeanwhile = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly ITimer _alarm;
    private readonly Task[] _tasks;
    private bool _isReading;
    private long _alarmAt = long.MaxValue;
    private volatile bool _isBehind = true;

    public Lane(string id, IChannel? channel, LaneContext context)
    {
        Id = id;
        _context = context;
        _sender = new Sender(this, channel, context);
        _alarm = context.Time.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var senders = channel?.AtOnceMax ?? 1;
        _tasks = new Task[senders + 1];
        for (var sender = 0; sender < senders; sender++)
        {
            _tasks[sender] = Task.Run(SendAllAsync);
        }

        _tasks[^1] = Task.Run(RefillAsync);
        Refill();
    }

    public string Id { get; }

    /// <summary>Takes a message that was just queued; when full, it is left for the store to give again.</summary>
    public void Offer(QueuedMessage message)
    {
        if (_context.Owned.EpochFor(message.CustomerKey) is not { } epoch)
        {
            return;
        }

        lock (_lock)
        {
            if (!_held.Add(message.MessageId))
            {
                return;
            }
        }

        if (!_waiting.Writer.TryWrite(new Held(message, epoch)))
        {
            Release(message.MessageId);
            _isBehind = true;
            RuntimeMetrics.HandOversDropped.Add(1);
        }
    }

    /// <summary>The message is closed, or waits in the store for its next attempt.</summary>
    public void Release(string messageId)
    {
        lock (_lock)
        {
            _held.Remove(messageId);
            if (_isReading)
            {
                _releasedMeanwhile.Add(messageId);
            }
        }
    }

    /// <summary>Looks into the store for what is due.</summary>
    public void Refill() => _refill.Writer.TryWrite(true);

    /// <summary>Looks into the store at an instant (ms), if not earlier.</summary>
    public void RefillAt(long at)
    {
        lock (_lock)
        {
            if (at < _alarmAt)
            {
                _alarmAt = at;
                var wait = Math.Clamp(at - _context.Now(), 0, 3_600_000);
                _alarm.Change(TimeSpan.FromMilliseconds(wait), Timeout.InfiniteTimeSpan);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        _refill.Writer.TryComplete();
        foreach (var task in _tasks)
        {
            await task;
        }

        await _alarm.DisposeAsync();
    }

    private void Ring()
    {
        lock (_lock)
        {
            _alarmAt = long.MaxValue;
        }

        Refill();
    }

    private async Task SendAllAsync()
    {
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(_context.Stop))
            {
                await _context.Gate.WaitAsync(_context.Stop);
                if (_context.Draining)
                {
                    return;
                }

                if (!_waiting.Reader.TryRead(out var held))
                {
                    continue;
                }

                if (_context.Owned.EpochFor(held.Message.CustomerKey) == held.Epoch)
                {
                    await _sender.SendAsync(held.Message, held.Epoch);
                }
                else
                {
                    // The partition left. It may be back, and then the store knows better how the message stands.
                    Release(held.Message.MessageId);
                    _isBehind = true;
                }

                if (_isBehind && _waiting.Reader.Count <= Limits.LaneReadMax)
                {
                    Refill();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops; what was not sent stays queued.
        }
    }

    private async Task RefillAsync()
    {
        try
        {
            while (await _refill.Reader.WaitToReadAsync(_context.Stop) && !_context.Draining)
            {
                _refill.Reader.TryRead(out _);
                try
                {
                    Read();
                }
                catch (Exception error) when (!_context.Stop.IsCancellationRequested)
                {
                    _context.Log.LaneFailed(error, Id);
                    RefillAt(_context.Now() + Limits.BusyRetryMs);
                }
            }
        }
        catch (Exception) when (_context.Stop.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private void Read()
    {
        while (_waiting.Reader.Count < Limits.LaneMessagesMax - Limits.LaneReadMax)
        {
            var now = _context.Now();
            _isBehind = false;
            var due = ReadDue(now);
            if (due < Limits.LaneReadMax)
            {
                var next = _context.Store.Outbox.NextAttempt(Id, now, _context.Owned.Filter);
                if (next < long.MaxValue)
                {
                    RefillAt(next);
                }

                return;
            }
        }

        _isBehind = true;
    }

    private int ReadDue(long now)
    {
        HashSet<string> held;
        lock (_lock)
        {
            held = new HashSet<string>(_held, StringComparer.Ordinal);
            _isReading = true;
        }

        IReadOnlyList<QueuedMessage> due = [];
        try
        {
            due = _context.Store.Outbox.ReadDue(Id, now, Limits.LaneReadMax, held, _context.Owned.Filter);
        }
        finally
        {
            lock (_lock)
            {
                foreach (var message in due)
                {
                    // A row that was closed while it was being read must not go out again.
                    if (_context.Owned.EpochFor(message.CustomerKey) is { } epoch && !_releasedMeanwhile.Contains(message.MessageId) && _held.Add(message.MessageId)
                        && !_waiting.Writer.TryWrite(new Held(message, epoch)))
                    {
                        _held.Remove(message.MessageId);
                        _isBehind = true;
                    }
                }

                _isReading = false;
                _releasedMeanwhile.Clear();
            }
        }

        return due.Count;
    }

    /// <param name="Epoch">Of the message's partition when it was taken in: from another one on it is not this lane's.</param>
    private readonly record struct Held(QueuedMessage Message, long Epoch);
}
