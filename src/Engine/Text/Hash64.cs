using System.Buffers.Binary;
using System.Numerics;

namespace Triggers.Engine.Text;

/// <summary>
/// xxHash64 (Yann Collet, seed 0): the one hash behind partitions, element ids, variants and checksums.
/// Ours because persisted values depend on it for ever. Golden values: tests/Engine.Tests.
/// </summary>
public static class Hash64
{
    private const ulong P1 = 0x9E3779B185EBCA87, P2 = 0xC2B2AE3D27D4EB4F, P3 = 0x165667B19E3779F9, P4 = 0x85EBCA77C2B2AE63, P5 = 0x27D4EB2F165667C5;

    public static ulong Of(ReadOnlySpan<byte> bytes, ulong seed = 0)
    {
        var length = (ulong)bytes.Length;
        ulong hash;
        if (bytes.Length >= 32)
        {
            ulong a = unchecked(seed + P1 + P2), b = unchecked(seed + P2), c = seed, d = unchecked(seed - P1);
            while (bytes.Length >= 32)
            {
                a = Round(a, Read64(bytes));
                b = Round(b, Read64(bytes[8..]));
                c = Round(c, Read64(bytes[16..]));
                d = Round(d, Read64(bytes[24..]));
                bytes = bytes[32..];
            }

            hash = unchecked(BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7) + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18));
            hash = Merge(Merge(Merge(Merge(hash, a), b), c), d);
        }
        else
        {
            hash = unchecked(seed + P5);
        }

        return unchecked(Finish(hash + length, bytes));
    }

    public static ulong Of(string text) => Of(System.Text.Encoding.UTF8.GetBytes(text));

    private static ulong Finish(ulong hash, ReadOnlySpan<byte> rest)
    {
        unchecked
        {
            while (rest.Length >= 8)
            {
                hash = (BitOperations.RotateLeft(hash ^ Round(0, Read64(rest)), 27) * P1) + P4;
                rest = rest[8..];
            }

            if (rest.Length >= 4)
            {
                hash = (BitOperations.RotateLeft(hash ^ (BinaryPrimitives.ReadUInt32LittleEndian(rest) * P1), 23) * P2) + P3;
                rest = rest[4..];
            }

            foreach (var value in rest)
            {
                hash = BitOperations.RotateLeft(hash ^ (value * P5), 11) * P1;
            }

            hash = (hash ^ (hash >> 33)) * P2;
            hash = (hash ^ (hash >> 29)) * P3;
            return hash ^ (hash >> 32);
        }
    }

    private static ulong Round(ulong sum, ulong input) => unchecked(BitOperations.RotateLeft(sum + (input * P2), 31) * P1);

    private static ulong Merge(ulong hash, ulong sum) => unchecked(((hash ^ Round(0, sum)) * P1) + P4);

    private static ulong Read64(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);
}
