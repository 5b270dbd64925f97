using System.Buffers.Binary;

namespace Triggers.Engine.Records;

/// <summary>Reads our binary formats from a span: varints (LEB128), zig-zag, length-prefixed bytes. Every over-read is an <see cref="InvalidDataException"/>.</summary>
public ref struct SpanReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    public readonly bool AtEnd => Position >= _bytes.Length;

    public byte Byte()
    {
        if ((uint)Position >= (uint)_bytes.Length)
        {
            Damaged();
        }

        return _bytes[Position++];
    }

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        Damaged();
        return 0;
    }

    public long ZigZag()
    {
        var raw = Varint();
        return (long)(raw >> 1) ^ -(long)(raw & 1);
    }

    public ReadOnlySpan<byte> Text() => Take((int)Math.Min(Varint(), int.MaxValue));

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _bytes.Length - Position)
        {
            Damaged();
        }

        var span = _bytes.Slice(Position, count);
        Position += count;
        return span;
    }

    private static void Damaged() => throw new InvalidDataException("The bytes end before the value does: the data is damaged.");
}
