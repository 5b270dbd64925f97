namespace Triggers.Engine.Expressions.Parsing;

/// <summary>How names and paths are spelled, for lexer and canonical text alike.</summary>
internal static class Names
{
    public static bool IsNameChar(char c) => char.IsLetterOrDigit(c) || c is '_' or '-' or '$';

    public static bool IsPathRoot(string word) => word is "traits" or "group" or "properties";

    /// <summary>A part of a path that can stand after a dot as it is; others stand in <c>['…']</c>. Digits alone would look like a place in a list.</summary>
    public static bool IsPlain(ReadOnlySpan<char> segment)
    {
        if (IsNumber(segment))
        {
            return false;
        }

        foreach (var c in segment)
        {
            if (!IsNameChar(c))
            {
                return false;
            }
        }

        return segment.Length > 0;
    }

    public static bool IsNumber(ReadOnlySpan<char> segment) => segment.Length > 0 && !segment.ContainsAnyExceptInRange('0', '9');
}
