using System.Buffers.Binary;
using Triggers.Engine.Records;
using Triggers.Engine.Text;

namespace Triggers.Storage.Blocks;

/// <summary>Four bytes by which stored bytes are known for those that were written: the low half of their xxHash64, little-endian.</summary>
internal static class ByteCheck
{
    public const int Length = 4;

    public static uint Of(ReadOnlySpan<byte> bytes) => unchecked((uint)Hash64.Of(bytes));

    public static void Write(ByteWriter writer, uint check)
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, check);
        writer.Bytes(bytes);
    }

    public static uint Read(ref SpanReader reader) => BinaryPrimitives.ReadUInt32LittleEndian(reader.Take(Length));

    /// <summary>Ends what is written with the check of all of it.</summary>
    public static void Append(ByteWriter writer) => Write(writer, Of(writer.Written));

    /// <summary>What <see cref="Append"/> has ended, without its end.</summary>
    /// <param name="what">As a message names it.</param>
    /// <exception cref="InvalidDataException">It is not what was written.</exception>
    public static ReadOnlySpan<byte> Strip(ReadOnlySpan<byte> bytes, string what)
    {
        if (bytes.Length < Length || BinaryPrimitives.ReadUInt32LittleEndian(bytes[^Length..]) != Of(bytes[..^Length]))
        {
            throw new InvalidDataException($"{what} is not what was written: it is damaged.");
        }

        return bytes[..^Length];
    }
}
