using System.Text;

namespace Triggers.Engine.Text;

/// <summary>Texts without the difference between capitals and small letters: letter by letter, the same in every culture (`ß` and `İ` stay what they are).</summary>
internal static class CaseFolding
{
    /// <summary>The folded text in a buffer that is made larger where needed.</summary>
    public static ReadOnlySpan<byte> Fold(ReadOnlySpan<byte> text, ref byte[] buffer)
    {
        // A letter's other case may take one byte more.
        if (buffer.Length < text.Length * 2)
        {
            buffer = new byte[Math.Max(256, text.Length * 2)];
        }

        var length = 0;
        while (text.Length > 0)
        {
            var first = text[0];
            if (first < 0x80)
            {
                buffer[length++] = (byte)(first is >= (byte)'A' and <= (byte)'Z' ? first | 0x20 : first);
                text = text[1..];
                continue;
            }

            Rune.DecodeFromUtf8(text, out var rune, out var read);
            length += Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune)).EncodeToUtf8(buffer.AsSpan(length));
            text = text[read..];
        }

        return buffer.AsSpan(0, length);
    }
}
