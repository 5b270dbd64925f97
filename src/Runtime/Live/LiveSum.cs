using Microsoft.Extensions.Logging;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Outbox;

namespace Triggers.Runtime.Live;

/// <summary>
/// The live feed of several processes: their shares, summed. Exact at rest; while a partition moves, its numbers may for a moment be missing, or be there twice until the
/// process that lost it is told.
/// </summary>
internal sealed class LiveSum : CoalescedFeed
{
    private readonly int _partitions;
    private readonly SendingPause _pause;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly CounterSum<string> _sum = new();
    private readonly Dictionary<string, Part> _parts = new(StringComparer.Ordinal);
    private readonly List<FeedItem> _recent = [];
    private readonly long[] _unownedSince;
    private LiveRates _last;
    private long _version;
    private long _lag;
    private long _applyingAt;

    /// <param name="partitions">How many there are, whoever owns them.</param>
    public LiveSum(int partitions, SendingPause pause, TimeProvider time, ILogger log)
        : base(time, log)
    {
        _partitions = partitions;
        _pause = pause;
        _time = time;
        _unownedSince = new long[partitions];
        Array.Fill(_unownedSince, Now());
        _applyingAt = Now();
        _last = Rates();
        pause.Changed += Wake;
        Start();
    }

    /// <summary>A process names a partition that another one owns under this higher epoch, and should be told. Handlers must not block.</summary>
    public event Action<string, OwnedPartition>? Outdated;

    public override long LagRecords => Volatile.Read(ref _lag);

    /// <summary>A partition that no process owns counts since that was so: nobody applies its records.</summary>
    public override long OldestApplyingAt => Volatile.Read(ref _applyingAt);

    protected override bool IsMoving => false;

    public override long this[string counter]
    {
        get
        {
            lock (_lock)
            {
                return _sum[counter];
            }
        }
    }

    /// <summary>A process's share, whole.</summary>
    public void Come(string process, LiveShare share)
    {
        lock (_lock)
        {
            _sum.Come(process, share.Counters);
            _parts[process] = new Part(share.Version, share.Rates, share.OldestApplyingAt, share.Partitions, share.Feed);
        }

        Settle(isMoved: true);
    }

    /// <summary>False: something is missing before it, so the share is to be taken anew.</summary>
    public bool Apply(string process, LiveShareDelta delta)
    {
        lock (_lock)
        {
            if (!_parts.TryGetValue(process, out var part) || delta.Version > part.Version + 1)
            {
                return false;
            }

            if (delta.Version <= part.Version)
            {
                // The share that came meanwhile has it.
                return true;
            }

            foreach (var (name, total) in delta.Counters)
            {
                _sum.Set(process, name, total);
            }

            Forget(delta.Feed);
            _recent.InsertRange(0, delta.Feed);
            if (_recent.Count > Limits.FeedMax)
            {
                _recent.RemoveRange(Limits.FeedMax, _recent.Count - Limits.FeedMax);
            }

            var feed = delta.Feed.Count == 0 ? part.Feed : FeedList.WithoutErased([.. delta.Feed, .. part.Feed]);
            _parts[process] = new Part(delta.Version, delta.Rates, delta.OldestApplyingAt, delta.Partitions ?? part.Partitions, feed);
        }

        Settle(isMoved: delta.Partitions is not null);
        return true;
    }

    /// <summary>A process is gone, and its share with it.</summary>
    public void Leave(string process)
    {
        lock (_lock)
        {
            _sum.Leave(process);
            _parts.Remove(process);
        }

        Settle(isMoved: true);
    }

    public override Dictionary<string, long> All()
    {
        lock (_lock)
        {
            return _sum.All();
        }
    }

    public override Dictionary<string, long> Under(string prefix)
    {
        lock (_lock)
        {
            return _sum.Under(prefix);
        }
    }

    public override LiveRates Rates()
    {
        lock (_lock)
        {
            var (events, messages, queued, lag) = (0.0, 0.0, 0L, 0L);
            foreach (var part in _parts.Values)
            {
                events += part.Rates.EventsPerSecond;
                messages += part.Rates.MessagesPerSecond;
                queued += part.Rates.Queued;
                lag += part.Rates.LagRecords;
            }

            return new LiveRates(Math.Round(events, 1), Math.Round(messages, 1), queued, lag, _pause.IsPaused);
        }
    }

    public override LiveSnapshot Snapshot()
    {
        lock (_lock)
        {
            return new LiveSnapshot(_version, _sum.All(), _last, [.. _parts.Values.SelectMany(part => part.Feed).OrderByDescending(item => item.At).Take(Limits.FeedMax)]);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        _pause.Changed -= Wake;
        await base.DisposeAsync();
    }

    protected override LiveDelta? Take()
    {
        lock (_lock)
        {
            var counters = _sum.TakeChanges();
            var rates = Rates();
            if (counters.Count == 0 && _recent.Count == 0 && rates == _last)
            {
                return null;
            }

            var recent = FeedList.WithoutErased(_recent.OrderByDescending(item => item.At));
            _recent.Clear();
            _last = rates;
            return new LiveDelta(++_version, counters, rates, recent);
        }
    }

    /// <summary>Who was erased is forgotten in every share: the customer's partition may have been another process's before.</summary>
    private void Forget(IReadOnlyList<FeedItem> items)
    {
        foreach (var item in items)
        {
            if (FeedList.ErasedIn(item) is { } erased)
            {
                _recent.RemoveAll(each => each.Customer == erased);
                foreach (var (process, part) in _parts)
                {
                    _parts[process] = part with { Feed = [.. part.Feed.Where(each => each.Customer != erased)] };
                }
            }
        }
    }

    private void Settle(bool isMoved)
    {
        List<(string Process, OwnedPartition Owner)> outdated = [];
        lock (_lock)
        {
            if (isMoved)
            {
                outdated = Own();
            }

            var applying = _unownedSince.Min();
            var lag = 0L;
            foreach (var part in _parts.Values)
            {
                applying = Math.Min(applying, part.ApplyingAt);
                lag += part.Rates.LagRecords;
            }

            Volatile.Write(ref _applyingAt, applying);
            Volatile.Write(ref _lag, lag);
        }

        foreach (var (process, owner) in outdated)
        {
            Outdated?.Invoke(process, owner);
        }

        Wake();
    }

    /// <summary>Finds each partition's owner, and whoever else names it.</summary>
    private List<(string Process, OwnedPartition Owner)> Own()
    {
        var owners = new OwnedPartition?[_partitions];
        foreach (var part in _parts.Values)
        {
            foreach (var mine in part.Partitions)
            {
                if (owners[mine.Number] is not { } other || other.Epoch < mine.Epoch)
                {
                    owners[mine.Number] = mine;
                }
            }
        }

        var now = Now();
        for (var partition = 0; partition < _partitions; partition++)
        {
            _unownedSince[partition] = owners[partition] is not null ? long.MaxValue : Math.Min(_unownedSince[partition], now);
        }

        return [.. from part in _parts
                   from mine in part.Value.Partitions
                   let owner = owners[mine.Number]!.Value
                   where mine.Epoch < owner.Epoch
                   select (part.Key, owner)];
    }

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private sealed record Part(long Version, LiveRates Rates, long ApplyingAt, IReadOnlyList<OwnedPartition> Partitions, IReadOnlyList<FeedItem> Feed);
}
