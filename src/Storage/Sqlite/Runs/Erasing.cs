using System.Text;
using Triggers.Engine.Records;
using Triggers.Storage.Blocks;
using Triggers.Storage.Commits;
using Triggers.Storage.Runs;
using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Lists;
using Triggers.Storage.Sqlite.Log;
using Triggers.Storage.Sqlite.States;
using Triggers.Storage.Sqlite.Writing;
using Triggers.Storage.Upkeep;

namespace Triggers.Storage.Sqlite.Runs;

/// <summary>
/// Rewrites the bytes of erased customers: rejected events, examples of violations, blocks, commit rows, runs, dead states; one customer a step, from a durable list. When none is left to
/// rewrite, what earlier deletions freed is overwritten and the WAL is cut, once for all of them; only then are they off the list.
/// </summary>
internal sealed class Erasing(
    StoreWriter writer, StoreState state, ReadPool pool, RunCatalog catalog, SqliteHistory history, StateCompaction compaction, FreePages freePages, Checkpointer checkpointer) : IUpkeep
{
    private const string UpdateBlock = "UPDATE Blocks SET Directory = ?2, Commits = ?3, Body = ?4 WHERE Seq = ?1";
    private const string SelectTail = "SELECT Seq, At, Directory, Commits, Body FROM Blocks WHERE Seq >= ?1 ORDER BY Seq LIMIT 1";
    private const string MoveEnd = "UPDATE Erasures SET Before = ?3 WHERE CustomerKey = ?1 AND Before = ?2";
    private const string Finish = "DELETE FROM Erasures WHERE CustomerKey = ?1 AND Before = ?2";

    private readonly Dictionary<string, ErasureMark> _rewritten = new(StringComparer.Ordinal);
    private bool _finished;

    public string Name => "erasure";

    public async Task<bool> StepAsync(CancellationToken cancellation)
    {
        // A replaced run that waits for its readers to leave still holds its records.
        if ((state.Erasures.IsEmpty && !state.WalKeepsErased) || catalog.HasObsolete)
        {
            return false;
        }

        foreach (var (customerKey, mark) in state.Erasures)
        {
            // Commit rows may name the customer too; they are free to be rewritten once the tables have what is in them.
            if (_rewritten.GetValueOrDefault(customerKey) != mark && state.FoldedSeq >= mark.Seq && (state.IndexedSeq >= mark.Seq || state.Search.PendingCount == 0))
            {
                await RewriteAsync(customerKey, mark, cancellation).ConfigureAwait(false);
                return true;
            }
        }

        if (_rewritten.Count > 0 && !_finished)
        {
            await freePages.OverwriteAsync(cancellation).ConfigureAwait(false);
            await FinishAsync().ConfigureAwait(false);
            _finished = true;
        }

        return state.WalKeepsErased && await CutWalAsync(cancellation).ConfigureAwait(false);
    }

    private async Task RewriteAsync(string customerKey, ErasureMark mark, CancellationToken cancellation)
    {
        var key = Encoding.UTF8.GetBytes(customerKey);
        var partition = CustomerKey.PartitionOf(CustomerKey.HashOf(key), state.Partitions.Length);
        var traces = ErasedTraces.Find(history.ReadRaw(key, 0, CursorOf(partition)).ToList(), key, mark.Before, state.Partitions.Length, CursorOf);
        if (traces.End != mark.Before)
        {
            // Kept before the order itself is overwritten, so that a crash does not take the new life for the old one.
            await writer.RunInBackground(transaction =>
            {
                transaction.Database.Statement(MoveEnd).Bind(1, customerKey).Bind(2, mark.Before).Bind(3, traces.End).Run();
                transaction.AfterCommit(() => state.Erasures.TryUpdate(customerKey, mark with { Before = traces.End }, mark));
                return true;
            }).ConfigureAwait(false);
            mark = mark with { Before = traces.End };
        }

        await EraseRejectedAsync(traces).ConfigureAwait(false);
        await EraseExamplesAsync(traces).ConfigureAwait(false);
        var erasers = traces.Erasers();
        foreach (var eraser in erasers)
        {
            await EraseRunsAsync(eraser, cancellation).ConfigureAwait(false);
        }

        await EraseTailAsync(erasers, customerKey, mark.Seq, cancellation).ConfigureAwait(false);
        await EraseStatesAsync(key).ConfigureAwait(false);
        _rewritten[customerKey] = mark;
        _finished = false;
    }

    private long CursorOf(int partition)
    {
        lock (state.Gate)
        {
            return state.Partitions[partition].Cursor;
        }
    }

    private Task FinishAsync() => writer.RunInBackground(transaction =>
    {
        foreach (var (customerKey, mark) in _rewritten)
        {
            transaction.Database.Statement(Finish).Bind(1, customerKey).Bind(2, mark.Before).Run();
        }

        MetaTable.Set(transaction.Database, MetaTable.WalKeepsErased, 1);
        transaction.AfterCommit(() => state.WalKeepsErased = true);
        return true;
    });

    /// <summary>Readers may be in the way for a moment; then it is tried again in the next step. Never more to do at once.</summary>
    private async Task<bool> CutWalAsync(CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < Limits.WalCutAttempts; attempt++)
        {
            var cut = checkpointer.CutAfterNextTransaction();
            await writer.RunInBackground(static _ => true).ConfigureAwait(false);
            if (await cut.ConfigureAwait(false))
            {
                await writer.RunInBackground(transaction =>
                {
                    MetaTable.Set(transaction.Database, MetaTable.WalKeepsErased, 0);
                    transaction.AfterCommit(() => state.WalKeepsErased = false);
                    return true;
                }).ConfigureAwait(false);
                foreach (var finished in _rewritten)
                {
                    state.Erasures.TryRemove(finished);
                }

                _rewritten.Clear();
                return false;
            }

            await Task.Delay(Limits.WalCutEveryMs, cancellation).ConfigureAwait(false);
        }

        return false;
    }

    private async Task EraseRejectedAsync(ErasedTraces traces)
    {
        var naming = new List<long>();
        using (var lease = pool.Rent())
        {
            using var row = lease.Statement(SqliteRejected.SelectAll);
            while (row.Step())
            {
                if (traces.AreNamedIn(row.Text(1)) || traces.AreNamedIn(row.Text(2)))
                {
                    naming.Add(row.Int64(0));
                }
            }
        }

        foreach (var few in naming.Chunk(Limits.RejectedErasedAtOnce))
        {
            await writer.RunInBackground(transaction =>
            {
                foreach (var sequence in few)
                {
                    transaction.Database.Statement(SqliteRejected.Blank).Bind(1, sequence).Run();
                }

                return true;
            }).ConfigureAwait(false);
        }
    }

    private Task EraseExamplesAsync(ErasedTraces traces) => writer.RunInBackground(transaction =>
    {
        var naming = new List<(long At, string Writer, long Number)>();
        using (var row = transaction.Database.Statement(SqliteQuality.SelectExamplesToErase))
        {
            while (row.Step())
            {
                if (traces.AreNamedIn(row.Text(3)) || traces.AreNamedIn(row.Text(4)))
                {
                    naming.Add((row.Int64(0), row.Text(1), row.Int64(2)));
                }
            }
        }

        foreach (var (at, by, number) in naming)
        {
            transaction.Database.Statement(SqliteQuality.DeleteExample).Bind(1, at).Bind(2, by).Bind(3, number).Run();
        }

        return true;
    });

    private async Task EraseRunsAsync(RecordEraser eraser, CancellationToken cancellation)
    {
        foreach (var run in catalog.Runs.Current)
        {
            cancellation.ThrowIfCancellationRequested();
            var pages = new List<(long Id, byte[] Data)>();
            using (var lease = pool.Rent())
            {
                using var row = lease.Statement(RunTable.SelectPagesOfHash).Bind(1, run.Id).Bind(2, eraser.Partition).Bind(3, RunPage.Sortable(eraser.Hash));
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
                await writer.RunInBackground(transaction => transaction.Database.Statement(RunTable.UpdatePage).Bind(1, id).Bind(2, data).Run()).ConfigureAwait(false);
            }
        }
    }

    private async Task EraseTailAsync(List<RecordEraser> erasers, string customerKey, long lastNaming, CancellationToken cancellation)
    {
        using var directory = new ByteWriter(2048);
        var last = state.Log.LastSeq;
        for (var seq = state.Log.FirstSeq; seq <= last; seq++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (EraseBlock(erasers, customerKey, lastNaming, ref seq, directory) is not { } erased)
            {
                continue;
            }

            var (number, commits, body) = (seq, erased.Commits, erased.Body);
            await writer.RunInBackground(transaction =>
            {
                transaction.Database.Statement(UpdateBlock).Bind(1, number).Bind(2, directory.Written).Bind(3, commits).Bind(4, body).Run();
                transaction.AfterCommit(() => state.Log.Cache.Drop(number));
                return true;
            }).ConfigureAwait(false);
        }
    }

    /// <summary>The block at or after <paramref name="seq"/>, rewritten; null: nothing of the customer is in it.</summary>
    private (byte[] Commits, byte[] Body)? EraseBlock(List<RecordEraser> erasers, string customerKey, long lastNaming, ref long seq, ByteWriter directory)
    {
        using var lease = pool.Rent();
        using var row = lease.Statement(SelectTail).Bind(1, seq);
        if (!row.Step())
        {
            seq = long.MaxValue - 1;
            return null;
        }

        seq = row.Int64(0);
        var block = BlockTable.Read(pool.Path, row, state.Partitions.Length);
        byte[]? body = null;
        for (var partition = 0; partition < block.Partitions; partition++)
        {
            // What is damaged is not written again as if it were whole.
            BlockTable.Slice(pool.Path, block, row.Blob(4), partition);
        }

        foreach (var eraser in erasers)
        {
            body = eraser.Erase(block, body ?? row.Blob(4)) ?? body;
        }

        directory.Clear();
        BlockDirectory.Write(block, body ?? row.Blob(4), directory);
        block.Release();
        var named = false;
        if (seq <= lastNaming)
        {
            CommitRow.Replay(row.Blob(3), new PartitionState[state.Partitions.Length], static (_, _) => { }, (key, _) => named |= key == customerKey);
        }

        return body is null && !named ? null : (named ? CommitRow.Anonymize(row.Blob(3)) : row.Blob(3).ToArray(), body ?? row.Blob(4).ToArray());
    }

    /// <summary>Dead states of the customer may lie in any chunk: those chunks are rewritten.</summary>
    private async Task EraseStatesAsync(byte[] key)
    {
        var hash = CustomerKey.HashOf(key);
        var partition = CustomerKey.PartitionOf(hash, state.Partitions.Length);
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
            await compaction.CompactAsync([.. few]).ConfigureAwait(false);
        }
    }
}
