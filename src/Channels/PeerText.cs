namespace Triggers.Channels;

/// <summary>
/// Words of the other side, for reasons that are stored with a message, logged and read on terminals: one line of bounded length, without control characters,
/// which could move a cursor or forge a line of the log.
/// </summary>
internal static class PeerText
{
    /// <summary>Enough for a person to act on; a receiver may answer with kilobytes, at every attempt of every message.</summary>
    public const int CharsMax = 500;

    public static string OneLine(string text, int charsMax = CharsMax)
    {
        var kept = text.Length > charsMax ? text[..charsMax] + "…" : text;
        return kept.Any(char.IsControl) ? string.Concat(kept.Select(letter => char.IsControl(letter) ? ' ' : letter)) : kept;
    }
}
