namespace Triggers.Engine.Expressions.Parsing;

internal enum TokenKind
{
    End,

    /// <summary>A name or keyword; a path such as <c>traits.address.city</c> is one token.</summary>
    Word,
    Number,
    Duration,
    Text,
    Symbol,
}

/// <summary>One word of an expression and where it stands.</summary>
/// <param name="Text">As written.</param>
/// <param name="Value">Text: without quotes and escapes. Duration: as written.</param>
/// <param name="Segments">Word: the parts between the dots, quoted parts without their quotes.</param>
internal sealed record Token(TokenKind Kind, int Index, string Text, string Value = "", double Number = 0, IReadOnlyList<string>? Segments = null)
{
    public bool IsWord(string word) => Kind == TokenKind.Word && string.Equals(Text, word, StringComparison.Ordinal);

    public bool IsSymbol(string symbol) => Kind == TokenKind.Symbol && string.Equals(Text, symbol, StringComparison.Ordinal);

    public string Describe() => Kind == TokenKind.End ? "the end" : $"`{Text}`";
}
