using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Triggers.Storage.Measuring;
using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Lists;
using Triggers.Storage.Sqlite.Log;
using Triggers.Storage.Sqlite.Migrations;
using Triggers.Storage.Sqlite.Outbox;
using Triggers.Storage.Sqlite.Runs;
using Triggers.Storage.Sqlite.States;
using Triggers.Storage.Sqlite.Upkeep;
using Triggers.Storage.Sqlite.Writing;
using Triggers.Storage.Upkeep;

namespace Triggers.Storage.Sqlite;

/// <summary>Everything a server keeps, in one SQLite file of a data folder: the default, with no service to install. How it is laid out: docs/formats/sqlite.md.</summary>
public sealed class SqliteStore : IStore
{
    private readonly DataFolder _folder;
    private readonly SqliteDatabase _database;
    private readonly WalSync _wal;
    private readonly ReadPool _pool;
    private readonly StoreState _state;
    private readonly StoreWriter _writer;
    private readonly Retention _retention;
    private readonly SqliteSettings _settings;
    private readonly RunBuilding _building;
    private readonly RunMerging _merging;
    private readonly UpkeepLoop _upkeep;
    private readonly Checkpointer _checkpointer;
    private readonly DataSync _file;
    private readonly LatencyWindow _transactions;
    private bool _disposed;

    private SqliteStore(DataFolder folder, SqliteDatabase database, ReadPool pool, StoreInfo info, SqliteStoreOptions options, TimeProvider time, ILogger logger)
    {
        _folder = folder;
        _database = database;
        _pool = pool;
        Info = info;
        _state = StoreLoader.Load(database, pool, info, options, time);
        _wal = new WalSync(folder.DatabasePath);
        _file = new DataSync(folder.DatabasePath);
        _writer = new StoreWriter(database, folder.DatabasePath, _file, _wal, _state, options, new WriterMeter("sqlite", _transactions = new LatencyWindow(time)), logger);
        _checkpointer = new Checkpointer(folder.DatabasePath, _file, database, options.CheckpointBytes, logger);
        _writer.AfterTransaction = _checkpointer.AfterTransaction;
        Log = new SqliteLog(_writer, _state, pool);
        var catalog = new RunCatalog(database, _writer, _state);
        var history = new SqliteHistory(_state, pool, catalog.Runs);
        History = history;
        Checksums = new SqliteChecksums(pool);
        Runs = catalog.Runs;
        Outbox = new SqliteOutbox(_writer, _state, pool);
        Messages = new SqliteMessages(pool);
        Mailbox = new SqliteMailbox(_writer, pool);
        Definitions = new SqliteDefinitions(_writer, pool);
        Lists = new SqliteLists(_writer, pool);
        Rejected = new SqliteRejected(_writer, pool);
        Imports = new SqliteImports(_state, pool);
        Quality = new SqliteQuality(_writer, pool);
        _settings = new SqliteSettings(_writer);
        _settings.Load(database);
        _building = new RunBuilding(_writer, _state, pool, catalog, options);
        _merging = new RunMerging(_writer, _state, pool, catalog, options);
        _retention = new Retention(_state, pool, catalog, _settings, options);
        var compaction = new StateCompaction(_writer, _state, pool);
        _upkeep = new UpkeepLoop(
            [
                new SearchIndexing(_writer, _state),
                _retention,
                _building,
                _merging,
                catalog,
                compaction,
                new Erasing(_writer, _state, pool, catalog, history, compaction, new FreePages(_writer), _checkpointer),
            ],
            time,
            logger);
    }

    public StoreInfo Info { get; }

    public bool IsShared => false;

    public ILog Log { get; }

    public ICustomerStore Customers => _state.Customers;

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

    public ISearchIndex Search => _state.Search;

    public IListStore Lists { get; }

    public StoreCondition Condition => _writer.Condition;

    public IReadOnlyList<PendingErasure> PendingErasures() => [.. _state.Erasures.Select(each => new PendingErasure(each.Key, each.Value.At)).OrderBy(each => each.At)];

    internal StoreState State => _state;

    internal StoreWriter Writer => _writer;

    internal ReadPool Pool => _pool;

    internal RunSet Runs { get; }

    internal Checkpointer Checkpointer => _checkpointer;

    /// <summary>There is a store in the folder.</summary>
    public static bool Exists(string folder) => File.Exists(DataFolder.DatabaseIn(folder));

    /// <summary>Opens the store of a folder, or makes a new one.</summary>
    /// <exception cref="StoreLockedException">Another process has it open.</exception>
    /// <exception cref="StoreTooNewException">A newer program wrote it.</exception>
    /// <exception cref="StoreFolderException">The folder cannot be written.</exception>
    public static Task<SqliteStore> OpenAsync(SqliteStoreOptions options, TimeProvider time, ILoggerFactory? logs = null)
        => Task.Run(() => Open(options, time, (logs ?? NullLoggerFactory.Instance).CreateLogger("Triggers.Storage")));

    public Recovery Recover()
    {
        lock (_state.Gate)
        {
            return new Recovery([.. Enumerable.Range(0, _state.Partitions.Length).Select(MarkOf)], _state.Counters.Totals());
        }
    }

    public IReadOnlyList<PartitionMark> MarksOf(IReadOnlyList<int> partitions)
    {
        lock (_state.Gate)
        {
            return [.. partitions.Select(MarkOf)];
        }
    }

