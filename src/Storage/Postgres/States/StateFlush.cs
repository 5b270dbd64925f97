using Triggers.Engine.Records;
using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.States;

/// <summary>The snapshots of one commit on their way into the table: of several states of one customer the last counts.</summary>
internal sealed class StateFlush
{
    public const string DeleteHashes = """
        WITH gone AS (DELETE FROM customers c USING unnest($1::smallint[], $2::bigint[], $3::bytea[]) AS g (partition, hash, key)
            WHERE c.partition = g.partition AND c.hash = g.hash AND c.key = coalesce(g.key, c.key) RETURNING c.partition)
        UPDATE partitions p SET customers = p.customers - g.count FROM (SELECT partition, count(*) FROM gone GROUP BY partition) g WHERE p.partition = g.partition
        """;

    /// <summary>Sorted, so that neighbours share pages of the index. xmax is 0 in a row that was not there before.</summary>
    public const string Upsert = """
        WITH written AS (
            INSERT INTO customers AS c (partition, hash, key, due, state)
            SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[], $4::bigint[], $5::bytea[])
            ON CONFLICT (partition, hash, key) DO UPDATE SET due = excluded.due, state = excluded.state
            RETURNING partition, xmax = 0 AS is_new)
        UPDATE partitions p SET customers = p.customers + w.count FROM (SELECT partition, count(*) FROM written WHERE is_new GROUP BY partition) w WHERE p.partition = w.partition
        """;

    private readonly List<(int Partition, ulong Hash, byte[]? Key)> _gone = [];
    private readonly Dictionary<(int Partition, ulong Hash), List<Row>> _rows = [];

    private sealed record Row(byte[] Key, long Due, ReadOnlyMemory<byte> State);

    public void Add(Flush flush)
    {
        foreach (var snapshot in flush.Snapshots)
        {
            if (snapshot.State.IsEmpty)
            {
                _gone.Add((flush.Partition, snapshot.CustomerHash, null));
                _rows.Remove((flush.Partition, snapshot.CustomerHash));
                continue;
            }

            var key = new SpanReader(snapshot.State.Span).Text();
            var rows = RowsOf(flush.Partition, snapshot.CustomerHash);
            Remove(rows, key);
            rows.Add(new Row(key.ToArray(), snapshot.Due, snapshot.State));
        }
    }

    /// <summary>A customer is gone.</summary>
    public void Remove(int partition, byte[] key)
    {
        var hash = CustomerKey.HashOf(key);
        _gone.Add((partition, hash, key));
        Remove(RowsOf(partition, hash), key);
    }

    public void Write(Statements statements)
    {
        if (_gone.Count > 0)
        {
            statements.Add(DeleteHashes, Column(_gone, each => (short)each.Partition), Column(_gone, each => Parameters.Sortable(each.Hash)), Column(_gone, each => each.Key));
        }

        var rows = _rows.SelectMany(each => each.Value.Select(row => (each.Key.Partition, Hash: Parameters.Sortable(each.Key.Hash), Row: row))).ToList();
        if (rows.Count > 0)
        {
            rows.Sort(static (a, b) => a.Partition != b.Partition ? a.Partition.CompareTo(b.Partition) : a.Hash.CompareTo(b.Hash));
            statements.Add(
                Upsert, Column(rows, each => (short)each.Partition), Column(rows, each => each.Hash), Column(rows, each => each.Row.Key), Column(rows, each => each.Row.Due),
                Column(rows, each => each.Row.State));
        }
    }

    private static void Remove(List<Row> rows, ReadOnlySpan<byte> key)
    {
        for (var i = rows.Count - 1; i >= 0; i--)
        {
            if (key.SequenceEqual(rows[i].Key))
            {
                rows.RemoveAt(i);
            }
        }
    }

    private static T[] Column<TRow, T>(List<TRow> rows, Func<TRow, T> value) => [.. rows.Select(value)];

    private List<Row> RowsOf(int partition, ulong hash)
    {
        if (!_rows.TryGetValue((partition, hash), out var rows))
        {
            _rows.Add((partition, hash), rows = new List<Row>(1));
        }

        return rows;
    }
}
