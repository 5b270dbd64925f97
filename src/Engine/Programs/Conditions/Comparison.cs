using System.Buffers.Text;
using Triggers.Engine.Customers;
using Triggers.Engine.Expressions;
using Triggers.Engine.Scoring;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Programs.Conditions;

/// <summary>Compares two values: of one type, or a number with a text that is one. Everything else, and what is absent, compares as false with every operator.</summary>
internal static class Comparison
{
    public static bool Holds(CompareOp op, scoped in Scalar a, scoped in Scalar b, bool ignoresCase = false)
    {
        if (a.Type != b.Type)
        {
            return a.Type == ValueType.List ? op == CompareOp.Contains && Elements.Contain(a.Text, in b, ignoresCase) : Mixed(op, in a, in b);
        }

        return a.Type switch
        {
            ValueType.Number or ValueType.Duration => Numbers(op, a.Number, b.Number),
            ValueType.Boolean => op is CompareOp.Equal or CompareOp.NotEqual && Numbers(op, a.Number, b.Number),
            ValueType.Text when ignoresCase => Texts(op, Workspace.Current.Fold(0, a.Text), Workspace.Current.Fold(1, b.Text)),
            ValueType.Text => Texts(op, a.Text, b.Text),
            _ => false,
        };
    }

    public static bool Numbers(CompareOp op, double a, double b) => op switch
    {
        CompareOp.Equal => a == b,
        CompareOp.NotEqual => a != b,
        CompareOp.Less => a < b,
        CompareOp.LessOrEqual => a <= b,
        CompareOp.Greater => a > b,
        CompareOp.GreaterOrEqual => a >= b,
        _ => false,
    };

    /// <summary>A number as many sites send it: digits with an optional sign, fraction and exponent, and nothing else.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> text, out double number)
    {
        number = 0;
        return FixedPoint.TryParse(text, 0, out _) && Utf8Parser.TryParse(text, out number, out var read) && read == text.Length && double.IsFinite(number);
    }

    private static bool Mixed(CompareOp op, scoped in Scalar a, scoped in Scalar b) => (a.Type, b.Type) switch
    {
        (ValueType.Text, ValueType.Number) => TryNumber(a.Text, out var left) && Numbers(op, left, b.Number),
        (ValueType.Number, ValueType.Text) => TryNumber(b.Text, out var right) && Numbers(op, a.Number, right),
        _ => false,
    };

    private static bool Texts(CompareOp op, ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => op switch
    {
        CompareOp.Equal => a.SequenceEqual(b),
        CompareOp.NotEqual => !a.SequenceEqual(b),
        CompareOp.Contains => a.IndexOf(b) >= 0,
        CompareOp.StartsWith => a.StartsWith(b),
        CompareOp.EndsWith => a.EndsWith(b),
        _ => Numbers(op, a.SequenceCompareTo(b), 0),
    };
}
