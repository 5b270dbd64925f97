using Npgsql;
using Triggers.Storage.Commits;
using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.Writing;

/// <summary>The statements on where partitions stand, and their counters.</summary>
internal static class PartitionTable
{
    public const string Lock = "SELECT partition, epoch, cursor_offset, floor FROM partitions WHERE partition = ANY ($1) ORDER BY partition FOR UPDATE";

    public const string SelectHeads = "SELECT partition, head FROM log_heads WHERE partition = ANY ($1)";

    public const string Move = """
        UPDATE partitions p SET epoch = m.epoch, cursor_offset = m.cursor_offset, floor = m.floor, floor_state = coalesce(m.floor_state, p.floor_state)
        FROM unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[]) AS m (partition, epoch, cursor_offset, floor, floor_state)
        WHERE p.partition = m.partition
        """;

    public const string Count = """
        INSERT INTO counters AS c (partition, name, total) SELECT * FROM unnest($1::smallint[], $2::text[], $3::bigint[])
        ON CONFLICT (partition, name) DO UPDATE SET total = c.total + excluded.total
        """;

    public const string SelectMarks = """
        SELECT p.partition, p.epoch, p.cursor_offset, p.floor, p.floor_state, h.head FROM partitions p JOIN log_heads h USING (partition) ORDER BY p.partition
        """;

    public const string SelectMarksOf = """
        SELECT p.partition, p.epoch, p.cursor_offset, p.floor, p.floor_state, h.head
        FROM unnest($1::smallint[]) WITH ORDINALITY AS w (partition, place) JOIN partitions p USING (partition) JOIN log_heads h USING (partition) ORDER BY w.place
        """;

    public const string SelectTotals = "SELECT name, sum(total)::bigint FROM counters GROUP BY name";

    public const string SelectTotalsOf = "SELECT name, total FROM counters WHERE partition = $1";

    /// <summary>One moment's marks and totals.</summary>
    public static Recovery Recover(PostgresDatabase database)
        => database.Read(connection =>
        {
            using var transaction = connection.BeginTransaction(System.Data.IsolationLevel.RepeatableRead);
            var marks = PostgresDatabase.Query(connection, SelectMarks, ReadMark);
            var counters = new Dictionary<string, long>(StringComparer.Ordinal);
            foreach (var (name, total) in PostgresDatabase.Query(connection, SelectTotals, row => (row.Text(0), row.GetInt64(1))))
            {
                counters.Add(name, total);
            }

            return new Recovery(marks, counters);
        });

    public static List<PartitionMark> MarksOf(PostgresDatabase database, IReadOnlyList<int> partitions)
        => database.Query(SelectMarksOf, ReadMark, partitions.Select(partition => (short)partition).ToArray());

    public static void Save(Statements statements, SortedDictionary<int, PartitionState> moved)
    {
        statements.Add(
            Move, Column(moved, each => (short)each.Key), Column(moved, each => each.Value.Epoch), Column(moved, each => each.Value.Cursor), Column(moved, each => each.Value.Floor),
            Column<byte[]?>(moved, each => each.Value.FloorState));
    }

    private static PartitionMark ReadMark(NpgsqlDataReader row)
        => new(row.GetInt16(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.Bytes(4), row.GetInt64(5));

    private static T[] Column<T>(SortedDictionary<int, PartitionState> moved, Func<KeyValuePair<int, PartitionState>, T> value) => [.. moved.Select(value)];
}
