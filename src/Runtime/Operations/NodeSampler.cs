using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Loop;
using Triggers.Storage;

namespace Triggers.Runtime.Operations;

/// <summary>
/// Looks at this node's loops once a second, and at the store less often, beside everything and without locking it: gauges and the operations view are answered
/// from the last look. Keeps ten minutes of the figures that a person wants to see as a line.
/// </summary>
internal sealed class NodeSampler : IAsyncDisposable
{
    private readonly LoopContext _context;
    private readonly Dictionary<int, LagTracker> _lags = [];
    private readonly Queue<HistoryPoint> _history = new();
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;
    private NodeSample _node = NodeSample.Nothing;
    private StoreSample _store = StoreSample.Nothing;
    private long _storeNotBefore;
    private bool _storeIsAway;
    private long _recordsBefore;

    public NodeSampler(LoopContext context)
    {
        _context = context;
        _run = Task.Run(RunAsync);
    }

    public NodeSample Node => Volatile.Read(ref _node);

    public StoreSample Store => Volatile.Read(ref _store);

    public IReadOnlyList<HistoryPoint> History
    {
        get
        {
            lock (_lock)
            {
                return [.. _history];
            }
        }
    }

    /// <summary>Looks at the loops now.</summary>
    public NodeSample Look()
    {
        lock (_lock)
        {
            var now = _context.Now();
            var ticks = _context.Time.GetTimestamp() / (_context.Time.TimestampFrequency / 1000);
            var views = new List<PartitionView>();
            var due = Limits.DueCountedMax;
            foreach (var driver in _context.Running.Drivers)
            {
                foreach (var partition in driver.Partitions.Where(partition => _context.Owned.Has(partition.Number)))
                {
                    var view = ViewOf(partition, driver.FiguresOf(partition.Number), now, ticks, due);
                    due -= (int)view.TimersDue;
                    views.Add(view);
                }
            }

            views.Sort((a, b) => a.Number.CompareTo(b.Number));
            foreach (var gone in _lags.Keys.Except(views.Select(view => view.Number)).ToList())
            {
                _lags.Remove(gone);
            }

            var sample = NodeSample.Of(views);
            Volatile.Write(ref _node, sample);
            return sample;
        }
    }

    /// <summary>Does not wait for a server that does not answer.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(_run, Task.Delay(TimeSpan.FromSeconds(1)));
    }

    private PartitionView ViewOf(Partition partition, CustomerFigures customers, long now, long ticks, int dueMax)
    {
        // The cursor first: a record that comes meanwhile is lag of a moment, the other way round it would be a negative one.
        var committed = partition.Committed;
        var head = _context.Store.Log.Head(partition.Number);
        if (!_lags.TryGetValue(partition.Number, out var lag))
        {
            _lags[partition.Number] = lag = new LagTracker();
        }

        var due = partition.Timers.CountDue(now, dueMax);
        return new PartitionView(
            partition.Number,
            partition.IsLive ? PartitionStates.Live : PartitionStates.Recovering,
            partition.Epoch,
            head,
            committed,
            partition.Floor,
            Math.Max(0, head - committed),
            lag.Look(head, committed, ticks) / 1000.0,
            partition.Timers.Count,
            due,
            due == 0 ? 0 : Math.Max(0, now - partition.Timers.Next) / 1000.0,
            customers.Resident,
            customers.Bytes,
            partition.ProgramVersion);
    }

    private async Task RunAsync()
    {
        for (var second = 0L; !_stop.IsCancellationRequested; second++)
        {
            Look();
            LookAtStore();
            if (second % Limits.HistoryEverySeconds == 0)
            {
                Remember();
            }

            await Task.Delay(TimeSpan.FromSeconds(1), _context.Time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void LookAtStore()
    {
        var began = Stopwatch.GetTimestamp();
        if (began < _storeNotBefore)
        {
            return;
        }

        try
        {
            var store = _context.Store;
            Volatile.Write(ref _store, new StoreSample(store.Figures(), store.Outbox.Depths(), store.Outbox.CountDeadLetters(), store.Customers.Count) { HistoryFrom = HistoryBeginning.InstantOf(store.Settings) });
            _storeIsAway = false;
        }
        catch (Exception error) when (!_stop.IsCancellationRequested)
        {
            // A server that is away: the last figures stand.
            if (!_storeIsAway)
            {
                _storeIsAway = true;
                _context.Log.FiguresMissing(error);
            }
        }
        catch (Exception)
        {
            return;
        }

        var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        _storeNotBefore = Stopwatch.GetTimestamp() + (long)(Math.Max(Limits.StoreLookSeconds, took * Limits.StoreLookRest) * Stopwatch.Frequency);
    }

    private void Remember()
    {
        var commits = _context.Latencies.Commits.Read(Limits.HistoryEverySeconds);
        var lag = Node.Lag;
        var records = _context.Meter.CommittedRecords;
        lock (_lock)
        {
            var perSecond = _history.Count == 0 ? 0 : (records - _recordsBefore) / (double)Limits.HistoryEverySeconds;
            _recordsBefore = records;
            _history.Enqueue(new HistoryPoint(_context.Time.GetUtcNow(), commits.P50Ms, commits.P99Ms, lag.Records, lag.Seconds, perSecond));
            while (_history.Count > Limits.HistoryPointsMax)
            {
                _history.Dequeue();
            }
        }
    }
}
