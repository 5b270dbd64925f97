using Microsoft.Extensions.Logging;
using Triggers.Engine.Customers;
using Triggers.Engine.Records;
using Triggers.Runtime.Hosting;
using Triggers.Storage;

namespace Triggers.Runtime.Loop;

/// <summary>
/// Turns instants that have come into timer records, oldest first over a worker's partitions, a bounded number at a time so that live records slip in between.
/// Walks after a changed fact go the same way: a timer record for every customer that has not seen the new program, or whom a moved line concerns.
/// </summary>
internal sealed class TimerPump(IReadOnlyList<Partition> partitions, ICustomers customers, ILog log, LogMeter meter, TimeProvider time, ILogger logger, Action signal) : IDisposable
{
    /// <summary>A walk takes a step this often: some 25,000 customers a second and worker.</summary>
    private const int WalkStepMs = 10;

    private readonly RecordBatch _batch = new(32 * 1024);
    private readonly List<(Partition Partition, long Due, ulong Hash)> _popped = [];
    private Task<AppendResult>? _append;
    private readonly List<(Partition Partition, WalkStep Step, Facts Facts)> _walked = [];
    private int _inFlight;
    private long _notBefore;
    private long _nextWalkAt;

    /// <summary>Timer records that were applied make room for others.</summary>
    public void Applied(int timers) => _inFlight = Math.Max(0, _inFlight - timers);

    /// <summary>When there is something to do next; <see cref="long.MaxValue"/>: a completion or a record will wake the loop.</summary>
    public long NextAt()
    {
        if (_append is not null || _inFlight >= Limits.TimersInFlightMax)
        {
            return long.MaxValue;
        }

        var next = long.MaxValue;
        foreach (var partition in partitions)
        {
            if (partition.IsLive && partition.Timers.Count > 0)
            {
                next = Math.Min(next, partition.Timers.Next <= partition.LastAt ? 0 : partition.Timers.Next);
            }

            if (partition.IsWalking)
            {
                next = Math.Min(next, _nextWalkAt);
            }
        }

        return Math.Max(next, _notBefore);
    }

    /// <summary>Nothing is due, on its way, or to be walked.</summary>
    public bool IsIdle(long now) =>
        _append is null && partitions.All(partition => !partition.IsWalking && partition.Timers.Next > Math.Max(now, partition.LastAt));

    public async ValueTask FireAsync(long now)
    {
        Settle(now);
        if (now < NextAt())
        {
            return;
        }

        await CollectDueAsync(now);
        if (now >= _nextWalkAt && _batch.Count < Limits.TimersPerBatch / 2)
        {
            await WalkAsync(now);
        }

        if (_batch.Count == 0)
        {
            Finish();
            return;
        }

        var append = log.AppendAsync(_batch, AppendLane.Internal);
        _append = append.AsTask();
        _append.GetAwaiter().UnsafeOnCompleted(signal);
    }

    public void Dispose()
    {
        // While the log still reads the batch, its buffer must not go back to the pool.
        if (_append is null or { IsCompleted: true })
        {
            _batch.Dispose();
        }
    }

    private void Settle(long now)
    {
        if (_append is not { IsCompleted: true } append)
        {
            return;
        }

        _append = null;
        var result = append.GetAwaiter().GetResult();
        if (result.IsOk)
        {
            _inFlight += _batch.Count;
            meter.Appended(_batch.Count);
            RuntimeMetrics.TimersFired.Add(_batch.Count);
            Finish();
            return;
        }

        // Nothing was appended: the timers stay armed as they were.
        foreach (var (partition, due, hash) in _popped)
        {
            partition.Timers.Push(due, hash);
        }

        _popped.Clear();
        _batch.Clear();
        _walked.Clear();
        _notBefore = now + (long)Math.Max(result.RetryAfter.TotalMilliseconds, Limits.BusyRetryMs);
    }

    private void Finish()
    {
        foreach (var (partition, step, facts) in _walked)
        {
            RuntimeMetrics.CustomersWalked.Add(step.Looked);
            var program = partition.Facts.Current.Program;
            if (!ReferenceEquals(program, facts.Program))
            {
                // It moved on meanwhile: the walk begins again.
                continue;
            }

            partition.WalkedTo = step.LastHash;
            if (step.Done)
            {
                partition.Facts.WalkedVersion = program.Version;
                partition.Facts.WalkedMeasures = program.Measures.Number;
                logger.WalkDone(partition.Number, program.Version);
            }
        }

        _walked.Clear();
        _popped.Clear();
        _batch.Clear();
    }

    private async ValueTask CollectDueAsync(long now)
    {
        var started = time.GetTimestamp();
        while (_batch.Count < Limits.TimersPerBatch && Oldest(now) is { } partition)
        {
            var (due, hash) = partition.Timers.Pop();
            _popped.Add((partition, due, hash));
            var before = _batch.Count;
            await customers.DueAsync(partition.Number, hash, Math.Max(now, partition.LastAt), _batch);
            if (_batch.Count == before)
            {
                _popped.RemoveAt(_popped.Count - 1);
            }

            if (time.GetElapsedTime(started).TotalMilliseconds > Limits.TimerLookupMsMax)
            {
                break;
            }
        }
    }

    private Partition? Oldest(long now)
    {
        Partition? oldest = null;
        foreach (var partition in partitions)
        {
            if (partition.IsLive && partition.Timers.Next <= Math.Max(now, partition.LastAt) && (oldest is null || partition.Timers.Next < oldest.Timers.Next))
            {
                oldest = partition;
            }
        }

        return oldest;
    }

    private async ValueTask WalkAsync(long now)
    {
        var looks = Limits.ScanPerTurn;
        foreach (var partition in partitions)
        {
            if (looks > 0 && partition.IsWalking)
            {
                var facts = partition.Facts.Current;
                var step = await customers.WalkAsync(partition.Number, partition.WalkedTo, new Walk(facts.Program, now, looks), _batch);
                _walked.Add((partition, step, facts));
                _nextWalkAt = step.Done ? _nextWalkAt : now + WalkStepMs;
                looks -= step.Looked;
            }
        }
    }
}
