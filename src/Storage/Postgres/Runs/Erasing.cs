using System.Text;
using Npgsql;
using Triggers.Engine.Records;
using Triggers.Storage.Postgres.Data;
using Triggers.Storage.Postgres.Log;
using Triggers.Storage.Runs;
using Triggers.Storage.Upkeep;

namespace Triggers.Storage.Postgres.Runs;

/// <summary>Rewrites the log's bytes of erased customers, pages and chunks. Works off the durable list, one customer a transaction.</summary>
internal sealed class Erasing(PostgresDatabase database, PostgresHistory history, LogTail tail, int partitions) : IUpkeep
{
    private const string UpdatePage = "UPDATE log_pages SET bytes = $6 WHERE partition = $1 AND run = $2 AND first_hash = $3 AND first_offset = $4 AND at = $5";
    private const string UpdateChunk = "UPDATE log_chunks SET bytes = $4 WHERE partition = $1 AND next_offset = $2 AND at = $3";

    public string Name => "erasure";

    public async Task<bool> StepAsync(CancellationToken cancellation)
    {
        var erased = database.Query("SELECT customer_key, before FROM erasures ORDER BY at LIMIT 1", row => (Key: row.Text(0), Before: row.GetInt64(1)));
        if (erased is not [var (key, before)])
        {
            return false;
        }

        var done = await database.WriteAsync(connection => EraseAsync(connection, key, before)).ConfigureAwait(false);
        if (done)
        {
            // Readers get the rewritten bytes from the server.
            tail.Cache.Drop(tail.LastSeq);
        }

        return done;
    }

    private async Task<bool> EraseAsync(NpgsqlConnection connection, string customerKey, long before)
    {
        if (!RunTable.TryLockUpkeep(connection))
        {
            return false;
        }

        var key = Encoding.UTF8.GetBytes(customerKey);
        var hash = CustomerKey.HashOf(key);
        var partition = CustomerKey.PartitionOf(hash, partitions);
        var end = EndOf(connection, key, before);
        var eraser = new RecordEraser(key, hash, partition, end);
        var statements = new Statements();
        PostgresDatabase.Query(connection, RunTable.SelectPagesOfHash, row =>
        {
            if (eraser.Erase(row.Bytes(4)) is { } bytes)
            {
                statements.Add(UpdatePage, (short)partition, row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), bytes);
            }

            return true;
        }, (short)partition, Parameters.Sortable(hash), 0L, end);
        PostgresDatabase.Query(connection, RunTable.SelectChunks, row =>
        {
            if (eraser.Erase(row.Bytes(3), row.GetInt64(0) - row.GetInt32(1)) is { } bytes)
            {
                statements.Add(UpdateChunk, (short)partition, row.GetInt64(0), row.GetInt64(2), bytes);
            }

            return true;
        }, (short)partition, 0L, end);
        await statements.Add("DELETE FROM erasures WHERE customer_key = $1 AND before = $2", customerKey, before).RunAsync(connection).ConfigureAwait(false);
        return true;
    }

    /// <summary>Behind the last order to erase that the commit had applied: what came after it belongs to a new life.</summary>
    private long EndOf(NpgsqlConnection connection, byte[] key, long cursor)
    {
        long? end = null;
        foreach (var record in history.ReadRaw(connection, key, 0, cursor))
        {
            RecordView.Read(record.Bytes.Span, out var view);
            if (view is { Kind: RecordKind.Command, CommandKind: CommandKind.Erase })
            {
                end = record.Offset + 1;
            }
        }

        return end ?? cursor;
    }
}
