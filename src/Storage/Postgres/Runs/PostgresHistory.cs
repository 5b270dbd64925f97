using System.Data;
using System.Text;
using Npgsql;
using Triggers.Engine.Records;
using Triggers.Storage.Postgres.Data;
using Triggers.Storage.Runs;

namespace Triggers.Storage.Postgres.Runs;

/// <summary>Past records: the sorted runs, then the unsorted chunks, of one moment: sorting meanwhile changes nothing for who reads.</summary>
internal sealed class PostgresHistory(PostgresDatabase database, int partitions) : IHistory
{
    public IEnumerable<HistoryRecord> Read(CustomerKey key, long from = 0, long to = long.MaxValue)
        => database.Read(connection =>
        {
            using var moment = connection.BeginTransaction(IsolationLevel.RepeatableRead);
            var erased = PostgresDatabase.Query(connection, "SELECT before FROM erasures WHERE customer_key = $1", row => row.GetInt64(0), key.Text);
            return ReadRaw(connection, Encoding.UTF8.GetBytes(key.Text), erased is [var before] ? Math.Max(from, before) : from, to);
        });

    public IEnumerable<HistoryRecord> ReadAll(int partition, long from = 0, long to = long.MaxValue)
    {
        using var connection = database.Source.OpenConnection();
        using var moment = connection.BeginTransaction(IsolationLevel.RepeatableRead);
        var records = new List<HistoryRecord>();
        using (var pages = PostgresDatabase.Command(connection, RunTable.SelectPages, (short)partition, from, to))
        {
            using var row = pages.ExecuteReader();
            while (row.Read())
            {
                Take(row.Bytes(0), from, to, null, [], records);
                foreach (var record in records)
                {
                    yield return record;
                }

                records.Clear();
            }
        }

        using var chunks = PostgresDatabase.Command(connection, RunTable.SelectChunks, (short)partition, from, to);
        using var chunk = chunks.ExecuteReader();
        while (chunk.Read())
        {
            RecordFilter.Take(chunk.Bytes(3), chunk.GetInt64(0) - chunk.GetInt32(1), chunk.GetInt64(2), from, to, null, [], records);
            foreach (var record in records)
            {
                yield return record;
            }

            records.Clear();
        }
    }

    public IEnumerable<(int Partition, HistoryRecord Record)> ReadAll(IReadOnlyList<int> partitions) =>
        partitions.SelectMany(partition => ReadAll(partition).Select(record => (partition, record)));

    /// <summary>Without regard to erasures that are under way.</summary>
    public List<HistoryRecord> ReadRaw(NpgsqlConnection connection, byte[] key, long from, long to)
    {
        var hash = CustomerKey.HashOf(key);
        var partition = (short)CustomerKey.PartitionOf(hash, partitions);
        var records = new List<HistoryRecord>();
        PostgresDatabase.Query(connection, RunTable.SelectPagesOfHash, row =>
        {
            Take(row.Bytes(4), from, to, hash, key, records);
            return true;
        }, partition, Parameters.Sortable(hash), from, to);
        PostgresDatabase.Query(connection, RunTable.SelectChunks, row =>
        {
            RecordFilter.Take(row.Bytes(3), row.GetInt64(0) - row.GetInt32(1), row.GetInt64(2), from, to, hash, key, records);
            return true;
        }, partition, from, to);
        return records;
    }

    private static void Take(byte[] bytes, long from, long to, ulong? hash, byte[] key, List<HistoryRecord> into)
    {
        using var page = new RunPageReader(bytes);
        while (page.Next() && (hash is not { } last || page.Hash <= last))
        {
            if (page.Offset >= from && page.Offset < to && (hash is null || (page.Hash == hash && RecordFilter.Has(page.Record, key))))
            {
                into.Add(new HistoryRecord(page.Offset, page.At, page.Record.ToArray()));
            }
        }
    }
}
