using Triggers.Engine.Records;
using Triggers.Storage.Blocks;

namespace Triggers.Storage.Sqlite.Log;

/// <summary>
/// Reads and writes a block's directory: for every partition the offset after the block, its number of records, the length of its slice and that slice's check. Every
/// partition stands in every directory, so that any block tells where all partitions stood. Format: docs/formats/log.md, golden test.
/// </summary>
internal static class BlockDirectory
{
    /// <summary>Version 1 had no checks.</summary>
    private const byte Version = 2, VersionWithoutChecks = 1;

    /// <summary>SQLite's largest row is smaller.</summary>
    private const int BytesMax = 1 << 30;

    /// <param name="writer">Empty.</param>
    public static void Write(Block block, ReadOnlySpan<byte> body, ByteWriter writer)
    {
        writer.Byte(Version);
        writer.Varint((ulong)block.Partitions);
        for (var partition = 0; partition < block.Partitions; partition++)
        {
            writer.Varint((ulong)block.Next[partition]);
            writer.Varint((ulong)block.Counts[partition]);
            if (block.Counts[partition] > 0)
            {
                var slice = body[block.Starts[partition]..block.Starts[partition + 1]];
                writer.Varint((ulong)slice.Length);
                ByteCheck.Write(writer, ByteCheck.Of(slice));
            }
        }

        ByteCheck.Append(writer);
    }

    /// <summary>Fills a block's directory; its body is read separately.</summary>
    public static void Read(ReadOnlySpan<byte> bytes, Block block)
    {
        var reader = Begin(bytes, block.Partitions, out var version);
        var start = 0L;
        block.Checks = version == VersionWithoutChecks ? [] : block.Checks.Length > 0 ? block.Checks : new uint[block.Partitions];
        for (var partition = 0; partition < block.Partitions; partition++)
        {
            block.Next[partition] = (long)reader.Varint();
            block.Counts[partition] = Count(ref reader);
            block.Starts[partition] = (int)start;
            if (block.Counts[partition] == 0)
            {
                continue;
            }

            start += Count(ref reader);
            if (start > BytesMax)
            {
                throw new InvalidDataException($"A block directory of {start} bytes: the log is damaged.");
            }

            if (version != VersionWithoutChecks)
            {
                block.Checks[partition] = ByteCheck.Read(ref reader);
            }
        }

        block.Starts[block.Partitions] = (int)start;
    }

    /// <summary>Only the offsets after the block.</summary>
    public static void ReadNext(ReadOnlySpan<byte> bytes, Span<long> next)
    {
        var reader = Begin(bytes, next.Length, out var version);
        for (var partition = 0; partition < next.Length; partition++)
        {
            next[partition] = (long)reader.Varint();
            if (reader.Varint() > 0)
            {
                reader.Varint();
                reader.Take(version == VersionWithoutChecks ? 0 : ByteCheck.Length);
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

    private static SpanReader Begin(ReadOnlySpan<byte> bytes, int partitions, out byte version)
    {
        version = new SpanReader(bytes).Byte();
        if (version is not (Version or VersionWithoutChecks))
        {
            throw new InvalidDataException($"A block directory of version {version}: the log was written by a newer program, or is damaged.");
        }

        var reader = new SpanReader(version == Version ? ByteCheck.Strip(bytes, "A block directory") : bytes);
        reader.Byte();
        var count = (int)reader.Varint();
        return count == partitions ? reader : throw new InvalidDataException($"A block directory of {count} partitions in a store of {partitions}: the log is damaged.");
    }
}
