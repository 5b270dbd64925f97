using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Triggers.Engine.Records;
using Triggers.Storage.Blocks;
using Triggers.Storage.Measuring;
using Triggers.Storage.Postgres.Data;
using Triggers.Storage.Postgres.Log;
using Triggers.Storage.Postgres.Outbox;

namespace Triggers.Storage.Postgres.Writing;

/// <summary>
/// Appends: while one transaction is on its way to the server's disk the next one gathers, and each is one message to the server. The heads it appends to
/// are locked only while the server works on it.
/// </summary>
internal sealed partial class AppendWriter : IAsyncDisposable
{
    private readonly PostgresDatabase _database;
    private readonly WriterSession _session;
    private readonly WriterMeter _meter;
    private readonly LogTail _tail;
    private readonly TimeRanges _ranges;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AppendQueue _queue;
    private readonly BlockBuilder _builder;
    private readonly long[] _heads;
    private Task _running = Task.CompletedTask;
    private long _refusedAt;
    private volatile bool _refusing;
    private bool _hasProbed;
    private volatile bool _probing;
    private volatile string _refusal = "";

    public AppendWriter(PostgresDatabase database, LogTail tail, TimeRanges ranges, PostgresStoreOptions options, WriterMeter meter, TimeProvider time, ILogger logger)
    {
        _meter = meter;
        _database = database;
        _session = new WriterSession(database, storeLock: null);
        _tail = tail;
        _ranges = ranges;
        _time = time;
        _logger = logger;
        _queue = new AppendQueue(options.ExternalQueueBytes);
        _builder = new BlockBuilder(tail.Partitions);
        _heads = new long[tail.Partitions];
    }

    /// <summary>Something was appended: other processes want to know.</summary>
    public Action? Appended { get; set; }

    /// <summary>Why nothing is taken now; null: it is.</summary>
    public string? Refused => _refusing ? _refusal : null;

    public long QueueBytes => _queue.ExternalBytes;

    public void Start() => _running = Task.Run(RunAsync);

    public Task<AppendResult> AppendAsync(RecordBatch records, bool isExternal, ImportMark? mark, CancellationToken cancellation)
    {
        if (isExternal && _refusing && Environment.TickCount64 - Volatile.Read(ref _refusedAt) < Limits.RetryMs)
        {
            return Task.FromResult(Refusal());
        }

        var item = new AppendItem(records, isExternal, mark, []);
        item.CancelBy(cancellation);
        if (!_queue.TryAdd(item))
        {
            item.Finish(new AppendResult(AppendStatus.Busy, 0, Storage.Limits.BusyRetryAfter, "The store's queue is full."));
        }

        return item.Task;
    }

    /// <summary>Closes messages and appends what came of them; returns how many records that was.</summary>
    public async Task<int> CloseAsync(IReadOnlyList<OutboxClose> closes, RecordBatch outcomes)
    {
        var item = new AppendItem(outcomes, isExternal: false, mark: null, closes);
        _queue.TryAdd(item);
        await item.Task.ConfigureAwait(false);
        using var kept = item.Kept;
        return (kept ?? outcomes).Count;
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Close();
        await _running.ConfigureAwait(false);
        await _session.EndAsync().ConfigureAwait(false);
        _queue.Dispose();
    }

    /// <summary>For tests: ends as a killed process would.</summary>
    public async Task AbandonAsync()
    {
        _queue.Close();
        await _running.ConfigureAwait(false);
        await _session.LoseAsync().ConfigureAwait(false);
        _queue.Dispose();
    }

    private AppendResult Refusal() => new(AppendStatus.Unavailable, 0, Storage.Limits.UnavailableRetryAfter, _refusal);

    private async Task RunAsync()
    {
        var batch = new List<AppendItem>();
        while (await _queue.TakeAsync(batch).ConfigureAwait(false))
        {
            _hasProbed = false;
            await ExecuteAsync(batch).ConfigureAwait(false);
            batch.Clear();
        }
    }

