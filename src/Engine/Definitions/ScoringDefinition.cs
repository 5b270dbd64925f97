using Triggers.Engine.Expressions;

namespace Triggers.Engine.Definitions;

/// <summary>A score (<c>scoring.yaml</c>): points for events, which fade with a half-life or leave a window, and points for what a customer is.</summary>
public sealed record ScoringDefinition
{
    /// <summary>Time in which a score halves. 0: no decay.</summary>
    public long HalfLifeMs { get; init; }

    /// <summary>Points count in full for this long, and then not at all. 0: no window. Named scores alone.</summary>
    public long WindowMs { get; init; }

    public IReadOnlyList<ScoreRule> Rules { get; init; } = [];

    /// <summary>Points for what holds of the customer now. Named scores alone.</summary>
    public IReadOnlyList<FitRule> Fit { get; init; } = [];

    /// <summary>From the highest down.</summary>
    public IReadOnlyList<GradeDefinition> Grades { get; init; } = [];
}

/// <param name="Id">As <c>score('…')</c> names it.</param>
public sealed record NamedScoreDefinition(string Id, string Name, string Description, ScoringDefinition Scoring);

/// <param name="Where">Only events for which this holds; null: all.</param>
/// <param name="CapPerDay">At most this many events a UTC day of <c>occurredAt</c> earn points; null: no cap.</param>
public sealed record ScoreRule(string EventName, Expr? Where, double Points, int? CapPerDay)
{
    /// <summary>Property whose number multiplies the points; null: the points as they are.</summary>
    public string? TimesPath { get; init; }

    /// <summary>A cap shared with the other rules of the group; null: none.</summary>
    public ScoreGroup? Group { get; init; }
}

/// <summary>At most so many events a UTC day earn points, over all rules of the group.</summary>
public sealed record ScoreGroup(string Id, int CapPerDay);

public sealed record FitRule(Expr When, double Points);

/// <summary>A grade is reached at one line and held until the score is below another: a score that wavers around a line does not waver between grades.</summary>
public sealed record GradeDefinition(string Name, double From, double Until);
