using System.Text;
using Triggers.Engine.Customers;
using Triggers.Engine.Explanations;
using Triggers.Engine.Expressions.Parsing;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Text;

namespace Triggers.Engine.Expressions.Functions;

/// <summary><c>previous(traits.rfm-group)</c>: what a value was before it became what it is.</summary>
public sealed class PreviousFunction : FunctionTerm
{
    public override string Name => "previous";

    public override string Help =>
        "The last other text that a value had, kept at the moment it changes, by time alone as well. Absent until it changes for the first time after the function is in force; while the value is absent or collecting, the last one it had is remembered.";

    public override string Example => "previous(traits.rfm-group) = 'champions' and not traits.rfm-group = 'champions'";

    public override ValueType Result => ValueType.Any;

    public override IReadOnlyList<ParameterSpec> Parameters { get; } = [new("value", "text", true, "A computed trait, the lifecycle, a grade, or another text of the customer.")];

    internal override Expr? ReadArguments(Grammar grammar, Token name)
    {
        if (!grammar.RequireCustomer(name, "previous(…)"))
        {
            return null;
        }

        var begin = grammar.Peek();
        if (grammar.ReadOperand() is not { } value)
        {
            return null;
        }

        if (value is LiteralExpr or AnyExpr or PropertyExpr || value.Type is not (ValueType.Text or ValueType.Any))
        {
            grammar.Fail(begin, $"What a value was before is kept of texts of the customer, such as traits.rfm-group or lifecycle: {Canonical.Of(value)} is none.");
        }

        return new PreviousExpr(value) { Position = new Place(name.Index) };
    }
}

/// <summary><c>previous(lifecycle)</c>.</summary>
public sealed record PreviousExpr(Expr Value) : OpenExpr
{
    public override ValueType Type => ValueType.Any;

    public override IReadOnlyList<Expr> Parts => [Value];

    /// <summary>The id of the value as it is now, among a customer's values and, as what is tested when it may change, among segments.</summary>
    internal ulong WatchKey => Hash64.Of("watch\n" + Canonical.Of(Value));

    internal ulong FormerKey => Hash64.Of(Canonical.Of(this));

    internal override void Write(StringBuilder text) => text.Append("previous(").Append(Canonical.Of(Value)).Append(')');

    internal override Condition Compile(in Compilation compilation) => new TruthCondition(CompileValue(in compilation));

    internal override Operand CompileValue(in Compilation compilation) => compilation.Previous(this);

    internal override IReadOnlyList<SeenValue> See(Sight sight, ref Evaluation evaluation) => sight.See([this, Value], ref evaluation);
}

internal sealed class FormerOperand(ulong key) : Operand
{
    public override Scalar Read(scoped ref Evaluation evaluation)
    {
        var values = evaluation.Customer.Values;
        var index = Customer.FindValue(values, key);
        return index < 0 ? default : values[index].Read(evaluation.Customer.Heap);
    }
}

/// <summary>Whether a watched value is there: tested whenever it may have become another one.</summary>
internal sealed class WatchCondition(Operand value) : Condition
{
    public Operand Value => value;

    public override Truth Test(ref Evaluation evaluation)
    {
        var read = value.Read(ref evaluation);
        return read.IsUnknown ? Truth.Unknown : read.Type == ValueType.Text ? Truth.True : Truth.False;
    }
}
