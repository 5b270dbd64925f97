namespace Triggers.Engine.Definitions;

/// <summary>What events are expected to look like (<c>plan.yaml</c>), and what becomes of those that do not. Checked where events come in; it moves no customer.</summary>
public sealed record TrackingPlan
{
    /// <summary>What becomes of events that the plan does not name.</summary>
    public PlanAction Unplanned { get; init; } = PlanAction.Allow;

    /// <summary>In the order of the file; names are unique.</summary>
    public IReadOnlyList<PlannedEvent> Events { get; init; } = [];
}

/// <summary>What becomes of an event that is not as planned.</summary>
public enum PlanAction : byte
{
    /// <summary>Taken in and counted.</summary>
    Allow = 1,

    /// <summary>Taken in, counted, and listed with what was expected and found.</summary>
    Flag = 2,

    /// <summary>Not taken in: it goes to the rejected events.</summary>
    Reject = 3,
}

/// <param name="Name">Of a track event, or <c>page</c>, <c>screen</c>, <c>identify</c>, <c>group</c>.</param>
/// <param name="Violations">What becomes of an event of this name that breaks a rule.</param>
/// <param name="IsClosed">A property that is not named here breaks the plan.</param>
public sealed record PlannedEvent(string Name, string Description, PlanAction Violations, bool IsClosed, IReadOnlyList<PlannedProperty> Properties);

/// <param name="Path">Names with dots between them; <c>[]</c> behind a name stands for each item of a list: <c>products[].price</c>.</param>
/// <param name="Allowed">Empty: any value.</param>
public sealed record PlannedProperty(
    string Path, string Description, PropertyType Type, bool IsRequired, IReadOnlyList<string> Allowed, string? Pattern, double? Minimum, double? Maximum);

/// <summary>The types of JSON Schema.</summary>
public enum PropertyType : byte
{
    Any = 0,
    String = 1,
    Number = 2,
    Integer = 3,
    Boolean = 4,
    Array = 5,
    Object = 6,
}
