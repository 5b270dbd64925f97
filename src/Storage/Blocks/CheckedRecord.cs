using Triggers.Engine.Records;

namespace Triggers.Storage.Blocks;

/// <summary>
/// The length of a record read from disk, and whether it is one: its key has the hash that it bears. What a disk or a hand changed is told where it is read, and does not leave
/// out of somebody's history what was theirs. What lies behind the key is read by whoever needs it.
/// </summary>
internal static class CheckedRecord
{
    /// <exception cref="InvalidDataException">The bytes do not begin with a record.</exception>
    public static int Read(ReadOnlySpan<byte> bytes, out ulong hash, out RecordKind kind)
    {
        var reader = new SpanReader(bytes);
        var length = reader.Varint();
        if (length > (ulong)(bytes.Length - reader.Position))
        {
            throw new InvalidDataException("a record is longer than what holds it");
        }

        var end = reader.Position + (int)length;
        hash = reader.UInt64();
        kind = (RecordKind)reader.Byte();

        // Flags and sub-kind.
        reader.Take(2);
        var key = reader.Text();
        if (reader.Position > end || (!key.IsEmpty && CustomerKey.HashOf(key) != hash))
        {
            throw new InvalidDataException("a record's key is not the one that it was written with");
        }

        return end;
    }
}
