namespace Triggers.Engine.Expressions;

/// <summary>
/// A node of the typed expression tree. Nodes are immutable and compare by content, not by place (<see cref="Position"/> is not part of equality).
/// The canonical text of a node (see <see cref="Canonical"/>) is its identity: state is keyed by its hash.
/// </summary>
public abstract record Expr
{
    /// <summary>Zero-based index of the node's first character in the expression text, for error messages.</summary>
    public Place Position { get; init; }

    public abstract ValueType Type { get; }
}

/// <summary>A place in an expression text that takes no part in equality.</summary>
public readonly struct Place(int index) : IEquatable<Place>
{
    public int Index { get; } = index;

    public bool Equals(Place other) => true;

    public override bool Equals(object? obj) => obj is Place;

    public override int GetHashCode() => 0;

    public static bool operator ==(Place left, Place right) => left.Equals(right);

    public static bool operator !=(Place left, Place right) => !left.Equals(right);
}

public sealed record LiteralExpr(Value Value) : Expr
{
    public override ValueType Type => Value.Type;
}

/// <summary><c>traits.address.city</c>, or <c>group.plan</c> of the customer's group. Path without the leading <c>traits.</c> or <c>group.</c>.</summary>
public sealed record TraitExpr(string Path, bool OfGroup = false) : Expr
{
    public override ValueType Type => ValueType.Any;
}

/// <summary><c>properties.price</c> of the event in hand: only inside <c>where</c>, in triggers and in wait-until conditions. Path without <c>properties.</c>.</summary>
public sealed record PropertyExpr(string Path) : Expr
{
    public override ValueType Type => ValueType.Any;
}

/// <summary>Persisted in element ids through the canonical text.</summary>
public enum AggregateKind : byte
{
    Count = 1,
    Did = 2,
    Sum = 3,
    Days = 4,
    Average = 5,
    Min = 6,
    Max = 7,
    Distinct = 8,
    SinceFirst = 9,
    SinceLast = 10,
    First = 11,
    Last = 12,
    MostFrequent = 13,
    Each = 14,
}

public enum WindowKind : byte
{
    /// <summary>Over everything that ever happened.</summary>
    Ever = 0,

    /// <summary>A sliding window: instants in (now − length, now].</summary>
    Within = 1,

    /// <summary>Since the entry into the campaign (only in campaigns).</summary>
    SinceEntry = 2,
}

public readonly record struct Window(WindowKind Kind, long LengthMs)
{
    public static readonly Window Ever = default;
}

/// <summary>
/// <c>count('Product Viewed', where properties.price > 50, within 7d)</c>, <c>did(…)</c>, <c>sum('Order Completed', properties.total, within 365d)</c> and the others.
/// Event names are track names, or <c>page</c>, <c>screen</c>, <c>identify</c>, <c>group</c> for the other calls.
/// </summary>
public sealed record AggregateExpr(AggregateKind Kind, string EventName, Expr? Where, string? ValuePath, Window Window) : Expr
{
    public override ValueType Type => Vocabulary.Function(Kind).Result;
}

/// <summary><c>score</c>: the engagement score now; <c>score('fit')</c>: another one.</summary>
public sealed record ScoreExpr : Expr
{
    /// <summary>Empty: engagement.</summary>
    public string Id { get; init; } = "";

    public override ValueType Type => ValueType.Number;
}

/// <summary><c>grade('fit')</c>: the name of the grade that a score has; absent below the lowest line.</summary>
/// <param name="Id">Empty: engagement.</param>
public sealed record GradeExpr(string Id) : Expr
{
    public override ValueType Type => ValueType.Text;
}

/// <summary><c>lifecycle</c>: one of 'new', 'active', 'at risk', 'dormant', 'won back'.</summary>
public sealed record LifecycleExpr : Expr
{
    public override ValueType Type => ValueType.Text;
}

/// <summary><c>time in stage</c>: how long the lifecycle has been at its stage.</summary>
public sealed record StageTimeExpr : Expr
{
    public override ValueType Type => ValueType.Duration;
}

/// <summary><c>segment('big-spender')</c>: membership.</summary>
public sealed record SegmentExpr(string Id) : Expr
{
    public override ValueType Type => ValueType.Boolean;
}

/// <summary>
/// Comparisons. An absent operand, and operands of different types, make every one of them false, NotEqual included; a text that is a number compares with a
/// number as that number. Texts compare by their characters, capitals included; order is that of the code points. In a parsed tree a constant stands on the right.
/// </summary>
public enum CompareOp : byte
{
    Equal = 1,
    NotEqual = 2,
    Less = 3,
    LessOrEqual = 4,
    Greater = 5,
    GreaterOrEqual = 6,
    Contains = 7,
    StartsWith = 8,
    EndsWith = 9,
}

public sealed record CompareExpr(CompareOp Op, Expr Left, Expr Right) : Expr
{
    /// <summary><c>ignoring case</c>.</summary>
    public bool IgnoresCase { get; init; }

    public override ValueType Type => ValueType.Boolean;
}

/// <summary><c>traits.plan in ['pro', 'team']</c>.</summary>
public sealed record InExpr(Expr Item, IReadOnlyList<LiteralExpr> Values) : Expr
{
    /// <summary><c>ignoring case</c>.</summary>
    public bool IgnoresCase { get; init; }

    public override ValueType Type => ValueType.Boolean;

    public bool Equals(InExpr? other) => other is not null && IgnoresCase == other.IgnoresCase && Item.Equals(other.Item) && Values.SequenceEqual(other.Values);

    public override int GetHashCode() => HashCode.Combine(Item, Values.Count);
}

/// <summary><c>exists(traits.email)</c>: present and not null.</summary>
public sealed record ExistsExpr(Expr Item) : Expr
{
    public override ValueType Type => ValueType.Boolean;
}

public sealed record NotExpr(Expr Inner) : Expr
{
    public override ValueType Type => ValueType.Boolean;
}

/// <summary>Two or more conditions joined by <c>and</c> (All) or <c>or</c>.</summary>
public sealed record JunctionExpr(bool All, IReadOnlyList<Expr> Items) : Expr
{
    public override ValueType Type => ValueType.Boolean;

    public bool Equals(JunctionExpr? other) => other is not null && All == other.All && Items.SequenceEqual(other.Items);

    public override int GetHashCode() => HashCode.Combine(All, Items.Count);
}
