using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Triggers.Storage.Measuring;
using Triggers.Storage.Moving;
using Triggers.Storage.Postgres.Data;
using Triggers.Storage.Postgres.Lists;
using Triggers.Storage.Postgres.Log;
using Triggers.Storage.Postgres.Migrations;
using Triggers.Storage.Postgres.Outbox;
using Triggers.Storage.Postgres.Runs;
using Triggers.Storage.Postgres.States;
using Triggers.Storage.Postgres.Writing;
using Triggers.Storage.Upkeep;

namespace Triggers.Storage.Postgres;

/// <summary>Everything a server, or a cluster of them, keeps, in one schema of a PostgreSQL database. How it is laid out: docs/formats/postgres.md.</summary>
public sealed partial class PostgresStore : IStore
{
    private const string SelectSizes = """
        SELECT CASE WHEN relname LIKE 'log\_%' THEN 'log' WHEN relname = 'customers' THEN 'states' WHEN relname = 'messages' THEN 'messages' ELSE 'other' END,
            sum(pg_total_relation_size(oid))::bigint
        FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' GROUP BY 1
        """;

    private const string SelectRunsBacklog = """
        SELECT coalesce(sum(h.head - coalesce((SELECT max(r.next_offset) FROM log_runs r WHERE r.partition = h.partition), 0)), 0)::bigint FROM log_heads h
        """;

    /// <summary>A dump that is restored makes new tables: their numbers are new, those of a table next to another too.</summary>
    private const string SelectInfo = """
        SELECT store_id, secret, partitions, created_at, format('%s/%s/%s/%s', (SELECT oid FROM pg_database WHERE datname = current_database()),
            'store'::regclass::oid, 'settings'::regclass::oid, 'customers'::regclass::oid) FROM store
        """;

    private readonly PostgresDatabase _database;
    private readonly LogTail _tail;
    private readonly AppendWriter _appends;
    private readonly CommitWriter _commits;
    private readonly TimeRanges _ranges;
    private readonly HeadWatch? _watch;
    private readonly PostgresSettings _settings;
    private readonly RunSorting _sorting;
    private readonly Retention _retention;
    private readonly LatencyWindow _transactions;
    private readonly UpkeepLoop _upkeep;
    private bool _disposed;

    private PostgresStore(PostgresDatabase database, StoreInfo info, AppendWriter appends, CommitWriter commits, LogTail tail, TimeRanges ranges, LatencyWindow transactions, PostgresStoreOptions options, TimeProvider time, ILogger logger)
    {
        _transactions = transactions;
        _database = database;
        _appends = appends;
        _commits = commits;
        _tail = tail;
        _ranges = ranges;
        Info = info;
        Log = new PostgresLog(appends, tail, new SharedReads(database), time);
        Customers = new PostgresCustomers(database);
        var history = new PostgresHistory(database, info.Partitions);
        History = history;
        Checksums = new PostgresChecksums(database);
        var outbox = new PostgresOutbox(database, appends);
        commits.Queued = outbox.RaiseQueued;
        Outbox = outbox;
        Messages = new PostgresMessages(database);
        Mailbox = new PostgresMailbox(database);
        Definitions = new PostgresDefinitions(database);
        Lists = new PostgresLists(database);
        Rejected = new PostgresRejected(database);
        Imports = new PostgresImports(database);
        Quality = new PostgresQuality(database);
        _settings = new PostgresSettings(database);
        _settings.Load();
        Search = new SearchTable(database);
        _sorting = new RunSorting(database, options);
        _retention = new Retention(database, ranges, options, _settings, time);
        _upkeep = new UpkeepLoop([_retention, _sorting, new RunMerging(database, options), new Erasing(database, history, tail, info.Partitions)], time, logger);
        if (options.IsShared)
        {
            _watch = new HeadWatch(database, HeadWatch.ChannelOf(database), tail, _settings.RefreshAsync, logger);
            appends.Appended = _watch.Announce;
            commits.Appended = _watch.Announce;
            _settings.Written = _watch.AnnounceSettings;
        }
    }

    public StoreInfo Info { get; }

    public bool IsShared => _watch is not null;

    public ILog Log { get; }

    public ICustomerStore Customers { get; }

    public IHistory History { get; }

    public IChecksums Checksums { get; }

    public IOutbox Outbox { get; }

    public IMessageStore Messages { get; }

    public IMailbox Mailbox { get; }

    public IDefinitionStore Definitions { get; }

    public IRejectedStore Rejected { get; }

    public IImportJournal Imports { get; }

    public IQualityStore Quality { get; }

    public ISettingStore Settings => _settings;

    public ISearchIndex Search { get; }

    public IListStore Lists { get; }

    internal PostgresDatabase Database => _database;

    internal LogTail Tail => _tail;

