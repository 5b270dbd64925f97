using System.Text;
using Npgsql;
using Triggers.Engine.Records;
using Triggers.Storage.Postgres.Data;
using Triggers.Storage.Postgres.Lists;
using Triggers.Storage.Postgres.Log;
using Triggers.Storage.Runs;
using Triggers.Storage.Upkeep;

namespace Triggers.Storage.Postgres.Runs;

/// <summary>
/// Rewrites the bytes of erased customers: the log's pages and chunks, links that name them under other keys, rejected events, examples of violations. Works off the durable list, one
/// customer a transaction. The server's own files have the old bytes until autovacuum has been there: docs/decisions/007-postgresql.md.
/// </summary>
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
        var cursors = PostgresDatabase.Query(connection, "SELECT cursor_offset FROM partitions ORDER BY partition", row => row.GetInt64(0));
        var partition = CustomerKey.PartitionOf(CustomerKey.HashOf(key), partitions);
        var traces = ErasedTraces.Find(history.ReadRaw(connection, key, 0, cursors[partition]), key, before, partitions, each => cursors[each]);
        var rejected = PostgresDatabase.Query(connection, PostgresRejected.SelectAll, row => (Sequence: row.GetInt64(0), IsNamed: traces.AreNamedIn(row.Text(1)) || traces.AreNamedIn(row.Text(2))));
        await new Statements().Add(PostgresRejected.Blank, [rejected.Where(each => each.IsNamed).Select(each => each.Sequence).ToArray()]).RunAsync(connection).ConfigureAwait(false);

        var examples = PostgresDatabase.Query(
            connection, PostgresQuality.SelectExamplesToErase,
            row => (At: row.GetInt64(0), Writer: row.Text(1), Number: row.GetInt64(2), IsNamed: traces.AreNamedIn(row.Text(3)) || traces.AreNamedIn(row.Text(4))));
        foreach (var example in examples.Where(each => each.IsNamed))
        {
            await new Statements().Add(PostgresQuality.DeleteExample, example.At, example.Writer, example.Number).RunAsync(connection).ConfigureAwait(false);
        }

        // One after the other: two of them may have records in one page.
        foreach (var eraser in traces.Erasers())
        {
            await EraseAsync(connection, eraser, cursors[eraser.Partition]).ConfigureAwait(false);
        }

        await new Statements().Add("DELETE FROM erasures WHERE customer_key = $1 AND before = $2", customerKey, before).RunAsync(connection).ConfigureAwait(false);
        return true;
    }

    private static async Task EraseAsync(NpgsqlConnection connection, RecordEraser eraser, long to)
    {
        var statements = new Statements();
        var partition = (short)eraser.Partition;
        PostgresDatabase.Query(connection, RunTable.SelectPagesOfHash, row =>
        {
            if (eraser.Erase(row.Bytes(4)) is { } bytes)
            {
                statements.Add(UpdatePage, partition, row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), bytes);
            }

            return true;
        }, partition, Parameters.Sortable(eraser.Hash), 0L, to);
        PostgresDatabase.Query(connection, RunTable.SelectChunks, row =>
        {
            if (eraser.Erase(row.Bytes(3), row.GetInt64(0) - row.GetInt32(1)) is { } bytes)
            {
                statements.Add(UpdateChunk, partition, row.GetInt64(0), row.GetInt64(2), bytes);
            }

            return true;
        }, partition, 0L, to);
        if (statements.Count > 0)
        {
            await statements.RunAsync(connection).ConfigureAwait(false);
        }
    }
}
