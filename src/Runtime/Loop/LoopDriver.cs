using Microsoft.Extensions.Logging;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Live;
using Triggers.Runtime.Programs;
using Triggers.Runtime.Replays;
using Triggers.Storage;

namespace Triggers.Runtime.Loop;

/// <summary>
/// Drives the loop of some partitions: reads, applies, commits without waiting, fires timers, answers questions, and sleeps until one of them
/// has something to do. How it waits is its host's matter (<see cref="IPace"/>); one flow does all of this, so nothing locks. When it loses its ground (a newer
/// epoch, an unforeseen error) it throws away what is not committed and begins again from the store.
/// </summary>
internal sealed class LoopDriver : IDisposable
{
    private readonly int _number;
    private readonly IReadOnlyList<int> _numbers;
    private readonly LoopContext _context;
    private readonly ICustomers _customers;
    private readonly DueRouter _dues;
    private readonly IPace _pace;
    private readonly Action _signal;
    private readonly ITimer _alarm;
    private readonly TaskCompletionSource _live = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _reading = new();
    private Task<IReadOnlyList<LogSlice>>? _read;
    private IReadOnlyList<Partition> _partitions = [];
    private TimerPump? _timers;
    private long _alarmAt = long.MaxValue;
    private long _commitNumber;
    private volatile bool _stopping;
    private volatile bool _leaving;
    private volatile bool _abandoned;

    /// <param name="number">Tells drivers of a server apart; below the number of partitions.</param>
    /// <param name="dues">Where the customers arm their timers.</param>
    public LoopDriver(int number, IReadOnlyList<int> partitions, LoopContext context, ICustomers customers, DueRouter dues, IPace pace)
    {
        _number = number;
        _numbers = partitions;
        _context = context;
        _customers = customers;
        _dues = dues;
        _pace = pace;
        _signal = pace.Signal;
        _alarm = context.Time.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Mailbox = new Mailbox(_signal);
        context.Running.Add(this);
    }

    public Mailbox Mailbox { get; }

    /// <summary>Ends when every partition has come to where the log ended at the start.</summary>
    public Task Live => _live.Task;

    /// <summary>As of now; replaced when the driver begins again.</summary>
    public IReadOnlyList<Partition> Partitions => Volatile.Read(ref _partitions);

    /// <summary>About, from any thread.</summary>
    public CustomerFigures FiguresOf(int partition) => _customers.Figures(partition);

    /// <summary>Customers read from the store since the start.</summary>
    public long CustomersLoaded => _numbers.Sum(partition => _customers.Figures(partition).Loaded);

    /// <summary>No timer is due and no walk is under way at the given instant.</summary>
    public Task<bool> IsIdleAsync(long now) => Mailbox.AskAsync(_ => new ValueTask<bool>(_timers is { } timers && timers.IsIdle(now)), CancellationToken.None);

    /// <summary>Comes to the end of the log, flushes every state and ends.</summary>
    public Task StopAsync()
    {
        _stopping = true;
        _pace.Signal();
        return _ended.Task;
    }

    /// <summary>It was told to stop and could not come to the end of its log or flush: the next start replays what is left.</summary>
    public bool EndedEarly { get; private set; }

    /// <summary>A store that is found damaged before all is live ends <see cref="Live"/> with that; otherwise it is tried again for ever.</summary>
    public bool TellsDamage { get; init; }

    /// <summary>It ended because somebody else has its partition.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Flushes every state while it goes on, then reads nothing more, flushes the rest and ends: others append, so the log may never come to an end.</summary>
    public Task LeaveAsync()
    {
        _leaving = true;
        return StopAsync();
    }

    /// <summary>Ends as a crash would: nothing more is applied, committed or flushed.</summary>
    public Task AbandonAsync()
    {
        _abandoned = true;
        _stopping = true;
        _reading.Cancel();
        _pace.Signal();
        return _ended.Task;
    }

