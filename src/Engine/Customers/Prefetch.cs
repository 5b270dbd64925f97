using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Triggers.Engine.Customers;

/// <summary>
/// Asks the processor for memory ahead of its use; nothing that a program can see changes. Most of what applying costs is waiting for memory, and waiting for
/// many places at once costs little more than waiting for one. Without effect where the processor has no such instruction.
/// </summary>
public static unsafe class Prefetch
{
    private const int LineWords = 8;

    /// <summary>Of one list at most: most fit, of a longer one an event reads few places, and to fetch the rest would cost more than to wait for those.</summary>
    private const int LinesMax = 16;

    /// <summary>The first bytes of an object.</summary>
    /// <param name="lines">How many lines of 64 bytes.</param>
    public static void Object(object item, int lines)
    {
        if (Sse.IsSupported)
        {
            var start = *(byte**)Unsafe.AsPointer(ref item);
            for (var line = 0; line < lines; line++)
            {
                Sse.Prefetch0(start + (line * 64));
            }
        }
    }

    internal static void Lines(ReadOnlySpan<long> words)
    {
        if (Sse.IsSupported)
        {
            ref var start = ref MemoryMarshal.GetReference(words);
            for (var at = 0; at < Math.Min(words.Length, LinesMax * LineWords); at += LineWords)
            {
                Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref start, at)));
            }
        }
    }

    /// <summary>The line of 64 bytes in which a place begins.</summary>
    public static void Line<T>(ref readonly T place)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in place)));
        }
    }
}
