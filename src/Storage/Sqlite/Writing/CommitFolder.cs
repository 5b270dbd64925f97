using Triggers.Storage.Sqlite.Data;

namespace Triggers.Storage.Sqlite.Writing;

/// <summary>Brings what commit rows moved into the tables, so that an open reads a second's worth of them and no more.</summary>
internal static class CommitFolder
{
    private const string UpdatePartition = "UPDATE Partitions SET Epoch = ?2, Cursor = ?3, Floor = ?4, FloorState = ?5, Head = ?6 WHERE Partition = ?1";

    public static void Fold(SqliteDatabase database, StoreState state)
    {
        database.Execute("BEGIN IMMEDIATE");
        for (var number = 0; number < state.Partitions.Length; number++)
        {
            ref readonly var partition = ref state.Partitions[number];
            database.Statement(UpdatePartition)
                .Bind(1, number).Bind(2, partition.Epoch).Bind(3, partition.Cursor).Bind(4, partition.Floor).Bind(5, partition.FloorState).Bind(6, partition.Head).Run();
        }

        state.Counters.Fold(database);
        MetaTable.Set(database, MetaTable.FoldedSeq, state.Log.LastSeq);
        MetaTable.Set(database, MetaTable.LastAt, state.LastAt);
        database.Execute("COMMIT");
        state.Counters.Folded();
        state.FoldedSeq = state.Log.LastSeq;
        state.HasUnfolded = false;
    }
}
