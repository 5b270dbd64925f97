using System.Text;
using Triggers.Engine.Explanations;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;

namespace Triggers.Engine.Expressions;

/// <summary>A condition that brings its own canonical text and its own meaning, so that an operator is one file.</summary>
public abstract record OpenExpr : Expr
{
    public override ValueType Type => ValueType.Boolean;

    /// <summary>What stands in it, in the order of the text.</summary>
    public abstract IReadOnlyList<Expr> Parts { get; }

    /// <summary>The answer depends on the time zone of those customers who have none of their own.</summary>
    public virtual bool UsesZone => false;

    internal abstract void Write(StringBuilder text);

    internal abstract Condition Compile(in Compilation compilation);

    /// <summary>Its value, where it has one that is no condition.</summary>
    internal virtual Operand CompileValue(in Compilation compilation) => new ConditionOperand(Compile(in compilation));

    /// <summary>The values that it looks at, for who is told why it holds or not.</summary>
    internal virtual IReadOnlyList<SeenValue> See(Sight sight, ref Evaluation evaluation) =>
        UsesZone && sight.SeeZone(Parts[0], ref evaluation) is { } zone ? [.. sight.See(Parts, ref evaluation), zone] : sight.See(Parts, ref evaluation);

    /// <summary>What would have to happen for it to be known; asked only while it is collecting.</summary>
    internal virtual string NeedsToBeKnown(Sight sight, ref Evaluation evaluation) => ConditionTree.HistoryNeeded;

    /// <summary>What would have to happen for it to hold, or, negated, not to hold; asked only while it does not. What time does is said apart.</summary>
    internal virtual string Needs(bool isNegated, Sight sight, ref Evaluation evaluation) => $"{Canonical.Of(this)} has to {(isNegated ? "stop holding" : "hold")}";
}

/// <summary>A number that brings its own canonical text and its own meaning.</summary>
public abstract record OpenValueExpr : Expr
{
    public override ValueType Type => ValueType.Number;

    /// <summary>What stands in it, in the order of the text.</summary>
    public abstract IReadOnlyList<Expr> Parts { get; }

    internal abstract void Write(StringBuilder text);

    internal abstract Operand Compile(in Compilation compilation);

    /// <summary>A comparison with a constant: knows the second at which time alone changes it.</summary>
    internal abstract Condition Compare(in Compilation compilation, CompareOp op, double line);

    /// <summary>What has to be known about the value, for who is told why it is what it is.</summary>
    internal abstract string Note(Sight sight, ref Evaluation evaluation);

    /// <summary>What would have to happen for a comparison with a constant to hold, which does not; null: no more than the comparison itself says.</summary>
    internal abstract string? Needs(CompareOp op, double line, Sight sight, ref Evaluation evaluation);
}

/// <summary><c>any(traits.tags)</c>: each value at a path that leads through lists. Compared, it holds if it does for one of them.</summary>
public sealed record AnyExpr(Expr Item) : Expr
{
    public override ValueType Type => ValueType.Any;
}
