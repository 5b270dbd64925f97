using Triggers.Engine.Records;
using Triggers.Storage.Blocks;
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

    /// <summary>A block with its directory, as of a row's first three columns.</summary>
    /// <param name="file">What to name if it is damaged.</param>
    /// <exception cref="StoreDamagedException">The directory cannot be what was written.</exception>
    public static Block Read(string file, SqliteStatement row, int partitions)
    {
        var block = Block.Rent(partitions, row.Int64(0), row.Int64(1), 0);
        try
        {
            BlockDirectory.Read(row.Blob(2), block);
            return block;
        }
        catch (InvalidDataException error)
        {
            throw Damaged(file, block.Seq, error);
        }
    }

    /// <summary>A partition's slice of a body, as it was written, or, of an older format, with as many records of that partition as the directory says.</summary>
    /// <exception cref="StoreDamagedException">It is not.</exception>
    public static ReadOnlySpan<byte> Slice(string file, Block block, ReadOnlySpan<byte> body, int partition)
    {
        try
        {
            if (body.Length != block.Length)
            {
                throw new InvalidDataException($"its directory speaks of {block.Length} bytes, and it has {body.Length}");
            }

            var slice = body[block.Starts[partition]..block.Starts[partition + 1]];
            if (block.Checks.Length > 0)
            {
                return slice.IsEmpty || ByteCheck.Of(slice) == block.Checks[partition]
                    ? slice
                    : throw new InvalidDataException($"the records of partition {partition} are not those that were written");
            }

            var count = 0;
            for (var rest = slice; !rest.IsEmpty; count++)
            {
                rest = rest[CheckedRecord.Read(rest, out var hash, out var kind)..];
                if (kind != RecordKind.Fact && CustomerKey.PartitionOf(hash, block.Partitions) != partition)
                {
                    throw new InvalidDataException($"partition {partition} has a record of another one");
                }
            }

            return count == block.Counts[partition] ? slice : throw new InvalidDataException($"partition {partition} has {count} records where its directory counts {block.Counts[partition]}");
        }
        catch (InvalidDataException error)
        {
            throw Damaged(file, block.Seq, error);
        }
    }

    private static StoreDamagedException Damaged(string file, long seq, InvalidDataException error)
        => new(file, $"block {seq} of the log (table Blocks) is damaged: {error.Message.TrimEnd('.')}.", error);
}
