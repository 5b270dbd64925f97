using Triggers.Storage.Runs;
using Triggers.Storage.Sqlite.Data;

namespace Triggers.Storage.Sqlite.Runs;

/// <summary>The statements on runs and their pages.</summary>
internal static class RunTable
{
    public const string SelectRuns = "SELECT Id, FromSeq, ToSeq, At, Bytes, Bounds FROM Runs ORDER BY FromSeq";

    public const string InsertPage = "INSERT INTO RunPages (Run, Partition, FirstHash, FirstOffset, Data) VALUES (?1, ?2, ?3, ?4, ?5)";

    public const string InsertRun = "INSERT INTO Runs (Id, FromSeq, ToSeq, At, Bytes, Bounds) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

    public const string DeleteRun = "DELETE FROM Runs WHERE Id = ?1";

    public const string UpdatePage = "UPDATE RunPages SET Data = ?2 WHERE Id = ?1";

    /// <summary>The page after a given one.</summary>
    public const string SelectNextPage = """
        SELECT FirstHash, FirstOffset, Data FROM RunPages
        WHERE Run = ?1 AND Partition = ?2 AND (FirstHash, FirstOffset) > (?3, ?4) ORDER BY FirstHash, FirstOffset LIMIT 1
        """;

    /// <summary>Every page that may hold a hash: those that begin with it, and the ones that begin with the nearest smaller hash.</summary>
    public const string SelectPagesOfHash = """
        SELECT Id, Data FROM RunPages
        WHERE Run = ?1 AND Partition = ?2 AND FirstHash <= ?3
            AND FirstHash >= coalesce((SELECT max(FirstHash) FROM RunPages WHERE Run = ?1 AND Partition = ?2 AND FirstHash < ?3), ?3)
        ORDER BY FirstHash, FirstOffset
        """;

    public const string SelectSomePages = "SELECT Id FROM RunPages WHERE Run = ?1 LIMIT ?2";

    /// <summary>A walk along one partition of a run.</summary>
    public static RunCursor Cursor(ReadPool pool, long run, int partition)
        => new((hash, offset) =>
        {
            using var lease = pool.Rent();
            using var row = lease.Statement(SelectNextPage).Bind(1, run).Bind(2, partition).Bind(3, hash).Bind(4, offset);
            return row.Step() ? new RunCursor.Page(row.Int64(0), row.Int64(1), row.Blob(2).ToArray()) : null;
        }, error => Damaged(pool.Path, run, partition, error));

    public static StoreDamagedException Damaged(string file, long run, int partition, InvalidDataException error)
        => new(file, $"a page of partition {partition} in run {run} of the log (table RunPages) is damaged: {error.Message.TrimEnd('.')}.", error);

    public static List<RunInfo> Load(SqliteDatabase database)
    {
        var runs = new List<RunInfo>();
        using var row = database.Statement(SelectRuns);
        while (row.Step())
        {
            runs.Add(RunInfo.Decode(row.Int64(0), row.Int64(1), row.Int64(2), row.Int64(3), row.Int64(4), row.Blob(5)));
        }

        return runs;
    }

    /// <summary>Runs that have pages, complete or not.</summary>
    public static List<long> WithPages(SqliteDatabase database)
    {
        var ids = new List<long>();
        long id = 0;
        while (true)
        {
            using var row = database.Statement("SELECT min(Run) FROM RunPages WHERE Run > ?1").Bind(1, id);
            if (!row.Step() || row.IsNull(0))
            {
                return ids;
            }

            id = row.Int64(0);
            ids.Add(id);
        }
    }
}
