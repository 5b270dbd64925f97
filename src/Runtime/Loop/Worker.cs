using Microsoft.Extensions.Logging;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Live;
using Triggers.Runtime.Programs;
using Triggers.Runtime.Replays;
using Triggers.Storage;

namespace Triggers.Runtime.Loop;

/// <summary>
/// A thread that drives the loop of some partitions: reads, applies, commits without waiting, fires timers, answers questions, and sleeps until one of them
/// has something to do. When it loses its ground (a newer epoch, an unforeseen error) it throws away what is not committed and begins again from the store.
/// </summary>
internal sealed class Worker : IDisposable
{
    private readonly int _number;
    private readonly IReadOnlyList<int> _numbers;
    private readonly WorkerContext _context;
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly Action _signal;
    private readonly ITimer _alarm;
    private readonly Queue<PendingCommit> _outstanding = new();
    private readonly TaskCompletionSource _live = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _reading = new();
    private IReadOnlyList<Partition> _partitions = [];
    private TimerPump? _timers;
    private long _alarmAt = long.MaxValue;
    private long _commitNumber;
    private volatile bool _stopping;
    private volatile bool _abandoned;

    public Worker(int number, IReadOnlyList<int> partitions, WorkerContext context)
    {
        _number = number;
        _numbers = partitions;
        _context = context;
        _signal = Signal;
        _alarm = context.Time.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Mailbox = new Mailbox(_signal);
    }

    public Mailbox Mailbox { get; }

    /// <summary>Ends when every partition has come to where the log ended at the start.</summary>
    public Task Live => _live.Task;

    /// <summary>As of now; replaced when the worker begins again.</summary>
    public IReadOnlyList<Partition> Partitions => Volatile.Read(ref _partitions);

    public void Start(IReadOnlyList<PartitionMark> marks) =>
        new Thread(() => Run(marks)) { Name = $"triggers loop {_number}", IsBackground = true }.Start();

    /// <summary>No timer is due and no walk is under way at the given instant.</summary>
    public Task<bool> IsIdleAsync(long now) => Mailbox.AskAsync(_ => new ValueTask<bool>(_timers is { } timers && timers.IsIdle(now)), CancellationToken.None);

    /// <summary>Comes to the end of the log, flushes every state and ends the thread.</summary>
    public Task StopAsync()
    {
        _stopping = true;
        Signal();
        return _ended.Task;
    }

    /// <summary>Ends the thread as a crash would: nothing more is applied, committed or flushed.</summary>
    public Task AbandonAsync()
    {
        _abandoned = true;
        _stopping = true;
        _reading.Cancel();
        Signal();
        return _ended.Task;
    }

    public void Dispose()
    {
        _alarm.Dispose();
        _wake.Dispose();
        _reading.Dispose();
        Mailbox.Dispose();
    }

    private static T Wait<T>(ValueTask<T> task) => task.IsCompleted ? task.GetAwaiter().GetResult() : task.AsTask().GetAwaiter().GetResult();

