using Triggers.Engine.Expressions.Parsing;

namespace Triggers.Engine.Expressions.Functions;

/// <summary><c>segment('big-spender')</c>: one condition built on another.</summary>
public sealed class SegmentFunction : FunctionTerm
{
    public override string Name => "segment";

    public override string Help => "Whether the customer is in another segment.";

    public override string Example => "segment('big-spender') and not segment('newsletter')";

    public override ValueType Result => ValueType.Boolean;

    public override IReadOnlyList<ParameterSpec> Parameters { get; } = [new("id", "text", true, "Id of the segment. Segments cannot depend on each other in a circle.")];

    internal override Expr? ReadArguments(Grammar grammar, Token name)
    {
        if (!grammar.RequireCustomer(name, "segment(…)"))
        {
            return null;
        }

        var id = grammar.ReadName("the id of a segment in quotes", Name);
        return id is null ? null : new SegmentExpr(id) { Position = new Place(name.Index) };
    }
}
