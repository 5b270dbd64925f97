using System.Text;
using Triggers.Engine.Explanations;
using Triggers.Engine.Expressions.Parsing;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;

namespace Triggers.Engine.Expressions.Functions;

/// <summary><c>funnel('Product Viewed', then 'Product Added', then 'Order Completed', within 7d) &gt;= 2</c>.</summary>
public sealed class FunnelFunction : FunctionTerm
{
    public override string Name => "funnel";

    public override string Help =>
        "How many steps the customer got, in this order: 0 before the first, at most as many as there are. Of several tries the one that got furthest counts. Steps are those of `sequence`, each a later instant than the one before it.";

    public override string Example => "funnel('Product Viewed', then 'Checkout Started', then 'Order Completed' within 1d, within 7d) = 2";

    public override string Signature => "funnel(event, then event within duration …, [same properties.path], [without event], within duration)";

    public override ValueType Result => ValueType.Number;

    public override IReadOnlyList<ParameterSpec> Parameters { get; } = ChainReader.Parameters(allowsNot: false);

    internal override Expr? ReadArguments(Grammar grammar, Token name) =>
        new ChainReader(grammar, name, this, allowsNot: false).Read() is { } chain ? new FunnelExpr(chain) { Position = new Place(name.Index) } : null;
}

/// <summary><c>funnel('A', then 'B', then 'C' within 1d, within 7d)</c>.</summary>
public sealed record FunnelExpr(Chain Chain) : OpenValueExpr
{
    public override IReadOnlyList<Expr> Parts => Chain.Parts;

    internal override void Write(StringBuilder text)
    {
        Chain.Write(text.Append("funnel("));
        text.Append(')');
    }

    internal override Operand Compile(in Compilation compilation) => new FunnelOperand(ChainSearch.Of(Chain, in compilation));

    internal override Condition Compare(in Compilation compilation, CompareOp op, double line) => new FunnelCondition(ChainSearch.Of(Chain, in compilation), op, line);

    internal override string Note(Sight sight, ref Evaluation evaluation) => ChainReasons.Note(Chain, sight, ref evaluation);

    internal override string? Needs(CompareOp op, double line, Sight sight, ref Evaluation evaluation)
    {
        var reached = sight.Read(this, ref evaluation).Number;
        if (op is CompareOp.GreaterOrEqual or CompareOp.Greater || (op == CompareOp.Equal && reached < line))
        {
            var wanted = op == CompareOp.Greater ? Math.Floor(line) + 1 : Math.Ceiling(line);
            return wanted > Chain.Steps.Count
                ? $"{Phrases.Number(reached)} of {Phrases.Number(wanted)} steps; it has only {Chain.Steps.Count}"
                : $"{Phrases.Number(reached)} of {Phrases.Number(wanted)} steps; {ChainReasons.Lacks(Chain, sight, ref evaluation)}";
        }

        return op is CompareOp.LessOrEqual or CompareOp.Less or CompareOp.Equal
            ? $"{Phrases.Number(reached)} steps, {(op == CompareOp.Less ? "fewer than" : "at most")} {Phrases.Number(line)}; {ChainReasons.Leaves(Chain)}"
            : null;
    }
}