    /// <summary>Opens the store of a database's schema, or makes a new one.</summary>
    /// <exception cref="DatabaseUnreachableException">The server is away or lets this user not in.</exception>
    /// <exception cref="DatabaseLockedException">Another process has it.</exception>
    /// <exception cref="DatabaseTooNewException">A newer program wrote it.</exception>
    /// <exception cref="DatabaseMigrationException">Its schema is not what the migrations say.</exception>
    /// <exception cref="StoreUnfinishedException">A data folder is being moved there.</exception>
    public static async Task<PostgresStore> OpenAsync(PostgresStoreOptions options, TimeProvider time, ILoggerFactory? logs = null)
    {
        var logger = (logs ?? NullLoggerFactory.Instance).CreateLogger("Triggers.Storage");
        var database = PostgresDatabase.Create(options.ConnectionString);
        CommitWriter? commits = null;
        try
        {
            await Migrator.ApplyAsync(database, time).ConfigureAwait(false);
            var info = database.Query(
                SelectInfo, row => new StoreInfo(row.GetString(0), row.Bytes(1), row.GetInt16(2), Migrator.Newest, row.GetInt64(3), row.GetString(4)))[0];
            var tail = new LogTail(info.Partitions, options.RecentLogBytes);
            var ranges = new TimeRanges(database, options.LogRetentionDays);
            var transactions = new LatencyWindow(time);
            commits = new CommitWriter(database, new StoreLock(options.IsShared), tail, ranges, new WriterMeter("commit", transactions), time, logger);
            await commits.StartAsync(isAlone: !options.IsShared).ConfigureAwait(false);
            MoveJournal.RefuseUnfinished(database, info);
            await ranges.EnsureAsync(time).ConfigureAwait(false);
            await HeadWatch.RefreshAsync(database, tail).ConfigureAwait(false);
            WarnOfLooseServer(database, logger);
            var appends = new AppendWriter(database, tail, ranges, options, new WriterMeter("append", transactions), time, logger);
            var store = new PostgresStore(database, info, appends, commits, tail, ranges, transactions, options, time, logger);
            appends.Start();
            if (options.MaintainsItself)
            {
                store._upkeep.Start();
            }

            return store;
        }
        catch (Exception error)
        {
            if (commits is not null)
            {
                await commits.DisposeAsync().ConfigureAwait(false);
            }

            await database.DisposeAsync().ConfigureAwait(false);
            if (error is Npgsql.NpgsqlException or System.Net.Sockets.SocketException or TimeoutException)
            {
                throw new DatabaseUnreachableException(database.Where, Failures.Reason(error).TrimEnd('.') + ".", error);
            }

            throw;
        }
    }

    /// <summary>What a person may see of a connection string: host, database and schema.</summary>
    /// <exception cref="DatabaseUnreachableException">It is not one.</exception>
    public static string Describe(string connectionString) => PostgresDatabase.Describe(PostgresDatabase.Parse(connectionString));

    public StoreCondition Condition =>
        _appends.Refused is { } reason ? new StoreCondition(StoreMode.Refusing, reason)
        : _commits.IsWaiting ? new StoreCondition(StoreMode.Refusing, "Commits wait for PostgreSQL.")
        : StoreCondition.Taking;

    public Recovery Recover() => PartitionTable.Recover(_database);

    public IReadOnlyList<PartitionMark> MarksOf(IReadOnlyList<int> partitions) => PartitionTable.MarksOf(_database, partitions);

    public IReadOnlyDictionary<string, long> CountersOf(int partition)
        => _database.Query(PartitionTable.SelectTotalsOf, row => KeyValuePair.Create(row.Text(0), row.GetInt64(1)), (short)partition).ToDictionary(StringComparer.Ordinal);

    public IReadOnlyList<PendingErasure> PendingErasures()
        => _database.Query("SELECT customer_key, at FROM erasures ORDER BY at", row => new PendingErasure(row.Text(0), row.GetInt64(1)));

    public Task CommitAsync(Commit commit) => _commits.CommitAsync(commit);

    public IDisposable HoldUpkeep() => _upkeep.Hold();

    public void GiveUp() => _database.Close();

    public StoreFigures Figures() => new(
        "postgres",
        _appends.QueueBytes,
        _database.Query(SelectSizes, row => (Part: row.GetString(0), Bytes: row.GetInt64(1))).ToDictionary(each => each.Part, each => each.Bytes, StringComparer.Ordinal),
        _database.Query(SelectRunsBacklog, row => row.GetInt64(0))[0],
        _transactions.Read(),
        _upkeep.Figures);

    public async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            await StopBackgroundAsync().ConfigureAwait(false);
            await _appends.DisposeAsync().ConfigureAwait(false);
            await _commits.DisposeAsync().ConfigureAwait(false);
            await CloseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Does all background work that there is now.</summary>
    internal Task MaintainAsync()
    {
        _retention.LookNow();
        _sorting.LookNow();
        return _upkeep.SettleAsync();
    }

    /// <summary>For tests: leaves the database as a killed process would.</summary>
    internal async Task AbandonAsync()
    {
        _disposed = true;
        _database.Close();
        await StopBackgroundAsync().ConfigureAwait(false);
        await _appends.AbandonAsync().ConfigureAwait(false);
        await _commits.AbandonAsync().ConfigureAwait(false);
        await CloseAsync().ConfigureAwait(false);
    }

    private async Task CloseAsync()
    {
        await _database.DisposeAsync().ConfigureAwait(false);
        _tail.Dispose();
        _settings.Dispose();
        _ranges.Dispose();
    }

    private async Task StopBackgroundAsync()
    {
        await _upkeep.DisposeAsync().ConfigureAwait(false);
        if (_watch is not null)
        {
            await _watch.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>What is acknowledged is on disk only if the server syncs. synchronous_commit is seen to by each writer; fsync is the operator's.</summary>
    private static void WarnOfLooseServer(PostgresDatabase database, ILogger logger)
    {
        if (database.Query("SHOW fsync", row => row.GetString(0))[0] == "off")
        {
            LogFsyncIsOff(logger);
        }
    }

    [LoggerMessage(EventId = 1120, Level = LogLevel.Warning, Message = "This PostgreSQL server runs with fsync = off: what is acknowledged is lost when its machine fails.")]
    private static partial void LogFsyncIsOff(ILogger logger);
}