    public void Dispose()
    {
        _context.Running.Remove(this);
        _alarm.Dispose();
        _pace.Dispose();
        _reading.Dispose();
        Mailbox.Dispose();
    }

    /// <summary>Runs until it is stopped.</summary>
    /// <param name="readMarks">Where the partitions stand, read at each beginning; a host that shares its store takes them over at that.</param>
    public async Task RunAsync(Func<CancellationToken, ValueTask<IReadOnlyList<PartitionMark>>> readMarks)
    {
        var failedStops = 0;
        while (true)
        {
            IReadOnlyList<PartitionMark>? marks = null;
            try
            {
                marks = await readMarks(_reading.Token);
                await RunSessionAsync(marks);
                break;
            }
            catch (PartitionLostException)
            {
                _context.Log.PartitionLost(_number);
                IsLost = true;
                break;
            }
            catch (StoreRefusedException error) when (TellsDamage && !_abandoned && !_live.Task.IsCompleted)
            {
                _live.TrySetException(error);
                break;
            }
            catch (Exception error) when (!_abandoned)
            {
                _context.Log.LoopRestarts(error, _number);
                RuntimeMetrics.LoopRestarts.Add(1);
                if (_stopping && (marks is null || ++failedStops == Limits.StopAttempts))
                {
                    // The store does not answer any more, or its log cannot be read: what is not flushed is in the log.
                    EndedEarly = true;
                    break;
                }
            }
            catch (Exception)
            {
                break;
            }

            await _pace.WaitAsync(Limits.RestartDelayMs);
        }

        Mailbox.Close();
        _live.TrySetCanceled();
        _ended.TrySetResult();
    }

