namespace Triggers.Web.Ingest;

/// <summary>Where a JSON value lies in the request's bytes, so that fields travel to the log without becoming strings.</summary>
internal readonly struct JsonSlice(int start, int length, JsonSliceKind kind)
{
    private readonly int _length = length;

    /// <summary>Text: behind the opening quote.</summary>
    public int Start { get; } = start;

    public int Length => _length;

    public JsonSliceKind Kind { get; } = kind;

    public bool IsAbsent => Kind == JsonSliceKind.Absent;

    public ReadOnlySpan<byte> In(ReadOnlySpan<byte> body) => body.Slice(Start, _length);
}

internal enum JsonSliceKind : byte
{
    /// <summary>Not there, or <c>null</c>.</summary>
    Absent = 0,
    Text,
    EscapedText,
    Number,
    Object,

    /// <summary>An array or a boolean: never what a field wants.</summary>
    Other,
}
