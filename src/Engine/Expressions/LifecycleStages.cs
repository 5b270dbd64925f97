namespace Triggers.Engine.Expressions;

/// <summary>The stages of a customer's life, as expressions, counters and the dashboard name them.</summary>
public static class LifecycleStages
{
    public const string New = "new";
    public const string Active = "active";
    public const string AtRisk = "at risk";
    public const string Dormant = "dormant";
    public const string WonBack = "won back";

    public static IReadOnlyList<string> All { get; } = [New, Active, AtRisk, Dormant, WonBack];
}
