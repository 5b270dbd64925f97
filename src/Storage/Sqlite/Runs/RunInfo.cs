using Triggers.Engine.Records;

namespace Triggers.Storage.Sqlite.Runs;

/// <summary>One sorted run: the blocks it replaces, and by partition which offsets.</summary>
/// <param name="At">The instant of its newest record, or a later one.</param>
internal sealed record RunInfo(long Id, long FromSeq, long ToSeq, long At, long Bytes, long[] From, long[] To)
{
    public static byte[] EncodeBounds(long[] from, long[] to)
    {
        using var writer = new ByteWriter(1024);
        writer.Byte(1);
        writer.Varint((ulong)from.Length);
        for (var partition = 0; partition < from.Length; partition++)
        {
            writer.Varint((ulong)from[partition]);
            writer.Varint((ulong)(to[partition] - from[partition]));
        }

        return writer.Written.ToArray();
    }

    public static RunInfo Decode(long id, long fromSeq, long toSeq, long at, long bytes, ReadOnlySpan<byte> bounds)
    {
        var reader = new SpanReader(bounds);
        var version = reader.Byte();
        if (version != 1)
        {
            throw new InvalidDataException($"A run with bounds of version {version}: it was written by a newer program, or is damaged.");
        }

        var partitions = (int)reader.Varint();
        long[] from = new long[partitions], to = new long[partitions];
        for (var partition = 0; partition < partitions; partition++)
        {
            from[partition] = (long)reader.Varint();
            to[partition] = from[partition] + (long)reader.Varint();
        }

        return new RunInfo(id, fromSeq, toSeq, at, bytes, from, to);
    }

    public bool Overlaps(int partition, long from, long to) => From[partition] < to && To[partition] > from && From[partition] < To[partition];
}
