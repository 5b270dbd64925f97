namespace Triggers.Engine.Plans;

/// <summary>Which rule of the plan was broken.</summary>
public enum PlanRule : byte
{
    /// <summary>A value of another type.</summary>
    Type = 1,

    /// <summary>A required property is missing.</summary>
    Required = 2,

    /// <summary>A value that is not in the list.</summary>
    Enum = 3,
    Pattern = 4,

    /// <summary>Below the minimum or above the maximum.</summary>
    Range = 5,

    /// <summary>A property that is not planned.</summary>
    Property = 6,

    /// <summary>An event that is not planned.</summary>
    Event = 7,
}

/// <summary>One thing about an event that is not as planned.</summary>
/// <param name="Path">Of the property; empty: the event as a whole.</param>
/// <param name="Found">In words; empty where it was not asked for.</param>
public readonly record struct PlanViolation(string Path, PlanRule Rule, string Expected, string Found)
{
    public override string ToString() => $"{Path}: expected {Expected}, found {Found}";
}
