using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Triggers.Storage.Blocks;
using Triggers.Storage.Commits;
using Triggers.Storage.Measuring;
using Triggers.Storage.Postgres.Data;
using Triggers.Storage.Postgres.Log;
using Triggers.Storage.Postgres.Outbox;

namespace Triggers.Storage.Postgres.Writing;

/// <summary>
/// Commits: those that wait together are one transaction of two messages to the server. The first locks the partitions and says where they stand, the second
/// writes. On a connection of its own, so that a flush of many states does not hold up appends. It is the one that holds the store's lock.
/// </summary>
internal sealed partial class CommitWriter : IAsyncDisposable
{
    private readonly PostgresDatabase _database;
    private readonly WriterSession _session;
    private readonly WriterMeter _meter;
    private readonly LogTail _tail;
    private readonly TimeRanges _ranges;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<CommitItem> _waiting = Channel.CreateUnbounded<CommitItem>(new UnboundedChannelOptions { SingleReader = true });
    private readonly BlockBuilder _builder;
    private readonly PartitionState[] _partitions;
    private readonly long[] _heads;
    private Task _running = Task.CompletedTask;
    private volatile bool _waits;

    public CommitWriter(PostgresDatabase database, StoreLock storeLock, LogTail tail, TimeRanges ranges, WriterMeter meter, TimeProvider time, ILogger logger)
    {
        _meter = meter;
        _database = database;
        _session = new WriterSession(database, storeLock);
        _tail = tail;
        _ranges = ranges;
        _time = time;
        _logger = logger;
        _builder = new BlockBuilder(tail.Partitions);
        _partitions = new PartitionState[tail.Partitions];
        _heads = new long[tail.Partitions];
    }

    public Action? Appended { get; set; }

    /// <summary>Commits wait for the server.</summary>
    public bool IsWaiting => _waits;

    public Action<IReadOnlyList<QueuedMessage>>? Queued { get; set; }

    /// <summary>Takes the store's lock. Who has it alone ends every other writer: what a former one left on its way cannot take place any more.</summary>
    /// <exception cref="DatabaseLockedException">Another process has it.</exception>
    public async Task StartAsync(bool isAlone)
    {
        await _session.OpenAsync().ConfigureAwait(false);
        if (isAlone)
        {
            await _session.EndOthersAsync().ConfigureAwait(false);
        }

        _running = Task.Run(RunAsync);
    }

    /// <summary>Commits are bounded by what the loops have outstanding.</summary>
    public Task CommitAsync(Commit commit)
    {
        var item = new CommitItem(commit);
        return _waiting.Writer.TryWrite(item) ? item.Task : Task.FromException(new ObjectDisposedException(nameof(PostgresStore)));
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _running.ConfigureAwait(false);
        await _session.EndAsync().ConfigureAwait(false);
    }

    /// <summary>For tests: ends as a killed process would.</summary>
    public async Task AbandonAsync()
    {
        _waiting.Writer.TryComplete();
        await _running.ConfigureAwait(false);
        await _session.LoseAsync().ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        var batch = new List<CommitItem>();
        while (await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            var snapshots = 0;
            while (batch.Count < Limits.CommitItems && snapshots < Limits.CommitSnapshots && _waiting.Reader.TryRead(out var item))
            {
                batch.Add(item);
                snapshots += item.Snapshots;
            }

            await ExecuteAsync(batch).ConfigureAwait(false);
            batch.Clear();
        }
    }

