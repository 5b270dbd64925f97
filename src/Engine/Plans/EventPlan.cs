using Triggers.Engine.Definitions;

namespace Triggers.Engine.Plans;

/// <summary>What events of one name are held against.</summary>
public sealed class EventPlan
{
    internal EventPlan(PlannedEvent planned)
    {
        Name = planned.Name;
        Violations = planned.Violations;
        IsClosed = planned.IsClosed;
        Root = PropertyTree.Of(planned.Properties);
    }

    public string Name { get; }

    public PlanAction Violations { get; }

    /// <summary>A property that is not planned breaks the plan.</summary>
    internal bool IsClosed { get; }

    internal PropertyTree Root { get; }
}
