using System.Diagnostics;
using Npgsql;
using Triggers.Engine.Records;
using Triggers.Storage.Postgres.Data;
using Triggers.Storage.Postgres.Log;
using Triggers.Storage.Upkeep;

namespace Triggers.Storage.Postgres.Runs;

/// <summary>Sorts a partition's chunks behind its floor into a run, which takes their place in the same transaction.</summary>
internal sealed class RunSorting(PostgresDatabase database, PostgresStoreOptions options) : IUpkeep
{
    public const string SelectReady = """
        SELECT c.partition FROM log_chunks c JOIN partitions p ON p.partition = c.partition AND c.next_offset <= p.floor
        GROUP BY c.partition HAVING sum(octet_length(c.bytes)) >= $1 OR count(*) >= $2 ORDER BY sum(octet_length(c.bytes)) DESC LIMIT $3
        """;

    private const string SelectSome = """
        SELECT next_offset, count, at, bytes FROM (
            SELECT c.next_offset, c.count, c.at, c.bytes, sum(octet_length(c.bytes)) OVER (ORDER BY c.next_offset) - octet_length(c.bytes) AS bytes_before
            FROM log_chunks c JOIN partitions p ON p.partition = c.partition AND c.next_offset <= p.floor WHERE c.partition = $1) s
        WHERE bytes_before < $2 ORDER BY next_offset
        """;

    private long _lookedAt;
    private TimeSpan _rest;

    public string Name => "sorted runs";

    private readonly record struct SortKey(ulong Hash, long Offset, long At, int Chunk, int Start, int Length);

    /// <summary>The next step looks, whenever the last one did: looking reads the whole tail's rows, though not their bodies.</summary>
    public void LookNow() => _lookedAt = 0;

    public async Task<bool> StepAsync(CancellationToken cancellation)
    {
        if (_lookedAt != 0 && Stopwatch.GetElapsedTime(_lookedAt) < _rest)
        {
            return false;
        }

        var beganAt = Stopwatch.GetTimestamp();
        var ready = database.Query(SelectReady, row => (int)row.GetInt16(0), options.RunBytes, (long)options.RunChunks, Limits.SortedAtOnce);
        var took = Stopwatch.GetElapsedTime(beganAt).TotalMilliseconds;
        _rest = TimeSpan.FromMilliseconds(Math.Clamp(took * Limits.SortLookRest, Limits.SortLookMs, Limits.SortLookMsMax));
        _lookedAt = ready.Count == 0 ? Stopwatch.GetTimestamp() : 0;
        foreach (var partition in ready)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!await database.WriteAsync(connection => SortAsync(connection, partition)).ConfigureAwait(false))
            {
                _lookedAt = Stopwatch.GetTimestamp();
                return false;
            }
        }

        return ready.Count > 0;
    }

    private async Task<bool> SortAsync(NpgsqlConnection connection, int partition)
    {
        if (!RunTable.TryLockUpkeep(connection))
        {
            return false;
        }

        var chunks = PostgresDatabase.Query(
            connection, SelectSome, row => (Next: row.GetInt64(0), First: row.GetInt64(0) - row.GetInt32(1), At: row.GetInt64(2), Bytes: row.Bytes(3)), (short)partition, Math.Max(options.RunBytes, 1) * 2);
        if (chunks.Count == 0)
        {
            return true;
        }

        var keys = new List<SortKey>();
        for (var chunk = 0; chunk < chunks.Count; chunk++)
        {
            var (_, offset, at, bytes) = chunks[chunk];
            for (var start = 0; start < bytes.Length; offset++)
            {
                var length = RecordView.ReadHead(bytes.AsSpan(start), out var hash, out _);
                keys.Add(new SortKey(hash, offset, at, chunk, start, length));
                start += length;
            }
        }

        keys.Sort(static (a, b) => a.Hash != b.Hash ? a.Hash.CompareTo(b.Hash) : a.Offset.CompareTo(b.Offset));
        using var pages = new RunWriter(connection, partition, chunks[0].First, chunks[^1].Next, chunks[^1].At);
        foreach (var key in keys)
        {
            pages.Add(key.Hash, key.Offset, key.At, chunks[key.Chunk].Bytes.AsSpan(key.Start, key.Length));
            if (pages.WantsFlush)
            {
                await pages.FlushAsync().ConfigureAwait(false);
            }
        }

        await pages.FinishAsync().ConfigureAwait(false);
        var statements = new Statements().Add("DELETE FROM log_chunks WHERE partition = $1 AND next_offset <= $2", (short)partition, chunks[^1].Next);
        PostgresChecksums.Gather(connection, statements, partition, chunks[0].First, chunks[^1].Next, chunks[^1].At);
        await statements.RunAsync(connection).ConfigureAwait(false);
        return true;
    }
}