    /// <summary>Brings the commits to the server, whatever it takes, unchanged.</summary>
    private async Task ExecuteAsync(List<CommitItem> items)
    {
        long? landedAt = null;
        var (isSent, lacksRange) = (false, false);
        while (items.Count > 0)
        {
            try
            {
                landedAt ??= await _session.OpenAsync(lockPatienceMs: 0).ConfigureAwait(false);
                if (landedAt is not null)
                {
                    // The connection was lost after the server had it.
                    await HeadWatch.RefreshAsync(_database, _tail).ConfigureAwait(false);
                    if (isSent)
                    {
                        Finish(items, PostgresOutbox.QueuedOf(_database, items.SelectMany(item => item.MessageIds)));
                        return;
                    }

                    landedAt = null;
                }

                if (lacksRange)
                {
                    // Here rather than where that was found: the server may be gone by now, and a handler's exception would end the writer.
                    _ranges.Forget();
                    await _ranges.EnsureAsync(_time).ConfigureAwait(false);
                    lacksRange = false;
                }

                isSent = true;
                await AttemptAsync(items).ConfigureAwait(false);
                return;
            }
            catch (Exception error) when (Failures.IsConflict(error))
            {
                await _session.RollbackAsync().ConfigureAwait(false);
            }
            catch (Exception error) when (Failures.IsMissingRange(error))
            {
                await _session.RollbackAsync().ConfigureAwait(false);
                lacksRange = true;
            }
            catch (Exception error) when (!_database.Stop.IsCancellationRequested && (Failures.IsUnavailable(error) || error is DatabaseLockedException))
            {
                await _session.LoseAsync().ConfigureAwait(false);
                if (!_waits)
                {
                    _waits = true;
                    LogCommitsWait(_logger, Failures.Reason(error));
                }
                else
                {
                    await Task.Delay(Limits.RetryMs, _database.Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
            catch (Exception error)
            {
                if (_database.Stop.IsCancellationRequested || items.Count == 1)
                {
                    await _session.LoseAsync().ConfigureAwait(false);
                    items.ForEach(item => item.Fail(error));
                    return;
                }

                LogCommitFailed(_logger, error, items.Count);
                await _session.RollbackAsync().ConfigureAwait(false);
                foreach (var item in items.ToArray())
                {
                    await ExecuteAsync([item]).ConfigureAwait(false);
                }

                return;
            }
        }
    }

    private async Task AttemptAsync(List<CommitItem> items)
    {
        var beganAt = Stopwatch.GetTimestamp();
        await LockAsync(items).ConfigureAwait(false);
        var statements = new Statements();
        var moved = new SortedDictionary<int, PartitionState>();
        var queued = new List<QueuedMessage>();
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var gathered = new GatheredCommits(statements, now, Math.Max(_tail.LastAt, now), queued);
        for (var i = 0; i < items.Count; i++)
        {
            try
            {
                items[i].Apply(_partitions, moved, gathered);
                _builder.Add(items[i].Records);
            }
            catch (Exception error) when (error is EpochLostException or InvalidOperationException)
            {
                items[i].Fail(error);
                items.RemoveAt(i--);
            }
        }

        if (items.Count == 0)
        {
            await _session.RollbackAsync().ConfigureAwait(false);
            return;
        }

        gathered.Write(_partitions.Length);
        PartitionTable.Save(statements, moved);
        var block = _builder.Build();
        long at = 0;
        try
        {
            LogTable.Append(statements, block, Math.Max(_tail.LastAt, now), (partition, head, stamped) => (_heads[partition], at) = (head - block.Counts[partition], stamped));
            _session.Add(statements, LogTable.PartitionsOf(block));
            await statements.Add("COMMIT").RunAsync(_session.Connection).ConfigureAwait(false);
        }
        catch
        {
            block.Release();
            throw;
        }

        _session.Committed();
        _meter.Transaction(beganAt, items.Count);
        var appended = block.Length > 0;
        _tail.Publish(block, at, _heads);
        Finish(items, queued);
        if (appended)
        {
            Appended?.Invoke();
        }
    }

    /// <summary>Begins the transaction: from here on the partitions stand still.</summary>
    private async Task LockAsync(List<CommitItem> items)
    {
        var partitions = items.SelectMany(item => item.Partitions(_partitions.Length)).Distinct().Order().Select(partition => (short)partition).ToArray();
        await new Statements()
            .Add("BEGIN")
            .Read(PartitionTable.Lock, row => _partitions[row.GetInt16(0)] = new PartitionState { Epoch = row.GetInt64(1), Cursor = row.GetInt64(2), Floor = row.GetInt64(3) }, partitions)
            .Read(PartitionTable.SelectHeads, row => _partitions[row.GetInt16(0)].Head = row.GetInt64(1), partitions)
            .RunAsync(_session.Connection).ConfigureAwait(false);
    }

    private void Finish(List<CommitItem> items, List<QueuedMessage> queued)
    {
        if (_waits)
        {
            _waits = false;
            LogCommitsGoOn(_logger);
        }

        if (queued.Count > 0)
        {
            try
            {
                Queued?.Invoke(queued);
            }
            catch (Exception error)
            {
                // What a listener throws is its own affair: everything is durable.
                LogListenerFailed(_logger, error);
            }
        }

        items.ForEach(item => item.Done());
    }

    [LoggerMessage(EventId = 1103, Level = LogLevel.Warning, Message = "Commits wait for PostgreSQL: {Reason}")]
    private static partial void LogCommitsWait(ILogger logger, string reason);

    [LoggerMessage(EventId = 1104, Level = LogLevel.Information, Message = "Commits go on.")]
    private static partial void LogCommitsGoOn(ILogger logger);

    [LoggerMessage(EventId = 1105, Level = LogLevel.Error, Message = "A transaction of {Items} commits failed; they are tried one by one.")]
    private static partial void LogCommitFailed(ILogger logger, Exception error, int items);

    [LoggerMessage(EventId = 1106, Level = LogLevel.Error, Message = "A listener to queued messages failed; the messages are found by the next sweep.")]
    private static partial void LogListenerFailed(ILogger logger, Exception error);
}
