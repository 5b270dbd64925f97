using Triggers.Engine.Expressions.Parsing;

namespace Triggers.Engine.Expressions;

/// <summary>Reads the text of a condition into a typed tree, or says everything that is wrong with it.</summary>
public static class ExpressionParser
{
    public static ExpressionResult Parse(string text, ExpressionScope scope) => Read(text, grammar => grammar.ReadWhole(), scope);

    /// <summary>Reads an expression that may have a value of any type that conditions compare.</summary>
    public static ExpressionResult ParseValue(string text, ExpressionScope scope) => Read(text, grammar => grammar.ReadWholeValue(), scope);

    private static ExpressionResult Read(string text, Func<Grammar, Expr?> read, ExpressionScope scope)
    {
        var errors = new List<ExpressionError>();
        if (text.Length > Limits.ExpressionLengthMax)
        {
            errors.Add(new(0, text.Length, $"The expression has {text.Length} characters; at most {Limits.ExpressionLengthMax} are allowed. Split it into segments.", "", "", []));
            return new ExpressionResult(null, errors);
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            errors.Add(new(0, 0, "The condition is empty. Write for example: count('Product Viewed', within 7d) >= 3", "a condition", "", []));
            return new ExpressionResult(null, errors);
        }

        var tokens = new Lexer(text, errors).Read();
        var expression = tokens is null ? null : read(new Grammar(text, tokens, scope, errors));
        return errors.Count == 0 ? new ExpressionResult(expression, []) : new ExpressionResult(null, errors);
    }
}