    /// <summary>Brings the items to the server, whatever it takes; what comes from outside is refused while the server is away.</summary>
    private async Task ExecuteAsync(List<AppendItem> items)
    {
        long? landedAt = null;
        var (isSent, lacksRange) = (false, false);
        while (items.Count > 0)
        {
            try
            {
                landedAt ??= await _session.OpenAsync().ConfigureAwait(false);
                if (landedAt is { } at)
                {
                    // The connection was lost after the server had it.
                    await HeadWatch.RefreshAsync(_database, _tail).ConfigureAwait(false);
                    if (isSent)
                    {
                        Finish(items, at);
                        return;
                    }

                    // Those were others, which have been refused meanwhile.
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
            catch (Exception error) when (Failures.IsUnavailable(error))
            {
                await WaitForServerAsync(items, error).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                if (_database.Stop.IsCancellationRequested || items.Count == 1)
                {
                    await _session.LoseAsync().ConfigureAwait(false);
                    items.ForEach(item => item.Fail(error));
                    return;
                }

                // One item sinks the others: each goes alone.
                LogAppendFailed(_logger, error, items.Count);
                await _session.RollbackAsync().ConfigureAwait(false);
                foreach (var item in items.ToArray())
                {
                    await ExecuteAsync([item]).ConfigureAwait(false);
                }

                return;
            }
        }
    }

    /// <summary>A connection that broke while idle is opened again at once; only a server that is away refuses.</summary>
    private async Task WaitForServerAsync(List<AppendItem> items, Exception error)
    {
        await _session.LoseAsync().ConfigureAwait(false);
        if (!_refusing && !_hasProbed && error is not Npgsql.PostgresException { IsTransient: false })
        {
            _hasProbed = true;
            try
            {
                var probe = await _database.OpenSessionAsync().ConfigureAwait(false);
                await probe.DisposeAsync().ConfigureAwait(false);
                return;
            }
            catch (Exception again)
            {
                // Whatever it is: a server that lets nobody in (yet) is away, too.
                error = again;
            }
        }

        if (!_refusing)
        {
            LogServerAway(_logger, Failures.Reason(error));
        }

        StorageMetrics.Refusals.Add(1);
        _refusal = "PostgreSQL takes no data: " + Failures.Reason(error);
        _refusing = true;
        Volatile.Write(ref _refusedAt, Environment.TickCount64);
        items.FindAll(item => item.IsExternal).ForEach(item => item.Finish(Refusal()));
        items.RemoveAll(item => item.IsExternal);
        if (!_probing)
        {
            _probing = true;
            _ = ProbeAsync();
        }

        if (items.Count > 0)
        {
            await Task.Delay(Limits.RetryMs, _database.Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_database.Stop.IsCancellationRequested)
            {
                items.ForEach(item => item.Fail(new ObjectDisposedException(nameof(PostgresStore))));
                items.Clear();
            }
        }
    }

    /// <summary>Finds out that the server is back though nobody else may come to append: an unready server gets no events.</summary>
    private async Task ProbeAsync()
    {
        using var nothing = new RecordBatch();
        var item = new AppendItem(nothing, isExternal: false, mark: null, []);
        try
        {
            _queue.TryAdd(item);
            await ((Task)item.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (ObjectDisposedException)
        {
            // The store is closing.
        }
        finally
        {
            _probing = false;
        }
    }

    private async Task AttemptAsync(List<AppendItem> items)
    {
        var beganAt = Stopwatch.GetTimestamp();
        if (items[0].Mark is { } mark && !await TryMoveImportAsync(mark, items[0]).ConfigureAwait(false))
        {
            return;
        }

        var closes = items.FindAll(item => item.Closes.Count > 0);
        if (closes.Count > 0)
        {
            await LeaveOutClosedAsync(closes).ConfigureAwait(false);
        }

        var statements = new Statements();
        foreach (var item in items)
        {
            MessageTable.Close(statements, item.Closes);
            _builder.Add(item.Kept ?? item.Records);
        }

        var block = _builder.Build();
        long at = 0;
        try
        {
            LogTable.Append(statements, block, Now(), (partition, head, stamped) => (_heads[partition], at) = (head - block.Counts[partition], stamped));
            _session.Add(statements, LogTable.PartitionsOf(block));
            if (items[0].Mark is not null || closes.Count > 0)
            {
                statements.Add("COMMIT");
            }

            await statements.RunAsync(_session.Connection).ConfigureAwait(false);
        }
        catch
        {
            block.Release();
            throw;
        }

        _session.Committed();
        _meter.Transaction(beganAt, items.Count);
        _tail.Publish(block, at, _heads);
        Finish(items, at);
        Appended?.Invoke();
    }

    /// <summary>Begins a transaction in which the import stands at the row after this append. False: it stood elsewhere, and the caller knows.</summary>
    private async Task<bool> TryMoveImportAsync(ImportMark mark, AppendItem item)
    {
        long next = 0;
        await new Statements()
            .Add("BEGIN")
            .Add("INSERT INTO imports (source_hash, name, next_row, updated_at) VALUES ($1, $2, 0, 0) ON CONFLICT DO NOTHING", mark.SourceHash, mark.Name)
            .Read("SELECT next_row FROM imports WHERE source_hash = $1 FOR UPDATE", row => next = row.GetInt64(0), mark.SourceHash)
            .RunAsync(_session.Connection).ConfigureAwait(false);
        if (next != mark.ExpectedRow)
        {
            await _session.RollbackAsync().ConfigureAwait(false);
            item.Finish(new AppendResult(AppendStatus.AlreadyImported, 0, default, $"The import stands at row {next}, not {mark.ExpectedRow}."));
            return false;
        }

        await new Statements()
            .Add("UPDATE imports SET name = $2, next_row = $3, updated_at = $4 WHERE source_hash = $1", mark.SourceHash, mark.Name, mark.NextRow, Now())
            .RunAsync(_session.Connection).ConfigureAwait(false);
        return true;
    }

    /// <summary>
    /// Begins a transaction in which the messages that are to be closed stay queued. Those that another process closed have their outcome; that of one which is gone would
    /// bring an erased customer back into the log.
    /// </summary>
    private async Task LeaveOutClosedAsync(List<AppendItem> items)
    {
        var queued = new HashSet<string>(StringComparer.Ordinal);
        var ids = items.SelectMany(item => item.Closes.Select(close => close.MessageId)).ToArray();
        await new Statements().Add("BEGIN").Read(MessageTable.LockQueued, row => queued.Add(row.Text(0)), [ids]).RunAsync(_session.Connection).ConfigureAwait(false);
        foreach (var item in items)
        {
            item.Kept?.Dispose();
            item.Kept = null;
            if (item.Closes.All(close => queued.Contains(close.MessageId)))
            {
                continue;
            }

            item.Kept = new RecordBatch();
            for (var i = 0; i < item.Records.Count; i++)
            {
                RecordView.Read(item.Records.Bytes[item.Records.Entries[i].Start..], out var view);
                if (queued.Contains(Convert.ToHexStringLower(view.MessageId)))
                {
                    item.Kept.AddRange(item.Records, i, 1);
                }
            }
        }
    }

    private void Finish(List<AppendItem> items, long at)
    {
        if (_refusing)
        {
            _refusing = false;
            LogServerBack(_logger);
        }

        items.ForEach(item => item.Finish(AppendResult.Ok(at)));
    }

    private long Now() => Math.Max(_tail.LastAt, _time.GetUtcNow().ToUnixTimeMilliseconds());

    [LoggerMessage(EventId = 1100, Level = LogLevel.Error, Message = "PostgreSQL takes no data, so events are refused (503) and commits wait: {Reason}. It goes on by itself.")]
    private static partial void LogServerAway(ILogger logger, string reason);

    [LoggerMessage(EventId = 1101, Level = LogLevel.Information, Message = "PostgreSQL takes data again.")]
    private static partial void LogServerBack(ILogger logger);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Error, Message = "A transaction of {Items} appends failed; they are tried one by one.")]
    private static partial void LogAppendFailed(ILogger logger, Exception error, int items);
}
