using Triggers.Engine.Text;

namespace Triggers.Engine.Expressions;

/// <summary>A valid expression, or every error that was found in the text; never both.</summary>
public sealed record ExpressionResult(Expr? Expression, IReadOnlyList<ExpressionError> Errors)
{
    public bool IsValid => Errors.Count == 0;
}

/// <summary>What is wrong in an expression, where, and what to write instead.</summary>
/// <param name="Index">Zero-based index of the first character at fault; the text's length when something is missing at its end.</param>
/// <param name="Length">How many characters are at fault.</param>
/// <param name="Message">A whole sentence or more, without the suggestions.</param>
/// <param name="Expected">What may stand there; empty where the message says it all.</param>
/// <param name="Found">What stands there, as written; empty at the end of the text.</param>
/// <param name="Suggestions">Names that may have been meant, the likeliest first.</param>
public sealed record ExpressionError(int Index, int Length, string Message, string Expected, string Found, IReadOnlyList<string> Suggestions)
{
    public override string ToString() => Message + Suggest.Phrase(Suggestions);
}
