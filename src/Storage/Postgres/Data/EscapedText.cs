namespace Triggers.Storage.Postgres.Data;

/// <summary>
/// PostgreSQL's text holds every character but U+0000, which visitors' texts may contain: it is written as U+E000 and '0', and U+E000 itself as
/// U+E000 and '1'. So any text comes back as it was.
/// </summary>
internal static class EscapedText
{
    private const char Mark = '\uE000';

    public static string? Escape(string? text)
        => text is null || text.AsSpan().IndexOfAny('\0', Mark) < 0 ? text : text.Replace($"{Mark}", $"{Mark}1", StringComparison.Ordinal).Replace("\0", $"{Mark}0", StringComparison.Ordinal);

    public static string Unescape(string text)
        => !text.Contains(Mark) ? text : text.Replace($"{Mark}0", "\0", StringComparison.Ordinal).Replace($"{Mark}1", $"{Mark}", StringComparison.Ordinal);
}
