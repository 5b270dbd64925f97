using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Triggers.Web.Ingest;

/// <summary>
/// Makes ids for events that came without one: unique, not secret. A random start and a counter make 16 bytes without a call to the
/// random source for each event; they are never remembered for de-duplication.
/// </summary>
internal static class MessageIds
{
    public const int Length = 22;
    private static readonly ulong Process = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));
    private static long _next = BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(8));

    public static void Write(Span<byte> target)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Process);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], Interlocked.Increment(ref _next));
        Base64Url.EncodeToUtf8(bytes, target);
    }
}
