using Triggers.Runtime.Hosting;
using Triggers.Runtime.Live;

namespace Triggers.Runtime.Loop;

/// <summary>Commits that a loop has given to the store without waiting; what has become durable is published, in order. Called by the loop alone.</summary>
/// <param name="number">Of the loop, for messages.</param>
/// <param name="signal">Ends the loop's wait when a commit has ended.</param>
internal sealed class OutstandingCommits(int number, IReadOnlyList<Partition> partitions, LoopContext context, ICustomers customers, Action signal)
{
    private readonly Queue<PendingCommit> _pending = new();

    public int Count => _pending.Count;

    public void Add(PendingCommit? pending)
    {
        if (pending is not null)
        {
            _pending.Enqueue(pending);
            if (!pending.Task.IsCompleted)
            {
                pending.Task.GetAwaiter().UnsafeOnCompleted(signal);
            }
        }
    }

    /// <summary>Publishes those that have ended.</summary>
    public void Settle()
    {
        while (_pending.TryPeek(out var first) && first.Task.IsCompleted)
        {
            _pending.Dequeue();
            Publish(first);
        }
    }

    /// <summary>Waits for all of them.</summary>
    public async ValueTask EndAsync(IPace pace)
    {
        while (_pending.TryDequeue(out var pending))
        {
            try
            {
                await pace.UntilAsync(pending.Task);
                Publish(pending);
            }
            catch (Exception error)
            {
                context.Log.CommitLost(error, number);
            }
        }
    }

    private void Publish(PendingCommit pending)
    {
        try
        {
            pending.Task.GetAwaiter().GetResult();

            // Before the lag: who sees that nothing lags sees everything counted.
            context.Board.Publish(pending.Commit.Advances[0].Partition, pending.Commit.Counters, pending.Recent);
            foreach (var advance in pending.Commit.Advances)
            {
                var partition = partitions.First(item => item.Number == advance.Partition);
                partition.Committed = advance.To;
                context.Meter.CommittedTo(advance.Partition, advance.To);
                customers.Committed(advance.Partition, advance.Epoch, advance.To, pending.Number);
            }

            // What the commit appended first, so that nothing seems to lag less than it does.
            context.Meter.Appended(pending.Commit.Records.Count);
            context.Meter.Committed(pending.Records);
            if (pending.Commit.Cancellations.Count > 0)
            {
                context.Cancelled?.Invoke();
            }

            Measure(pending);
        }
        finally
        {
            pending.Release();
        }
    }

    private void Measure(PendingCommit pending)
    {
        var took = context.Time.GetElapsedTime(pending.GivenAt);
        context.Latencies.Commits.Record(took);
        context.Traces.Committed(pending.Trace);
        RuntimeMetrics.Commits.Add(1);
        RuntimeMetrics.CommitSeconds.Record(took.TotalSeconds);
        RuntimeMetrics.CommitRecords.Record(pending.Records);
        RuntimeMetrics.RecordsApplied.Add(pending.Records);
        foreach (var flush in pending.Commit.Flushes)
        {
            RuntimeMetrics.CustomersFlushed.Add(flush.Snapshots.Count);
        }
    }
}
