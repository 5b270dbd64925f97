using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Expressions;

namespace Triggers.Engine.Definitions.Elements;

/// <summary>The long form of a computed trait, still without its id.</summary>
internal sealed class ComputedTraitElement : Element<ComputedTraitDefinition>
{
    private static readonly ExpressionType s_value = new ValueExpressionType(ExpressionScope.ComputedTrait);

    private static readonly Field<string> s_name = Field.Optional("name", Types.Text, "How people call it.", "made from the id");
    private static readonly Field<string> s_description = Field.Optional("description", Types.Text, "What it is for.");
    private static readonly Field<Expr?> s_expression = Field.Required("value", s_value, "What it is: a function on behaviour, a score, the lifecycle, another trait, or a condition.");

    public override string Id => "computedTrait";

    public override string Help => "A named value, kept up to date on the profile.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_name, s_description, s_expression];

    /// <summary>A value alone, or this element.</summary>
    public static FieldType<ComputedTraitDefinition> Any { get; } =
        new ShortOrLong<ComputedTraitDefinition>(new Mapped<Expr?, ComputedTraitDefinition>(s_value, value => new ComputedTraitDefinition("", "", "", value!)), new ComputedTraitElement());

    protected override ComputedTraitDefinition Build(MapReader map) =>
        new("", map.Get(s_name, ""), map.Get(s_description, ""), map.Get(s_expression) ?? new LiteralExpr(Value.True));
}
