using System.Text.Json;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Programs.Json;

/// <summary>One value found in a JSON object, as a place in its bytes: reading it allocates nothing.</summary>
internal struct JsonSlot
{
    /// <summary>None: absent or null. List: an array. Any: an object, which exists but compares with nothing.</summary>
    public ValueType Type;

    /// <summary>The text had escapes: it lies, unescaped, in the <see cref="JsonText"/> beside.</summary>
    public bool Unescaped;

    /// <summary>Of a trait: its path in the program.</summary>
    public int Path;
    public int Start;
    public int Length;
    public double Number;

    /// <summary>A text, or the JSON of a list or object.</summary>
    public readonly bool HasBytes => Type is ValueType.Text or ValueType.List or ValueType.Any;

    public readonly ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> json, JsonText text) => Bytes(json, text.Span);

    public readonly ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> json, ReadOnlySpan<byte> text) => (Unescaped ? text : json).Slice(Start, Length);
}

/// <summary>Unescaped texts of one JSON object.</summary>
internal sealed class JsonText
{
    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Unescape(ref Utf8JsonReader reader, ref JsonSlot slot)
    {
        var need = Length + reader.ValueSpan.Length;
        if (_bytes.Length < need)
        {
            Array.Resize(ref _bytes, Math.Max(need, _bytes.Length * 2));
        }

        slot.Unescaped = true;
        slot.Start = Length;
        slot.Length = reader.CopyString(_bytes.AsSpan(Length));
        Length += slot.Length;
    }
}
