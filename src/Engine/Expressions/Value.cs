namespace Triggers.Engine.Expressions;

/// <summary>The types an expression can have. Numbers are IEEE doubles; money is handled apart, as integer minor units.</summary>
public enum ValueType : byte
{
    /// <summary>Absent: a missing trait or property, JSON null. No comparison with it is true.</summary>
    None = 0,
    Boolean = 1,
    Number = 2,
    Text = 3,

    /// <summary>A value whose type only the data tells (a trait or a property).</summary>
    Any = 4,

    /// <summary>A list in the data: it contains elements, and compares with nothing else.</summary>
    List = 5,

    /// <summary>A length of time in milliseconds. It compares with nothing else.</summary>
    Duration = 6,
}

/// <summary>One value of an expression: absent, boolean, number or text.</summary>
public readonly record struct Value(ValueType Type, double Number, string? Text)
{
    public static readonly Value None = default;
    public static readonly Value True = new(ValueType.Boolean, 1, null);
    public static readonly Value False = new(ValueType.Boolean, 0, null);

    public static Value Of(double number) => new(ValueType.Number, number, null);

    public static Value Of(string text) => new(ValueType.Text, 0, text);

    public static Value OfDuration(long milliseconds) => new(ValueType.Duration, milliseconds, null);

    public static Value Of(bool value) => value ? True : False;

    public bool IsNone => Type == ValueType.None;
}
