using Triggers.Engine.Expressions.Parsing;

namespace Triggers.Engine.Expressions;

/// <summary>Reads the text of a condition into a typed tree, or says everything that is wrong with it.</summary>
public static class ExpressionParser
{
    public static ExpressionResult Parse(string text, ExpressionScope scope)
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
        var expression = tokens is null ? null : new Grammar(text, tokens, scope, errors).ReadWhole();
        return errors.Count == 0 ? new ExpressionResult(expression, []) : new ExpressionResult(null, errors);
    }
}
