using Triggers.Storage.Blocks;
using Triggers.Storage.Commits;
using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Lists;
using Triggers.Storage.Sqlite.Log;
using Triggers.Storage.Sqlite.States;
using Triggers.Storage.Sqlite.Writing;

namespace Triggers.Storage.Sqlite;

/// <summary>Reads at open what a store holds in memory: the tables, then the commit rows that are not folded into them.</summary>
internal static class StoreLoader
{
    public static StoreState Load(SqliteDatabase database, ReadPool pool, StoreInfo info, SqliteStoreOptions options, TimeProvider time)
    {
        var count = database.Scalar("SELECT count(*) FROM Partitions WHERE Partition >= 0 AND Partition < (SELECT count(*) FROM Partitions)") ?? 0;
        if (info.Partitions < 1 || info.Partitions != count)
        {
            throw new InvalidDataException($"the value '{MetaTable.Partitions}' of the table Meta is {info.Partitions}, and the table Partitions has {count}: one of them was changed.");
        }

        var folded = MetaTable.Int64(database, MetaTable.FoldedSeq);
        var first = database.Scalar("SELECT min(Seq) FROM Blocks") ?? folded + 1;
        var last = database.Scalar("SELECT max(Seq) FROM Blocks") ?? folded;
        var counters = new CounterTable();
        counters.Load(database);
        var customers = new SqliteCustomerStore(info.Partitions, info.Secret, pool);
        customers.Load(database);
        var log = new LogState(new BlockCache(options.RecentLogBytes), first, last);
        var state = new StoreState(LoadPartitions(database, info.Partitions), counters, log, customers, new SqliteSearch(pool), time)
        {
            LastAt = MetaTable.Int64(database, MetaTable.LastAt),
            FoldedSeq = folded,
            IndexedSeq = MetaTable.Int64(database, MetaTable.IndexedSeq),
            WalKeepsErased = MetaTable.Int64(database, MetaTable.WalKeepsErased) != 0,
        };
        Replay(database, state, folded, MetaTable.Int64(database, MetaTable.IndexedSeq));
        state.AddQueued(database.Scalar("SELECT count(*) FROM Messages WHERE Status = 'queued'") ?? 0);
        LoadErasures(database, state);
        return state;
    }

    private static PartitionState[] LoadPartitions(SqliteDatabase database, int count)
    {
        var partitions = new PartitionState[count];
        using var row = database.Statement("SELECT Partition, Epoch, Cursor, Floor, FloorState, Head FROM Partitions ORDER BY Partition");
        while (row.Step())
        {
            partitions[row.Int32(0)] = new PartitionState
            {
                Epoch = row.Int64(1),
                Cursor = row.Int64(2),
                Floor = row.Int64(3),
                FloorState = row.Blob(4).ToArray(),
                Head = row.Int64(5),
            };
        }

        return partitions;
    }

    /// <summary>Commit rows behind the fold move marks and counters; those behind the search table bring its entries.</summary>
    private static void Replay(SqliteDatabase database, StoreState state, long folded, long indexed)
    {
        var next = new long[state.Partitions.Length];
        var ignored = new PartitionState[state.Partitions.Length];
        using var row = database.Statement("SELECT Seq, At, Directory, Commits FROM Blocks WHERE Seq > ?1 ORDER BY Seq").Bind(1, Math.Min(folded, indexed));
        while (row.Step())
        {
            var seq = row.Int64(0);
            var isFolded = seq <= folded;
            try
            {
                CommitRow.Replay(
                    row.Blob(3),
                    isFolded ? ignored : state.Partitions,
                    (id, delta) =>
                    {
                        if (!isFolded)
                        {
                            state.Counters.Replay(id, delta);
                        }
                    },
                    (key, customer) =>
                    {
                        if (seq > indexed)
                        {
                            state.Search.AddPending(key, customer, seq);
                        }
                    });
                BlockDirectory.ReadNext(row.Blob(2), next);
            }
            catch (InvalidDataException error)
            {
                throw new InvalidDataException($"block {seq} of the log (table Blocks) is damaged: {error.Message}", error);
            }

            if (!isFolded)
            {
                state.LastAt = Math.Max(state.LastAt, row.Int64(1));
                for (var partition = 0; partition < next.Length; partition++)
                {
                    state.Partitions[partition].Head = next[partition];
                }

                state.HasUnfolded = true;
            }
        }
    }

    private static void LoadErasures(SqliteDatabase database, StoreState state)
    {
        using var row = database.Statement("SELECT CustomerKey, Before, At FROM Erasures");
        while (row.Step())
        {
            state.Erasures[row.Text(0)] = new ErasureMark(row.Int64(1), state.Log.LastSeq, row.Int64(2));
        }
    }
}
