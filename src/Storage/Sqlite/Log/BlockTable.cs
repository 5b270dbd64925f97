using Triggers.Storage.Sqlite.Data;

namespace Triggers.Storage.Sqlite.Log;

/// <summary>Reads blocks from disk: recovery, lagging loops, history's tail and the builder of runs.</summary>
internal static class BlockTable
{
    public const string SelectFrom = "SELECT Seq, At, Directory, Body FROM Blocks WHERE Seq >= ? ORDER BY Seq";
    public const string SelectDirectories = "SELECT Seq, At, Directory FROM Blocks WHERE Seq > ?1 ORDER BY Seq";
    public const string SelectDirectory = "SELECT Directory FROM Blocks WHERE Seq = ?";

    /// <summary>The first block in [low, high] after which the partition stands beyond the offset; high + 1: none.</summary>
    public static long FindBlockOf(SqliteDatabase database, int partitions, int partition, long offset, long low, long high)
    {
        Span<long> next = stackalloc long[partitions];
        while (low <= high)
        {
            var middle = low + ((high - low) / 2);
            using var statement = database.Statement(SelectDirectory).Bind(1, middle);
            if (!statement.Step())
            {
                // Deleted meanwhile, from the low end.
                low = middle + 1;
                continue;
            }

            BlockDirectory.ReadNext(statement.Blob(0), next);
            if (next[partition] > offset)
            {
                high = middle - 1;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
