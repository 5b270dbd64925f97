using Npgsql;
using Triggers.Storage.Postgres.Data;
using Triggers.Storage.Runs;
using Triggers.Storage.Sqlite.Runs;

namespace Triggers.Storage.Moving.Steps;

/// <summary>Sorted runs: their pages are the same on both engines. A run of all partitions becomes one a partition.</summary>
internal sealed class RunStep(SqliteSource source, int sliceBytes) : IMoveStep
{
    private const string SelectPages = "SELECT FirstHash, FirstOffset, Data FROM RunPages WHERE Run = ?1 AND Partition = ?2 AND (FirstHash, FirstOffset) > (?3, ?4) ORDER BY FirstHash, FirstOffset";

    private const string AddRun = """
        INSERT INTO log_runs (partition, first_offset, next_offset, at, bytes) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (partition, next_offset) DO UPDATE SET bytes = log_runs.bytes + excluded.bytes RETURNING id
        """;

    private const string CopyPages = "COPY log_pages (partition, run, first_hash, first_offset, at, bytes) FROM STDIN (FORMAT BINARY)";

    public string Name => "runs";

    public IEnumerable<Slice> Read(string position)
    {
        var (seq, last, hash, offset) = Slice.Numbers(position) is [var s, var p, var h, var o] ? (s, p, h, o) : (long.MinValue, 0, 0, 0);
        foreach (var run in source.Runs)
        {
            for (var partition = 0; partition < run.From.Length; partition++)
            {
                if (run.FromSeq < seq || (run.FromSeq == seq && partition < last) || run.From[partition] == run.To[partition])
                {
                    continue;
                }

                var begun = run.FromSeq == seq && partition == last;
                foreach (var slice in Read(run, partition, begun ? hash : long.MinValue, begun ? offset : long.MinValue))
                {
                    yield return slice;
                }
            }
        }
    }

    private IEnumerable<Slice> Read(RunInfo run, int partition, long hash, long offset)
    {
        long? at = null;
        while (true)
        {
            var pages = NextPages(run.Id, partition, hash, offset);
            if (pages.Count == 0)
            {
                yield break;
            }

            var newest = at ??= NewestAt(run.Id, partition);
            (hash, offset, _) = pages[^1];
            yield return new Slice(
                Slice.PositionOf(run.FromSeq, partition, hash, offset), pages.Sum(page => CountOf(page.Bytes)), [newest],
                connection => WriteAsync(connection, run, partition, newest, pages));
        }
    }

    private static async Task WriteAsync(NpgsqlConnection connection, RunInfo run, int partition, long at, List<(long Hash, long Offset, byte[] Bytes)> pages)
    {
        var id = PostgresDatabase.Query(
            connection, AddRun, row => row.GetInt64(0), (short)partition, run.From[partition], run.To[partition], at, pages.Sum(page => (long)page.Bytes.Length))[0];
        await Slice.CopyAsync(connection, CopyPages, pages.Select(page => new object?[] { (short)partition, id, page.Hash, page.Offset, at, page.Bytes })).ConfigureAwait(false);
    }

    private List<(long Hash, long Offset, byte[] Bytes)> NextPages(long run, int partition, long hash, long offset)
    {
        var pages = new List<(long Hash, long Offset, byte[] Bytes)>();
        using var lease = source.Pool.Rent();
        using var row = lease.Statement(SelectPages).Bind(1, run).Bind(2, partition).Bind(3, hash).Bind(4, offset);
        for (var bytes = 0; bytes < sliceBytes && row.Step(); bytes += pages[^1].Bytes.Length)
        {
            pages.Add((row.Int64(0), row.Int64(1), row.Blob(2).ToArray()));
        }

        return pages;
    }

    /// <summary>A run's pages all bear the instant of its newest record, which only reading them tells.</summary>
    private long NewestAt(long run, int partition)
    {
        var newest = 0L;
        var cursor = RunTable.Cursor(source.Pool, run, partition);
        while (cursor.Next())
        {
            newest = Math.Max(newest, cursor.At);
        }

        return newest;
    }

    private static long CountOf(byte[] page) => RunPage.ReadHead(page).Count;
}
