using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Triggers.Engine.Records;

/// <summary>Writes our binary formats into a pooled, growing buffer; the counterpart of <see cref="SpanReader"/>.</summary>
public sealed class ByteWriter : IDisposable
{
    private byte[] _buffer;

    public ByteWriter(int capacity = 4096) => _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, Length);

    public void Clear() => Length = 0;

    public void Byte(byte value) => Reserve(1)[0] = value;

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Reserve(8), value);

    public void Double(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Reserve(8), value);

    public void Varint(ulong value)
    {
        Grow(10);
        while (value >= 0x80)
        {
            _buffer[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _buffer[Length++] = (byte)value;
    }

    public void ZigZag(long value) => Varint((ulong)((value << 1) ^ (value >> 63)));

    public void Text(ReadOnlySpan<byte> utf8)
    {
        Varint((ulong)utf8.Length);
        Bytes(utf8);
    }

    public void Text(string text)
    {
        var count = Encoding.UTF8.GetByteCount(text);
        Varint((ulong)count);
        Encoding.UTF8.GetBytes(text, Reserve(count));
    }

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    /// <summary>Writes a 4-byte gap for <see cref="CloseLength"/>, so that a length of up to 2^28−1 can precede bytes not written yet.</summary>
    public int OpenLength()
    {
        Reserve(4);
        return Length;
    }

    /// <summary>Fills the gap with the number of bytes written since, as a varint padded to 4 bytes.</summary>
    public void CloseLength(int start)
    {
        var value = (uint)(Length - start);
        _buffer[start - 4] = (byte)(value | 0x80);
        _buffer[start - 3] = (byte)((value >> 7) | 0x80);
        _buffer[start - 2] = (byte)((value >> 14) | 0x80);
        _buffer[start - 1] = (byte)((value >> 21) & 0x7F);
    }

    /// <summary>Forgets everything after <paramref name="length"/>: what was begun and turned out to be bad.</summary>
    public void Truncate(int length) => Length = length;

    public void Dispose()
    {
        var buffer = _buffer;
        _buffer = [];
        Length = 0;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private Span<byte> Reserve(int count)
    {
        Grow(count);
        var span = _buffer.AsSpan(Length, count);
        Length += count;
        return span;
    }

    private void Grow(int count)
    {
        if (_buffer.Length - Length >= count)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, Length + count));
        _buffer.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
