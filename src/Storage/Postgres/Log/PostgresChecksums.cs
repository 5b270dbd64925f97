using Npgsql;
using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.Log;

/// <summary>Checksums of committed records' effects: written by the commits, gathered when their records are sorted.</summary>
internal sealed class PostgresChecksums(PostgresDatabase database) : IChecksums
{
    public const string SelectFrom = "SELECT next_offset, bytes FROM log_checksums WHERE partition = $1 AND next_offset > $2 ORDER BY next_offset";

    public const string Insert = """
        INSERT INTO log_checksums (partition, next_offset, at, bytes) SELECT c.partition, c.next_offset, $3, c.bytes
        FROM unnest($1::smallint[], $2::bigint[], $4::bytea[]) AS c (partition, next_offset, bytes)
        """;

    private const string SelectOf = "SELECT next_offset, bytes FROM log_checksums WHERE partition = $1 AND next_offset > $2 AND next_offset <= $3 ORDER BY next_offset";

    private const string DeleteOf = "DELETE FROM log_checksums WHERE partition = $1 AND next_offset > $2 AND next_offset <= $3";

    public void Read(IReadOnlyList<PartitionOffset> from, ChecksumVisitor visit)
    {
        foreach (var (partition, offset) in from)
        {
            database.Read(connection => PostgresDatabase.Query(connection, SelectFrom, row => Visit(row, partition, visit), (short)partition, offset));
        }
    }

    /// <summary>The records up to an offset become a run: so do their checksums, where they follow one another without a gap.</summary>
    public static void Gather(NpgsqlConnection connection, Statements statements, int partition, long first, long next, long at)
    {
        var rows = PostgresDatabase.Query(connection, SelectOf, row => (Next: row.GetInt64(0), Bytes: row.Bytes(1)), (short)partition, first, next);
        if (rows.Count < 2)
        {
            return;
        }

        List<long> ends = [];
        List<byte[]> gathered = [];
        foreach (var (end, bytes) in rows)
        {
            if (ends.Count > 0 && ends[^1] == end - (bytes.Length / PartitionAdvance.ChecksumBytes))
            {
                (ends[^1], gathered[^1]) = (end, [.. gathered[^1], .. bytes]);
            }
            else
            {
                ends.Add(end);
                gathered.Add(bytes);
            }
        }

        statements.Add(DeleteOf, (short)partition, first, next).Add(Insert, ends.ConvertAll(_ => (short)partition).ToArray(), ends.ToArray(), at, gathered.ToArray());
    }

    private static bool Visit(NpgsqlDataReader row, int partition, ChecksumVisitor visit)
    {
        var bytes = row.Bytes(1);
        visit(partition, row.GetInt64(0) - (bytes.Length / PartitionAdvance.ChecksumBytes), bytes);
        return true;
    }
}
