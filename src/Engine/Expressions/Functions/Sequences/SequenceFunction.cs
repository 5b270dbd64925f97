using System.Text;
using Triggers.Engine.Explanations;
using Triggers.Engine.Expressions.Parsing;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;

namespace Triggers.Engine.Expressions.Functions;

/// <summary><c>sequence('Checkout Started', then not 'Order Completed' within 2h, within 7d)</c>: one thing after the other, or nothing after it.</summary>
public sealed class SequenceFunction : FunctionTerm
{
    public override string Name => "sequence";

    public override string Help =>
        "Whether the customer did one thing after the other, each step within its time of the one before. `then not`, as the last step: that did not follow, known when its time is over. `same`: all of it with one value of a property, such as the same product. Each step is a later instant than the one before it; the first one lies in the window, and so do all.";

    public override string Example => "sequence('Checkout Started', then not 'Order Completed' within 2h, within 7d)";

    public override string Signature => "sequence(event, then event within duration …, [same properties.path], [without event], within duration)";

    public override ValueType Result => ValueType.Boolean;

    public override IReadOnlyList<ParameterSpec> Parameters { get; } = ChainReader.Parameters(allowsNot: true);

    internal override Expr? ReadArguments(Grammar grammar, Token name) =>
        new ChainReader(grammar, name, this, allowsNot: true).Read() is { } chain ? new SequenceExpr(chain) { Position = new Place(name.Index) } : null;
}

/// <summary><c>sequence('A', then 'B' within 1d, then not 'C' within 2h, same properties.id, without 'D', within 30d)</c>.</summary>
public sealed record SequenceExpr(Chain Chain) : OpenExpr
{
    public override IReadOnlyList<Expr> Parts => Chain.Parts;

    internal override void Write(StringBuilder text)
    {
        Chain.Write(text.Append("sequence("));
        text.Append(')');
    }

    internal override Condition Compile(in Compilation compilation) => new SequenceCondition(ChainSearch.Of(Chain, in compilation));

    internal override IReadOnlyList<SeenValue> See(Sight sight, ref Evaluation evaluation) => ChainReasons.See(Chain, sight, ref evaluation);

    internal override string Needs(bool isNegated, Sight sight, ref Evaluation evaluation) =>
        isNegated ? $"it happened; {ChainReasons.Leaves(Chain)}" : ChainReasons.Lacks(Chain, sight, ref evaluation);
}
