using System.Globalization;
using System.Text;
using Triggers.Engine.Expressions;
using Triggers.Engine.Programs.Conditions;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Explanations;

/// <summary>Values, instants and comparisons in words.</summary>
internal static class Phrases
{
    private const int ShownLengthMax = 200;

    /// <summary><c>2026-11-29 10:00:00Z</c>.</summary>
    public static string Instant(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Number(double number) => (Math.Round(number, 6) + 0.0).ToString("R", CultureInfo.InvariantCulture);

    /// <summary>As an expression would write it.</summary>
    public static string Show(scoped in Scalar value) => value.Type switch
    {
        ValueType.None => "absent",
        ValueType.Boolean => value.Number != 0 ? "true" : "false",
        ValueType.Number => Number(value.Number),
        ValueType.Duration => Duration.Format((long)value.Number),
        ValueType.Text => Shorten(Canonical.WriteText(new StringBuilder(), Encoding.UTF8.GetString(value.Text)).ToString()),
        _ => Shorten(Encoding.UTF8.GetString(value.Text)),
    };

    /// <summary>The event, and which of them count: <c>Product Viewed where properties.price &gt; 50</c>.</summary>
    public static string Event(string name, Expr? where) => where is null ? name : $"{name} where {Canonical.Of(where)}";

    /// <summary><c>has to be at least 3</c>.</summary>
    public static string HasToBe(CompareOp op, string line) => op switch
    {
        CompareOp.Equal => $"has to be {line}",
        CompareOp.NotEqual => $"has to be there and other than {line}",
        CompareOp.Less => $"has to be less than {line}",
        CompareOp.LessOrEqual => $"has to be at most {line}",
        CompareOp.Greater => $"has to be more than {line}",
        CompareOp.GreaterOrEqual => $"has to be at least {line}",
        _ => $"has to {Vocabulary.Operator(op).Text.Replace("starts", "start", StringComparison.Ordinal).Replace("ends", "end", StringComparison.Ordinal).Replace("contains", "contain", StringComparison.Ordinal)} {line}",
    };

    /// <summary>The comparison that holds where this one does not, of two numbers that are there; the others have none.</summary>
    public static CompareOp? Opposite(CompareOp op) => op switch
    {
        CompareOp.Equal => CompareOp.NotEqual,
        CompareOp.NotEqual => CompareOp.Equal,
        CompareOp.Less => CompareOp.GreaterOrEqual,
        CompareOp.LessOrEqual => CompareOp.Greater,
        CompareOp.Greater => CompareOp.LessOrEqual,
        CompareOp.GreaterOrEqual => CompareOp.Less,
        _ => null,
    };

    private static string Shorten(string text) => text.Length <= ShownLengthMax ? text : text[..ShownLengthMax] + "…";
}