    private static void Wait(ValueTask task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            task.AsTask().GetAwaiter().GetResult();
        }
    }

    private void Run(IReadOnlyList<PartitionMark> marks)
    {
        while (true)
        {
            try
            {
                RunSession(marks);
                break;
            }
            catch (Exception error) when (!_abandoned)
            {
                _context.Log.LoopRestarts(error, _number);
                RuntimeMetrics.LoopRestarts.Add(1);
            }
            catch (Exception)
            {
                break;
            }

            _wake.WaitOne(Limits.RestartDelayMs);
            if (!TryReadMarks(ref marks))
            {
                break;
            }
        }

        Mailbox.Close();
        _live.TrySetCanceled();
        _ended.TrySetResult();
    }

    private bool TryReadMarks(ref IReadOnlyList<PartitionMark> marks)
    {
        while (!_abandoned)
        {
            try
            {
                marks = _context.Store.Recover().Partitions;
                return true;
            }
            catch (Exception error) when (!_stopping)
            {
                _context.Log.LoopRestarts(error, _number);
                _wake.WaitOne(Limits.RestartDelayMs);
            }
            catch (Exception error)
            {
                _context.Log.LoopRestarts(error, _number);
                return false;
            }
        }

        return false;
    }

    private void RunSession(IReadOnlyList<PartitionMark> marks)
    {
        var store = _context.Store;
        var partitions = _numbers.Select(number => new Partition(marks[number], _context.Library)).ToArray();
        foreach (var partition in partitions)
        {
            partition.ProgramVersion = partition.Facts.Current.Program.Version;
            Wait(_context.Customers.ForgetAsync(partition.Number));
            _context.Dues.Attach(partition);
            store.Customers.VisitDues(partition.Number, (hash, due) =>
            {
                if (due < long.MaxValue)
                {
                    partition.Timers.Push(due, hash);
                }
            });
        }

        if (partitions.Sum(partition => partition.HeadAtStart - partition.Floor) >= Limits.FillFromRecords)
        {
            Wait(_context.Customers.FillAsync(partitions.Select(partition => partition.Number).ToHashSet()));
        }

        var rebuilt = Array.FindAll(partitions, partition => partition.Floor < partition.RebuildTo);
        var recorded = RecordedChecksums.Read(store.Checksums, [.. rebuilt.Select(partition => (partition.Number, partition.Floor, partition.RebuildTo))]);
        for (var index = 0; index < rebuilt.Length; index++)
        {
            rebuilt[index].Check = new EffectCheck(rebuilt[index].Number, recorded[index], store.Messages);
        }

        Volatile.Write(ref _partitions, partitions);
        using var loop = new PartitionLoop(store, _context.Customers, partitions, _commitNumber, _context.Replays, _context.Time);
        using var timers = new TimerPump(partitions, _context.Customers, store.Log, _context.Meter, _context.Time, _context.Log, _signal);
        using var reader = store.Log.OpenReader(partitions.Select(partition => new PartitionOffset(partition.Number, partition.Floor)).ToArray());
        _timers = timers;
        loop.PlanFlushes();
        try
        {
            Drive(loop, timers, reader);
        }
        finally
        {
            _commitNumber = loop.CommitNumber;
            EndOutstanding();
            _context.Meter.Applying(_number, long.MaxValue);
        }
    }

    private void Drive(PartitionLoop loop, TimerPump timers, ILogReader reader)
    {
        Task<IReadOnlyList<LogSlice>>? reading = null;
        while (!_abandoned)
        {
            Settle();
            var more = Wait(Mailbox.AnswerAsync(_context.Customers, Limits.QueriesPerTurn));
            if (reading is null)
            {
                var read = reader.ReadAsync(TimeSpan.FromMinutes(1), _reading.Token);
                reading = read.AsTask();
                if (!reading.IsCompleted)
                {
                    _context.Meter.Applying(_number, long.MaxValue);
                    reading.GetAwaiter().UnsafeOnCompleted(_signal);
                }
            }

            if (!_live.Task.IsCompleted && loop.Partitions.All(partition => partition.IsLive))
            {
                _live.TrySetResult();
            }

            if (_outstanding.Count >= Limits.OutstandingCommitsMax)
            {
                _wake.WaitOne();
                continue;
            }

            if (reading.IsCompleted)
            {
                var slices = reading.GetAwaiter().GetResult();
                if (slices.Count > 0)
                {
                    _context.Meter.Applying(_number, slices[0].At);
                    Give(Wait(loop.ProcessAsync(slices)));
                    timers.Applied(loop.TimersApplied);
                    loop.TimersApplied = 0;
                }

                reading = null;
                more = true;
            }
            else if (_stopping)
            {
                if (Wait(loop.FlushAllAsync()) is not { } last)
                {
                    return;
                }

                Give(last);
                continue;
            }

            var now = _context.Now();
            if (!_stopping)
            {
                Wait(timers.FireAsync(now));
            }

            if (loop.NextFlushAt() <= now)
            {
                Give(Wait(loop.FlushDueAsync()));
            }

            if (!more && !_abandoned)
            {
                Sleep(Math.Min(timers.NextAt(), loop.NextFlushAt()), now);
            }
        }
    }

    private void Give(PendingCommit? pending)
    {
        if (pending is not null)
        {
            _outstanding.Enqueue(pending);
            if (!pending.Task.IsCompleted)
            {
                pending.Task.GetAwaiter().UnsafeOnCompleted(_signal);
            }
        }
    }

    /// <summary>Publishes what has become durable, in order.</summary>
    private void Settle()
    {
        while (_outstanding.TryPeek(out var first) && first.Task.IsCompleted)
        {
            _outstanding.Dequeue();
            Publish(first);
        }
    }

    private void Publish(PendingCommit pending)
    {
        try
        {
            pending.Task.GetAwaiter().GetResult();
            foreach (var advance in pending.Commit.Advances)
            {
                var partition = _partitions.First(item => item.Number == advance.Partition);
                partition.Committed = advance.To;
                _context.Customers.Committed(advance.Partition, advance.Epoch, advance.To, pending.Number);
            }

            _context.Meter.Committed(pending.Records);
            _context.Meter.Appended(pending.Commit.Records.Count);
            _context.Board.Publish(pending.Commit.Counters, pending.Recent);
            if (pending.Commit.Cancellations.Count > 0)
            {
                _context.Cancelled?.Invoke();
            }

            RuntimeMetrics.Commits.Add(1);
            RuntimeMetrics.CommitSeconds.Record(_context.Time.GetElapsedTime(pending.GivenAt).TotalSeconds);
        }
        finally
        {
            pending.Release();
        }
    }

    private void EndOutstanding()
    {
        while (_outstanding.TryDequeue(out var pending))
        {
            if (_abandoned)
            {
                continue;
            }

            try
            {
                ((IAsyncResult)pending.Task).AsyncWaitHandle.WaitOne();
                Publish(pending);
            }
            catch (Exception error)
            {
                _context.Log.CommitLost(error, _number);
            }
        }
    }

    private void Sleep(long until, long now)
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

        _wake.WaitOne();
    }

    private void Ring()
    {
        Volatile.Write(ref _alarmAt, long.MaxValue);
        Signal();
    }

    private void Signal()
    {
        try
        {
            _wake.Set();
        }
        catch (ObjectDisposedException)
        {
            // A completion that comes after the end has nobody to wake.
        }
    }
}
