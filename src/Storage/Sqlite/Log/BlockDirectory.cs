using Triggers.Engine.Records;
using Triggers.Storage.Blocks;

namespace Triggers.Storage.Sqlite.Log;

/// <summary>
/// Reads and writes a block's directory: for every partition the offset after the block, its number of records and the length of its slice. Every
/// partition stands in every directory, so that any block tells where all partitions stood. Format: docs/formats/log.md, golden test.
/// </summary>
internal static class BlockDirectory
{
    private const byte Version = 1;

    /// <summary>SQLite's largest row is smaller.</summary>
    private const int BytesMax = 1 << 30;

    public static void Write(Block block, ByteWriter writer)
    {
        writer.Byte(Version);
        writer.Varint((ulong)block.Partitions);
        for (var partition = 0; partition < block.Partitions; partition++)
        {
            writer.Varint((ulong)block.Next[partition]);
            writer.Varint((ulong)block.Counts[partition]);
            if (block.Counts[partition] > 0)
            {
                writer.Varint((ulong)(block.Starts[partition + 1] - block.Starts[partition]));
            }
        }
    }

    /// <summary>Fills a block's directory; its body is read separately.</summary>
    public static void Read(ReadOnlySpan<byte> bytes, Block block)
    {
        var reader = Begin(bytes, block.Partitions);
        var start = 0L;
        for (var partition = 0; partition < block.Partitions; partition++)
        {
            block.Next[partition] = (long)reader.Varint();
            block.Counts[partition] = Count(ref reader);
            block.Starts[partition] = (int)start;
            start += block.Counts[partition] > 0 ? Count(ref reader) : 0;
            if (start > BytesMax)
            {
                throw new InvalidDataException($"A block directory of {start} bytes: the log is damaged.");
            }
        }

        block.Starts[block.Partitions] = (int)start;
    }

    /// <summary>Only the offsets after the block.</summary>
    public static void ReadNext(ReadOnlySpan<byte> bytes, Span<long> next)
    {
        var reader = Begin(bytes, next.Length);
        for (var partition = 0; partition < next.Length; partition++)
        {
            next[partition] = (long)reader.Varint();
            if (reader.Varint() > 0)
            {
                reader.Varint();
            }
        }
    }

    /// <summary>Every floor has passed the offsets after a block.</summary>
    public static bool IsBehind(ReadOnlySpan<long> next, ReadOnlySpan<long> floors)
    {
        for (var partition = 0; partition < next.Length; partition++)
        {
            if (next[partition] > floors[partition])
            {
                return false;
            }
        }

        return true;
    }

    private static int Count(ref SpanReader reader)
    {
        var count = reader.Varint();
        return count < BytesMax ? (int)count : throw new InvalidDataException($"A block directory with {count} records or bytes: the log is damaged.");
    }

    private static SpanReader Begin(ReadOnlySpan<byte> bytes, int partitions)
    {
        var reader = new SpanReader(bytes);
        var version = reader.Byte();
        if (version != Version)
        {
            throw new InvalidDataException($"A block directory of version {version}: the log was written by a newer program, or is damaged.");
        }

        var count = (int)reader.Varint();
        return count == partitions ? reader : throw new InvalidDataException($"A block directory of {count} partitions in a store of {partitions}: the log is damaged.");
    }
}
