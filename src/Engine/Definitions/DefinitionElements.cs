using Triggers.Engine.Definitions.Elements;
using Triggers.Engine.Definitions.Elements.Steps;
using Triggers.Engine.Definitions.Fields;

namespace Triggers.Engine.Definitions;

/// <summary>Every map with known fields that definitions are made of, for docs and forms.</summary>
public static class DefinitionElements
{
    public static IReadOnlyList<IElement> All { get; } =
    [
        new SourceElement(), new SegmentElement(), new ComputedTraitElement(), new ScoringElement(), new ScoreRuleElement(), new NamedScoreElement(), new FitRuleElement(), new GradeElement(), new LifecycleElement(), new ValueElement(), new SendingElement(), new CapElement(), new IdentityElement(), new DeviceRuleElement(), new PeopleRuleElement(), new PlanElement(), new PlannedEventElement(), new PlannedPropertyElement(),
        new CampaignElement(), new TriggerElement(), new GoalElement(), .. StepsType.Kinds, new SendBodyElement(), new AwaitedEventElement(), new BranchCaseElement(),
    ];
}
