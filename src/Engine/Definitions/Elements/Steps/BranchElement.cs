using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Expressions;

namespace Triggers.Engine.Definitions.Elements.Steps;

/// <summary><c>branch: [ { when: …, then: […] } ]</c> with <c>otherwise</c> beside it.</summary>
internal sealed class BranchElement : StepElement
{
    private static readonly Field<IReadOnlyList<BranchCase>> s_branch =
        Field.Required("branch", new ListType<BranchCase>(new BranchCaseElement(), "a list of cases (when, then)", least: 1), "Cases: the first whose `when` holds is taken.");

    private static readonly Field<IReadOnlyList<StepDefinition>> s_otherwise = Field.Optional("otherwise", new StepsType(), "Steps when no case holds.", "goes on");

    public override string Verb => "branch";

    public override string Help => "Goes different ways for different customers.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_branch, s_otherwise, s_id];

    protected override StepDefinition Build(MapReader map) => new BranchStep(IdOf(map), map.Get(s_branch, []), map.Get(s_otherwise, []));
}

/// <summary>One way of a branch.</summary>
internal sealed class BranchCaseElement : Element<BranchCase>
{
    private static readonly Field<Expr?> s_when = Field.Required("when", new ConditionType(ExpressionScope.Campaign), "Who goes this way; may say `since entry`.");
    private static readonly Field<IReadOnlyList<StepDefinition>> s_then = Field.Required("then", new StepsType(), "The steps of this way.");

    public override string Id => "case";

    public override string Help => "One way of a branch.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_when, s_then];

    protected override BranchCase Build(MapReader map) => new(map.Get(s_when) ?? new LiteralExpr(Value.False), map.Get(s_then, []));
}
