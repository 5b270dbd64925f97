using Microsoft.Extensions.Logging;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Loop;
using Triggers.Runtime.Outbox;
using Triggers.Storage;

namespace Triggers.Runtime.Live;

/// <summary>
/// What the loops of this process publish, coalesced. Of a process that is alone it is the live feed itself; of one of several it is a share of it
/// (<see cref="LiveSum"/>).
/// </summary>
internal sealed class LiveFeed : CoalescedFeed
{
    private readonly CounterBoard _board;
    private readonly IOutbox _outbox;
    private readonly OwnedPartitions _owned;
    private readonly LogMeter _meter;
    private readonly RateMeter _rates;
    private readonly SendingPause _pause;
    private readonly Lock _lock = new();
    private IReadOnlyList<FeedItem> _feed = [];
    private IReadOnlyList<OwnedPartition> _partitions;
    private LiveRates _last;
    private long _applyingAt = long.MaxValue;
    private long _version;

    public LiveFeed(CounterBoard board, IOutbox outbox, OwnedPartitions owned, LogMeter meter, SendingPause pause, TimeProvider time, ILogger log)
        : base(time, log)
    {
        _board = board;
        _outbox = outbox;
        _owned = owned;
        _meter = meter;
        _rates = new RateMeter(time);
        _pause = pause;
        _partitions = owned.All;
        SampleRates();
        _last = Rates();
        board.Changed += Wake;
        pause.Changed += Wake;
        owned.Came += OnCame;
        owned.Left += OnLeft;
        Start();
    }

    /// <summary>The same deltas for whoever sums processes; raised as <see cref="CoalescedFeed.Changed"/> is. Handlers must not block.</summary>
    public event Action<LiveShareDelta>? Shared;

    public override long LagRecords => _meter.LagRecords;

    public override long OldestApplyingAt => _meter.OldestApplyingAt;

    /// <summary>Rates fall, and nobody tells that a loop has come to the end of its log.</summary>
    protected override bool IsMoving => !_rates.IsZero || _last.LagRecords > 0 || _applyingAt < long.MaxValue;

    public override long this[string counter] => _board[counter];

    public override Dictionary<string, long> All() => _board.All();

    public override Dictionary<string, long> Under(string prefix) => _board.Under(prefix);

    public override LiveRates Rates() => new(_rates.EventsPerSecond, _rates.MessagesPerSecond, _outbox.Depth(_owned.Filter).Count, _meter.LagRecords, _pause.IsPaused);

    public override LiveSnapshot Snapshot()
    {
        lock (_lock)
        {
            return new LiveSnapshot(_version, _board.All(), _last, _feed);
        }
    }

    public LiveShare Share()
    {
        lock (_lock)
        {
            return new LiveShare(_version, _board.All(), _last, _applyingAt, _partitions, _feed);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        _board.Changed -= Wake;
        _pause.Changed -= Wake;
        _owned.Came -= OnCame;
        _owned.Left -= OnLeft;
        await base.DisposeAsync();
    }

    protected override LiveDelta? Take()
    {
        SampleRates();
        var rates = Rates();
        LiveDelta delta;
        LiveShareDelta share;
        lock (_lock)
        {
            var partitions = _owned.All;
            var applyingAt = _owned.IsAlone ? long.MaxValue : _meter.OldestApplyingAt;
            var isMoved = !_owned.IsAlone && !ReferenceEquals(partitions, _partitions);
            var (counters, recent) = _board.TakeChanges();
            if (counters.Count == 0 && recent.Length == 0 && rates == _last && !isMoved && applyingAt == _applyingAt)
            {
                return null;
            }

            var items = new FeedItem[recent.Length];
            for (var index = 0; index < items.Length; index++)
            {
                items[index] = FeedList.ItemOf(recent[^(index + 1)]);
            }

            (_last, _partitions, _applyingAt) = (rates, partitions, applyingAt);
            _feed = FeedList.WithoutErased([.. items, .. _feed]);
            delta = new LiveDelta(++_version, counters, rates, FeedList.WithoutErased(items));
            share = new LiveShareDelta(_version, counters, rates, applyingAt, isMoved ? partitions : null, items);
        }

        Tell(Shared, share);
        return delta;
    }

    private void SampleRates() => _rates.Sample(_board.CountedHere("events/total"), _board.CountedHere("messages/sent"));

    private void OnCame(int partition) => Wake();

    /// <summary>What was decided about its customers is now another's to tell, and to forget when they are erased.</summary>
    private void OnLeft(int partition)
    {
        if (!_owned.IsAlone)
        {
            lock (_lock)
            {
                _feed = [];
            }
        }

        Wake();
    }
}
