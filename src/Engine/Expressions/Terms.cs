namespace Triggers.Engine.Expressions;

/// <summary>Which operands a comparison takes.</summary>
public enum OperandRule
{
    /// <summary>Any two values of one type.</summary>
    Same = 1,

    /// <summary>Two numbers, or two texts in the order of their characters (so ISO dates order by time).</summary>
    Ordered = 2,

    /// <summary>Two texts.</summary>
    Text = 3,

    /// <summary>A text and a text in it, or a list and an element.</summary>
    Part = 4,
}

/// <summary>A comparison that describes itself: parser, error messages, docs and editors read it.</summary>
/// <param name="Text">As it is written; words are separated by one blank.</param>
/// <param name="Mirror">The operator that means the same with its operands swapped; null: it has none.</param>
public sealed record OperatorTerm(string Text, CompareOp Op, OperandRule Operands, CompareOp? Mirror, string Help, string Example);

/// <summary>A name that stands for a value: <c>score</c>, <c>lifecycle</c>, <c>traits.…</c>, <c>properties.…</c>.</summary>
public sealed record ValueTerm(string Name, string Type, string Help, string Example);

/// <summary>A word that joins or turns conditions: documented here, parsed by the grammar.</summary>
public sealed record WordTerm(string Text, string Help, string Example);

/// <summary>One parameter of a function.</summary>
public sealed record ParameterSpec(string Name, string Type, bool IsRequired, string Help);
