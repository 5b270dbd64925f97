using Triggers.Storage.Blocks;
using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Runs;
using Triggers.Storage.Sqlite.Writing;

namespace Triggers.Storage.Sqlite.Log;

/// <summary>Where the partitions' logs begin and end.</summary>
internal static class LogBounds
{
    /// <summary>The sum of all ends, without opening the store: the newest block tells, or the table where no block is left.</summary>
    public static long SumOfEnds(SqliteDatabase database, int partitions)
    {
        using var row = database.Statement("SELECT Directory FROM Blocks ORDER BY Seq DESC LIMIT 1");
        if (!row.Step())
        {
            return database.Scalar("SELECT sum(Head) FROM Partitions") ?? 0;
        }

        var next = new long[partitions];
        BlockDirectory.ReadNext(row.Blob(0), next);
        return next.Sum();
    }

    /// <summary>Each partition's first offset that a retention has left; its end where nothing is.</summary>
    public static long[] FirstOffsets(StoreState state, ReadPool pool, IReadOnlyList<RunInfo> runs)
    {
        if (runs.Count > 0)
        {
            return runs[0].From;
        }

        using var lease = pool.Rent();
        using var row = lease.Statement(BlockTable.SelectDirectories).Bind(1, 0);
        if (!row.Step())
        {
            return Array.ConvertAll(state.Partitions, partition => partition.Head);
        }

        var block = Block.Rent(state.Partitions.Length, row.Int64(0), row.Int64(1), 0);
        BlockDirectory.Read(row.Blob(2), block);
        long[] first = [.. Enumerable.Range(0, state.Partitions.Length).Select(block.FirstOffset)];
        block.Release();
        return first;
    }
}
