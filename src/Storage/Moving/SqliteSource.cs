using System.Globalization;
using Triggers.Storage.Sqlite;
using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Log;
using Triggers.Storage.Sqlite.Migrations;
using Triggers.Storage.Sqlite.Runs;
using Triggers.Storage.Sqlite.Writing;

namespace Triggers.Storage.Moving;

/// <summary>A stopped data folder, opened for nothing but reading: not even what a kill left in its WAL is tidied. Holds its lock.</summary>
internal sealed class SqliteSource : IDisposable
{
    private readonly DataFolder _folder;
    private readonly SqliteDatabase _database;

    private SqliteSource(DataFolder folder, SqliteDatabase database, ReadPool pool, StoreInfo info, TimeProvider time)
    {
        _folder = folder;
        _database = database;
        Pool = pool;
        Info = info;
        State = StoreLoader.Load(database, pool, info, new SqliteStoreOptions { Folder = folder.DatabasePath }, time);
        Runs = RunTable.Load(database);
        History = new SqliteHistory(State, pool, new RunSet(Runs));
        Fingerprint = FingerprintOf(folder.DatabasePath);
    }

    public StoreInfo Info { get; }

    public StoreState State { get; }

    public ReadPool Pool { get; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<RunInfo> Runs { get; }

    public SqliteHistory History { get; }

    /// <summary>Changes whenever the folder is written: a copy of two moments would be one of none.</summary>
    public string Fingerprint { get; }

    /// <summary>The first block that no run holds.</summary>
    public long TailSeq => RunSet.TailSeq(Runs);

    /// <summary>All that a retention has left.</summary>
    public long Records => State.Partitions.Sum(partition => partition.Head) - LogBounds.FirstOffsets(State, Pool, Runs).Sum();

    /// <exception cref="StoreLockedException">A server runs on it.</exception>
    /// <exception cref="StoreTooNewException">A newer program wrote it.</exception>
    /// <exception cref="MoveRefusedException">There is none, or of an older format.</exception>
    public static SqliteSource Open(string path, TimeProvider time)
    {
        if (!SqliteStore.Exists(path))
        {
            throw new MoveRefusedException($"{path} is not a data folder: give the one that a server ran on with --data.");
        }

        var folder = DataFolder.Open(path);
        SqliteDatabase? database = null;
        ReadPool? pool = null;
        try
        {
            database = SqliteDatabase.Open(folder.DatabasePath, readOnly: true);
            database.Execute("PRAGMA query_only = ON; PRAGMA temp_store = MEMORY");
            var format = (int)(database.Scalar("PRAGMA user_version") ?? 0);
            if (format > Migrator.Newest)
            {
                throw new StoreTooNewException(path, format, Migrator.Newest);
            }

            if (format < Migrator.Newest)
            {
                throw new MoveRefusedException($"The data folder '{path}' has the older format {format}. Start this version on it once (`triggers serve`), which brings it to format {Migrator.Newest}, and stop it again.");
            }

            pool = new ReadPool(folder.DatabasePath);
            var info = new StoreInfo(
                MetaTable.Text(database, MetaTable.StoreId), MetaTable.Blob(database, MetaTable.Secret), (int)MetaTable.Int64(database, MetaTable.Partitions), format, MetaTable.Int64(database, MetaTable.CreatedAt));
            return new SqliteSource(folder, database, pool, info, time);
        }
        catch (Exception error)
        {
            pool?.Dispose();
            database?.Dispose();
            folder.Dispose();
            throw error is SqliteException { IsStorageRefusing: true } ? new MoveRefusedException($"The data folder '{path}' cannot be read: {error.Message}", error) : error;
        }
    }

    public long Scalar(string sql) => _database.Scalar(sql) ?? 0;

    /// <summary>The highest number that a table's rows ever had.</summary>
    public long LastSequence(string table) => Scalar($"SELECT seq FROM sqlite_sequence WHERE name = '{table}'");

    /// <summary>Where each partition's records that are in no run begin.</summary>
    public PartitionOffset[] TailOffsets()
    {
        var tail = new PartitionOffset[Info.Partitions];
        var first = Runs.Count == 0 ? LogBounds.FirstOffsets(State, Pool, Runs) : Runs[^1].To;
        for (var partition = 0; partition < tail.Length; partition++)
        {
            tail[partition] = new PartitionOffset(partition, first[partition]);
        }

        return tail;
    }

    public SqliteLogReader OpenTail() => new(State.Log, Pool, Info.Partitions, TailOffsets());

    /// <summary>What the table of checksums and the commit rows of the tail hold; each record's once.</summary>
    public void VisitChecksums(ChecksumVisitor visit)
    {
        using var lease = Pool.Rent();
        using (var row = lease.Statement("SELECT Partition, FirstOffset, Data FROM Checksums ORDER BY Id"))
        {
            while (row.Step())
            {
                visit(row.Int32(0), row.Int64(1), row.Blob(2));
            }
        }

        using var commits = lease.Statement(SqliteChecksums.SelectCommits).Bind(1, TailSeq).Bind(2, long.MaxValue);
        while (commits.Step())
        {
            CommitRow.VisitChecksums(commits.Blob(0), visit);
        }
    }

    public void Dispose()
    {
        State.Log.Cache.Dispose();
        Pool.Dispose();
        _database.Dispose();
        _folder.Dispose();
    }

    /// <summary>Size and time of the files that hold something; an empty WAL comes and goes with readers.</summary>
    private static string FingerprintOf(string path)
        => string.Join(' ', new[] { path, path + "-wal" }.Select(name => new FileInfo(name)).Where(file => file is { Exists: true, Length: > 0 })
            .Select(file => string.Create(CultureInfo.InvariantCulture, $"{file.Length}@{file.LastWriteTimeUtc.Ticks}")));
}
