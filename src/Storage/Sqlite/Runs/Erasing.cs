using System.Text;
using Triggers.Engine.Records;
using Triggers.Storage.Blocks;
using Triggers.Storage.Runs;
using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Log;
using Triggers.Storage.Sqlite.States;
using Triggers.Storage.Sqlite.Writing;
using Triggers.Storage.Upkeep;

namespace Triggers.Storage.Sqlite.Runs;

/// <summary>Rewrites the bytes of erased customers: blocks, commit rows, runs, dead states. Works off a durable list, one customer a step.</summary>
internal sealed class Erasing(StoreWriter writer, StoreState state, ReadPool pool, RunCatalog catalog, SqliteHistory history, StateCompaction compaction) : IUpkeep
{
    private const string UpdateBlock = "UPDATE Blocks SET Directory = ?2, Commits = ?3, Body = ?4 WHERE Seq = ?1";
    private const string SelectTail = "SELECT Seq, At, Directory, Commits, Body FROM Blocks WHERE Seq >= ?1 ORDER BY Seq LIMIT 1";

    public string Name => "erasure";

    public async Task<bool> StepAsync(CancellationToken cancellation)
    {
        foreach (var (customerKey, erased) in state.Erasures)
        {
            // Commit rows may name the customer too; they are free to be rewritten once the tables have what is in them.
            var (cursor, last) = erased;
            if (state.FoldedSeq < last || (state.IndexedSeq < last && state.Search.PendingCount > 0))
            {
                continue;
            }

            var key = Encoding.UTF8.GetBytes(customerKey);
            var hash = CustomerKey.HashOf(key);
            var eraser = new RecordEraser(key, hash, CustomerKey.PartitionOf(hash, state.Partitions.Length), EndOf(key, cursor));
            await EraseRunsAsync(eraser, hash, cancellation).ConfigureAwait(false);
            await EraseTailAsync(eraser, customerKey, last, cancellation).ConfigureAwait(false);
            await EraseStatesAsync(eraser.Partition, key, hash).ConfigureAwait(false);
            await WriteAsync(transaction =>
            {
                transaction.Database.Statement("DELETE FROM Erasures WHERE CustomerKey = ?1 AND Before = ?2").Bind(1, customerKey).Bind(2, cursor).Run();
                transaction.AfterCommit(() => state.Erasures.TryRemove(KeyValuePair.Create(customerKey, erased)));
                return true;
            }).ConfigureAwait(false);
            return true;
        }

        return false;
    }

    /// <summary>Behind the last order to erase that the commit had applied: what came after it belongs to a new life.</summary>
    private long EndOf(byte[] key, long cursor)
    {
        long? end = null;
        foreach (var record in history.ReadRaw(key, 0, cursor))
        {
            RecordView.Read(record.Bytes.Span, out var view);
            if (view is { Kind: RecordKind.Command, CommandKind: CommandKind.Erase })
            {
                end = record.Offset + 1;
            }
        }

        return end ?? cursor;
    }

    private async Task EraseRunsAsync(RecordEraser eraser, ulong hash, CancellationToken cancellation)
    {
        foreach (var run in catalog.Runs.Current)
        {
            cancellation.ThrowIfCancellationRequested();
            var pages = new List<(long Id, byte[] Data)>();
            using (var lease = pool.Rent())
            {
                using var row = lease.Statement(RunTable.SelectPagesOfHash).Bind(1, run.Id).Bind(2, eraser.Partition).Bind(3, RunPage.Sortable(hash));
                while (row.Step())
                {
                    if (eraser.Erase(row.Blob(1)) is { } data)
                    {
                        pages.Add((row.Int64(0), data));
                    }
                }
            }

            foreach (var (id, data) in pages)
            {
                await WriteAsync(transaction => transaction.Database.Statement(RunTable.UpdatePage).Bind(1, id).Bind(2, data).Run()).ConfigureAwait(false);
            }
        }
    }

    private async Task EraseTailAsync(RecordEraser eraser, string customerKey, long last, CancellationToken cancellation)
    {
        using var directory = new ByteWriter(2048);
        for (var seq = state.Log.FirstSeq; seq <= last; seq++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (EraseBlock(eraser, customerKey, ref seq, directory) is not { } erased || seq > last)
            {
                continue;
            }

            var (number, commits, body) = (seq, erased.Commits, erased.Body);
            await WriteAsync(transaction =>
            {
                transaction.Database.Statement(UpdateBlock).Bind(1, number).Bind(2, directory.Written).Bind(3, commits).Bind(4, body).Run();
                transaction.AfterCommit(() => state.Log.Cache.Drop(number));
                return true;
            }).ConfigureAwait(false);
        }
    }

    /// <summary>The block at or after <paramref name="seq"/>, rewritten; null: nothing of the customer is in it.</summary>
    private (byte[] Commits, byte[] Body)? EraseBlock(RecordEraser eraser, string customerKey, ref long seq, ByteWriter directory)
    {
        using var lease = pool.Rent();
        using var row = lease.Statement(SelectTail).Bind(1, seq);
        if (!row.Step())
        {
            return null;
        }

        seq = row.Int64(0);
        var block = Block.Rent(state.Partitions.Length, seq, row.Int64(1), 0);
        BlockDirectory.Read(row.Blob(2), block);
        var body = eraser.Erase(block, row.Blob(4));
        directory.Clear();
        BlockDirectory.Write(block, directory);
        block.Release();
        var named = false;
        CommitRow.Replay(row.Blob(3), new PartitionState[state.Partitions.Length], static (_, _) => { }, (key, _) => named |= key == customerKey);
        return body is null && !named ? null : (named ? CommitRow.Anonymize(row.Blob(3)) : row.Blob(3).ToArray(), body ?? row.Blob(4).ToArray());
    }

    /// <summary>Dead states of the customer may lie in any chunk: those chunks are rewritten.</summary>
    private async Task EraseStatesAsync(int partition, byte[] key, ulong hash)
    {
        var check = StateChunk.CheckOf(key, state.Customers.CheckSeed);
        var chunks = new List<(int Handle, long Id)>();
        var slots = new List<StateSlot>();
        using (var lease = pool.Rent())
        {
            using var row = lease.Statement("SELECT Id, Head FROM StateChunks ORDER BY Id");
            while (row.Step())
            {
                StateChunk.ReadHead(row.Blob(1), slots);
                if (slots.Exists(slot => slot.Partition == partition && slot.Hash == hash && slot.Check == check && slot.Length > 0))
                {
                    chunks.Add((state.Customers.Chunks.HandleOf(row.Int64(0)), row.Int64(0)));
                }
            }
        }

        foreach (var few in chunks.Chunk(Limits.ChunksCompactedAtOnce))
        {
            await compaction.CompactAsync([.. few], overwrite: true).ConfigureAwait(false);
        }
    }

    private Task WriteAsync<T>(Func<WriteTransaction, T> function) => writer.RunInBackground(transaction => transaction.Overwriting(function));
}
