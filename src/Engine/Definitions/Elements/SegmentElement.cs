using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Expressions;

namespace Triggers.Engine.Definitions.Elements;

/// <summary>The long form of a segment, still without its id.</summary>
internal sealed class SegmentElement : Element<SegmentDefinition>
{
    public static readonly ConditionType Condition = new(ExpressionScope.Customer);

    private static readonly Field<string> s_name = Field.Optional("name", Types.Text, "How people call it.", "made from the id");
    private static readonly Field<string> s_description = Field.Optional("description", Types.Text, "What it is for.");
    private static readonly Field<Expr?> s_when = Field.Required("when", Condition, "Customers for whom this holds are in the segment.");

    public override string Id => "segment";

    public override string Help => "A named condition; customers enter and exit it.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_name, s_description, s_when];

    /// <summary>A condition alone, or this element.</summary>
    public static FieldType<SegmentDefinition> Any { get; } =
        new ShortOrLong<SegmentDefinition>(new Mapped<Expr?, SegmentDefinition>(Condition, condition => new SegmentDefinition("", "", "", condition!)), new SegmentElement());

    protected override SegmentDefinition Build(MapReader map) =>
        new("", map.Get(s_name, ""), map.Get(s_description, ""), map.Get(s_when) ?? new LiteralExpr(Value.False));
}
