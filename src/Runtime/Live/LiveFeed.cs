using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Runtime.Loop;
using Triggers.Storage;

namespace Triggers.Runtime.Live;

/// <summary>Coalesces what the loops publish into at most four deltas a second, one stream for all viewers; silent while nothing changes.</summary>
internal sealed class LiveFeed : ILiveFeed, IAsyncDisposable
{
    private static readonly string s_erased = DecisionNames.KindOf(DecisionKind.Erased);

    private readonly CounterBoard _board;
    private readonly IOutbox _outbox;
    private readonly LogMeter _meter;
    private readonly RateMeter _rates;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Func<bool> _isPaused;
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Task _run;
    private IReadOnlyList<FeedItem> _feed = [];
    private LiveRates _last = new(0, 0, 0, 0, false);
    private long _version;

    public LiveFeed(CounterBoard board, IOutbox outbox, LogMeter meter, RateMeter rates, Func<bool> isPaused, TimeProvider time, ILogger log)
    {
        _board = board;
        _outbox = outbox;
        _meter = meter;
        _rates = rates;
        _isPaused = isPaused;
        _time = time;
        _log = log;
        _rates.Sample(board["events/total"], board["messages/sent"]);
        _last = Rates();
        board.Changed += Wake;
        _run = Task.Run(RunAsync);
    }

    public event Action<LiveDelta>? Changed;

    /// <summary>Something outside the counters changed, such as a pause.</summary>
    public void Wake() => _signal.Writer.TryWrite(true);

    public LiveSnapshot Snapshot()
    {
        lock (_lock)
        {
            return new LiveSnapshot(_version, _board.All(), _last, _feed);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _board.Changed -= Wake;
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }

    private static FeedItem ItemOf(in Decision decision) =>
        new(DateTimeOffset.FromUnixTimeMilliseconds(decision.At), DecisionNames.KindOf(decision.Kind), new CustomerKey(decision.CustomerKey).Id, decision.Subject, decision.Detail);

    /// <summary>That somebody was erased is shown, not who, nor what was decided about them before.</summary>
    private static List<FeedItem> WithoutErased(FeedItem[] newestFirst)
    {
        var kept = new List<FeedItem>(newestFirst.Length);
        var erased = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in newestFirst)
        {
            if (erased.Contains(item.Customer))
            {
                continue;
            }

            var isErased = item.Kind == s_erased && item.Customer.Length > 0;
            if (isErased)
            {
                erased.Add(item.Customer);
            }

            kept.Add(isErased ? item with { Customer = "" } : item);
        }

        return kept;
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await WaitAsync();
                var began = _time.GetTimestamp();
                _rates.Sample(_board["events/total"], _board["messages/sent"]);
                Publish();
                var rest = TimeSpan.FromMilliseconds(Limits.LiveIntervalMs) - _time.GetElapsedTime(began);
                await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, _time, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    /// <summary>Waits for a change; while a rate is falling, for at most a second.</summary>
    private async Task WaitAsync()
    {
        var changed = _signal.Reader.WaitToReadAsync(_stop.Token).AsTask();
        if (!_rates.IsZero || _last.LagRecords > 0)
        {
            await Task.WhenAny(changed, Task.Delay(TimeSpan.FromSeconds(1), _time, _stop.Token));
            _stop.Token.ThrowIfCancellationRequested();
        }
        else
        {
            await changed;
        }

        _signal.Reader.TryRead(out _);
    }

    private void Publish()
    {
        var rates = Rates();
        LiveDelta delta;
        lock (_lock)
        {
            var (counters, recent) = _board.TakeChanges();
            if (counters.Count == 0 && recent.Length == 0 && rates == _last)
            {
                return;
            }

            var items = new FeedItem[recent.Length];
            for (var index = 0; index < items.Length; index++)
            {
                items[index] = ItemOf(recent[^(index + 1)]);
            }

            _last = rates;
            _feed = WithoutErased([.. items, .. _feed.Take(Math.Max(0, Limits.FeedMax - items.Length))]);
            delta = new LiveDelta(++_version, counters, rates, WithoutErased(items));
        }

        foreach (var viewer in Changed?.GetInvocationList() ?? [])
        {
            try
            {
                ((Action<LiveDelta>)viewer)(delta);
            }
            catch (Exception error)
            {
                _log.ViewerFailed(error);
            }
        }
    }

    private LiveRates Rates() => new(_rates.EventsPerSecond, _rates.MessagesPerSecond, _outbox.Depth().Count, _meter.LagRecords, _isPaused());
}