    public IReadOnlyDictionary<string, long> CountersOf(int partition) => throw new NotSupportedException("The commits of all partitions are counted together: one process owns them all.");

    public Task CommitAsync(Commit commit) => _writer.CommitAsync(commit);

    public IDisposable HoldUpkeep() => _upkeep.Hold();

    public void GiveUp() => _writer.GiveUp();

    public StoreFigures Figures()
    {
        var sizes = new Dictionary<string, long>(StringComparer.Ordinal)
        {
            ["database"] = BytesOf(_folder.DatabasePath),
            ["wal"] = BytesOf(_folder.DatabasePath + "-wal"),
        };
        return new StoreFigures("sqlite", _writer.Queue.ExternalBytes, sizes, RunsBacklog(), _transactions.Read(), _upkeep.Figures);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            await _upkeep.DisposeAsync().ConfigureAwait(false);
            await _writer.DisposeAsync().ConfigureAwait(false);
            Close();
        }
    }

    /// <summary>Does all background work that there is now.</summary>
    internal async Task MaintainAsync()
    {
        await _writer.FoldAsync().ConfigureAwait(false);
        _retention.LookNow();
        await _upkeep.SettleAsync().ConfigureAwait(false);
    }

    /// <summary>Does all background work, and brings the log into as few runs as it may have. Nobody else may use the store meanwhile.</summary>
    internal async Task<CompactionResult> CompactAsync(CompactionResult result, Action<string> tell, CancellationToken cancellation)
    {
        var (runs, first) = (Runs.Current.Count, LogBounds.FirstOffsets(_state, _pool, Runs.Current).Sum());
        tell("finishing background work");
        await MaintainAsync().ConfigureAwait(false);
        tell("sorting the tail of the log");
        var sorted = await _building.SortAllAsync(cancellation).ConfigureAwait(false);
        tell("merging runs");
        await _merging.MergeAllAsync(cancellation).ConfigureAwait(false);
        await MaintainAsync().ConfigureAwait(false);
        return result with
        {
            RunsBefore = runs,
            RunsAfter = Runs.Current.Count,
            BlocksSorted = sorted,
            RecordsDropped = LogBounds.FirstOffsets(_state, _pool, Runs.Current).Sum() - first,
        };
    }

    /// <summary>For tests: leaves the files as a killed process would.</summary>
    internal async Task AbandonAsync()
    {
        _disposed = true;
        await _upkeep.DisposeAsync().ConfigureAwait(false);
        await _writer.AbandonAsync().ConfigureAwait(false);
        Close();
    }

    private static SqliteStore Open(SqliteStoreOptions options, TimeProvider time, ILogger logger)
    {
        var folder = DataFolder.Open(options.Folder);
        SqliteDatabase? database = null;
        ReadPool? pool = null;
        try
        {
            database = SqliteDatabase.Open(folder.DatabasePath, readOnly: false);
            database.Execute($"""
                PRAGMA page_size = {Limits.PageBytes};
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = NORMAL;
                PRAGMA wal_autocheckpoint = 0;
                PRAGMA temp_store = MEMORY;
                PRAGMA secure_delete = FAST;
                PRAGMA cache_size = -{Limits.WriteCacheKilobytes};
                """);
            Migrator.Apply(database, options.Folder, time);
            var info = new StoreInfo(
                MetaTable.Text(database, MetaTable.StoreId),
                MetaTable.Blob(database, MetaTable.Secret),
                (int)MetaTable.Int64(database, MetaTable.Partitions),
                Migrator.Newest,
                MetaTable.Int64(database, MetaTable.CreatedAt));
            pool = new ReadPool(folder.DatabasePath);
            var store = new SqliteStore(folder, database, pool, info, options, time, logger);
            store._writer.Start();
            if (options.MaintainsItself)
            {
                store._upkeep.Start();
            }

            return store;
        }
        catch (Exception error)
        {
            pool?.Dispose();
            database?.Dispose();
            folder.Dispose();
            if (error is SqliteException { IsNoDatabase: true })
            {
                throw new StoreUnreadableException(folder.DatabasePath, error);
            }

            if (error is InvalidDataException)
            {
                throw new StoreDamagedException(folder.DatabasePath, error.Message, error);
            }

            if (error is UnauthorizedAccessException or SqliteException { IsStorageRefusing: true })
            {
                throw new StoreFolderException(options.Folder, error.Message, error);
            }

            throw;
        }
    }

    private PartitionMark MarkOf(int number)
    {
        ref readonly var partition = ref _state.Partitions[number];
        return new PartitionMark(number, partition.Epoch, partition.Cursor, partition.Floor, partition.FloorState, partition.Head);
    }

    private static long BytesOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private long RunsBacklog()
    {
        var runs = Runs.Current;
        lock (_state.Gate)
        {
            return _state.Partitions.Select((partition, number) => partition.Head - (runs.Count == 0 ? 0 : runs[^1].To[number])).Sum();
        }
    }

    private void Close()
    {
        _checkpointer.Dispose();
        _settings.Dispose();
        _state.Log.Cache.Dispose();
        _pool.Dispose();
        _database.Dispose();
        _wal.Dispose();

        // Behind every connection: to close any handle of a file gives up all locks that this process has on it.
        _file.Dispose();
        _folder.Dispose();
    }
}
