using Triggers.Storage.Blocks;
using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.Log;

/// <summary>The statements on heads and chunks.</summary>
internal static class LogTable
{
    public const string SelectHeads = "SELECT partition, head, at FROM log_heads";

    /// <summary>In the order of partitions, so that two appends never wait for each other. The statements behind it see what this one waited for.</summary>
    public const string LockHeads = "SELECT partition FROM log_heads WHERE partition = ANY ($1) ORDER BY partition FOR UPDATE";

    public const string MoveHeads = """
        UPDATE log_heads h SET head = h.head + a.count, at = (SELECT greatest($3, max(at)) FROM log_heads WHERE partition = ANY ($1))
        FROM unnest($1::smallint[], $2::int[]) AS a (partition, count) WHERE h.partition = a.partition
        RETURNING h.partition, h.head, h.at
        """;

    public const string InsertChunks = """
        INSERT INTO log_chunks (partition, next_offset, count, at, bytes)
        SELECT a.partition, h.head, a.count, h.at, a.bytes FROM unnest($1::smallint[], $2::int[], $3::bytea[]) AS a (partition, count, bytes) JOIN log_heads h ON h.partition = a.partition
        """;

    /// <summary>
    /// For each wish what comes after an offset of a partition, up to a number of rows and of bytes (at least one chunk). Lengths are known without reading the bodies.
    /// </summary>
    public const string SelectChunks = """
        SELECT w.place::int, c.next_offset, c.count, c.at, c.bytes
        FROM unnest($1::smallint[], $2::bigint[], $3::int[]) WITH ORDINALITY AS w (partition, from_offset, rows, place) CROSS JOIN LATERAL (
            SELECT s.next_offset, s.count, s.at, s.bytes FROM (
                SELECT l.*, sum(octet_length(l.bytes)) OVER (ORDER BY l.next_offset) - octet_length(l.bytes) AS bytes_before FROM (
                    SELECT next_offset, count, at, bytes FROM log_chunks
                    WHERE partition = w.partition AND next_offset > w.from_offset AND at >= $4 ORDER BY next_offset LIMIT w.rows) l) s
            WHERE s.bytes_before < $5 ORDER BY s.next_offset) c
        """;

    /// <summary>
    /// Appends a block in the running transaction. <paramref name="moved"/> gets each partition's head after it, and the instant of all its records.
    /// </summary>
    public static void Append(Statements statements, Block block, long now, Action<int, long, long> moved)
    {
        var partitions = PartitionsOf(block);
        if (partitions.Length == 0)
        {
            return;
        }

        var counts = Array.ConvertAll(partitions, partition => block.Counts[partition]);
        var bodies = Array.ConvertAll(partitions, partition => block.Slice(partition));
        statements.Read(LockHeads, static _ => { }, partitions);
        statements.Read(MoveHeads, row => moved(row.GetInt16(0), row.GetInt64(1), row.GetInt64(2)), partitions, counts, now);
        statements.Add(InsertChunks, partitions, counts, bodies);
    }

    /// <summary>Those that have records in the block.</summary>
    public static short[] PartitionsOf(Block block)
    {
        var partitions = new List<short>(block.Partitions);
        for (var partition = 0; partition < block.Partitions; partition++)
        {
            if (block.Counts[partition] > 0)
            {
                partitions.Add((short)partition);
            }
        }

        return [.. partitions];
    }
}