    private async Task RunSessionAsync(IReadOnlyList<PartitionMark> marks)
    {
        var store = _context.Store;
        var partitions = _numbers.Select(number => new Partition(marks.First(mark => mark.Partition == number), _context.Library)).ToArray();
        foreach (var partition in partitions)
        {
            partition.ProgramVersion = partition.Facts.Current.Program.Version;
            await _customers.ForgetAsync(partition.Number);
            _dues.Attach(partition);
            store.Customers.VisitDues(partition.Number, (hash, due) =>
            {
                if (due < long.MaxValue)
                {
                    partition.Timers.Push(due, hash);
                }
            });
        }

        var behind = partitions.Sum(partition => partition.HeadAtStart - partition.Floor);
        if (behind >= Limits.FillFromRecords)
        {
            var filledFrom = _context.Time.GetTimestamp();
            await _customers.FillAsync(partitions.Select(partition => partition.Number).ToHashSet());
            _context.Log.MemoryFilled(_number, _context.Time.GetElapsedTime(filledFrom), behind);
        }

        var rebuilt = Array.FindAll(partitions, partition => partition.Floor < partition.RebuildTo);
        var recorded = RecordedChecksums.Read(store.Checksums, [.. rebuilt.Select(partition => (partition.Number, partition.Floor, partition.RebuildTo))]);
        for (var index = 0; index < rebuilt.Length; index++)
        {
            rebuilt[index].Check = new EffectCheck(rebuilt[index].Number, recorded[index], store.Messages);
        }

        Volatile.Write(ref _partitions, partitions);
        using var loop = new PartitionLoop(store, _customers, partitions, _commitNumber, _context.Replays, _context.Time);
        using var timers = new TimerPump(partitions, _customers, store.Log, _context.Meter, _context.Time, _context.Log, _signal);
        using var reader = store.Log.OpenReader(partitions.Select(partition => new PartitionOffset(partition.Number, partition.Floor)).ToArray());
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_reading.Token);
        var outstanding = new OutstandingCommits(_number, partitions, _context, _customers, _signal);
        _timers = timers;
        loop.PlanFlushes();
        try
        {
            foreach (var partition in partitions)
            {
                _context.Come(partition);
            }

            await DriveAsync(loop, timers, outstanding, reader, ending.Token);
        }
        finally
        {
            foreach (var partition in partitions)
            {
                _context.Leave(partition);
            }

            _commitNumber = loop.CommitNumber;

            // A read that is under way would go on with what the reader gives back when it is disposed: blocks of the log, to somebody else.
            ending.Cancel();
            await _pace.UntilAsync((Task?)_read ?? Task.CompletedTask);
            _read = null;
            if (!_abandoned)
            {
                await outstanding.EndAsync(_pace);
            }

            _context.Meter.Applying(_number, long.MaxValue);
        }
    }

    private async Task DriveAsync(PartitionLoop loop, TimerPump timers, OutstandingCommits outstanding, ILogReader reader, CancellationToken ending)
    {
        var isCalm = false;
        var outstandingMax = _numbers.Count > 1 ? Limits.OutstandingCommitsMax : Limits.OutstandingCommitsOfOneMax;
        while (!_abandoned)
        {
            outstanding.Settle();
            var more = await Mailbox.AnswerAsync(_customers, Limits.QueriesPerTurn);
            if (!_live.Task.IsCompleted && loop.Partitions.All(partition => partition.IsLive))
            {
                _live.TrySetResult();
            }

            // Before reading: what comes while it waits is then read together.
            if (outstanding.Count >= outstandingMax)
            {
                await _pace.WaitAsync();
                continue;
            }

            if (_read is null)
            {
                _read = reader.ReadAsync(TimeSpan.FromMinutes(1), ending).AsTask();
                if (!_read.IsCompleted)
                {
                    _context.Meter.Applying(_number, long.MaxValue);
                    _read.GetAwaiter().UnsafeOnCompleted(_signal);
                }
            }

            if (_leaving)
            {
                if (await loop.FlushAllAsync() is not { } rest)
                {
                    return;
                }

                outstanding.Add(rest);
                if (isCalm)
                {
                    continue;
                }

                isCalm = rest.Commit.Flushes.Sum(flush => flush.Snapshots.Count) < Limits.HandOverSnapshots;
            }

            if (_read.IsCompleted)
            {
                var slices = _read.GetAwaiter().GetResult();
                if (slices.Count > 0)
                {
                    _context.Meter.Applying(_number, slices[0].At);
                    outstanding.Add(await loop.ProcessAsync(slices));
                    timers.Applied(loop.TimersApplied);
                    loop.TimersApplied = 0;
                }

                _read = null;
                more = true;
            }
            else if (_stopping && loop.Partitions.Any(partition => partition.Applied < _context.Store.Log.Head(partition.Number)))
            {
                // What was acknowledged a moment ago is on its way to the reader.
                await _pace.WaitAsync();
                continue;
            }
            else if (_stopping)
            {
                if (await loop.FlushAllAsync() is not { } last)
                {
                    return;
                }

                outstanding.Add(last);
                continue;
            }

            var now = _context.Now();
            if (!_stopping)
            {
                await timers.FireAsync(now);
            }

            if (loop.NextFlushAt() <= now)
            {
                outstanding.Add(await loop.FlushDueAsync());
            }

            if (!more && !_abandoned)
            {
                await SleepAsync(Math.Min(timers.NextAt(), loop.NextFlushAt()), now);
            }
        }
    }

    private async ValueTask SleepAsync(long until, long now)
    {
        if (until <= now)
        {
            return;
        }

        if (until < long.MaxValue && (until < Volatile.Read(ref _alarmAt)))
        {
            Volatile.Write(ref _alarmAt, until);
            _alarm.Change(TimeSpan.FromMilliseconds(Math.Min(until - now, 3_600_000)), Timeout.InfiniteTimeSpan);
        }

        await _pace.WaitAsync();
    }

    private void Ring()
    {
        Volatile.Write(ref _alarmAt, long.MaxValue);
        _pace.Signal();
    }
}
