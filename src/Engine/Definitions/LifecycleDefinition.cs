using Triggers.Engine.Expressions;

namespace Triggers.Engine.Definitions;

/// <summary>
/// Lifecycle by inactivity: <c>new</c> until <see cref="NewForMs"/> after first seen, then <c>active</c>; the stages of <see cref="Away"/> after their time without
/// an event; <c>won back</c> from the first event after <see cref="WonBackFrom"/>, for <see cref="WonBackForMs"/>, then active.
/// </summary>
public sealed record LifecycleDefinition
{
    private static readonly AwayStage[] s_away = [new(LifecycleStages.AtRisk, 30 * 86_400_000L), new(LifecycleStages.Dormant, 90 * 86_400_000L)];
    private static readonly Dictionary<string, string> s_unnamed = [];

    /// <summary>0: nobody is <c>new</c>.</summary>
    public long NewForMs { get; init; } = 7 * 86_400_000L;

    /// <summary>Stages of those who stay away, the shortest time first; one at least.</summary>
    public IReadOnlyList<AwayStage> Away { get; init; } = s_away;

    /// <summary>0: nobody is <c>won back</c>.</summary>
    public long WonBackForMs { get; init; } = 30 * 86_400_000L;

    /// <summary>The stage of <see cref="Away"/> from which on who comes back is won back; empty: dormant, or the last one if there is none of that name.</summary>
    public string WonBackFrom { get; init; } = "";

    /// <summary>What stages are called that are not called by their id.</summary>
    public IReadOnlyDictionary<string, string> Called { get; init; } = s_unnamed;

    /// <summary>Time without an event after which the next one wins the customer back.</summary>
    public long WonBackAfterMs
    {
        get
        {
            var from = WonBackFrom.Length > 0 ? WonBackFrom : LifecycleStages.Dormant;
            return (Away.FirstOrDefault(stage => stage.Id == from) ?? Away[^1]).AfterMs;
        }
    }

    /// <summary>Ids of the stages that there are, as a life goes through them.</summary>
    public IReadOnlyList<string> Ids =>
        [.. NewForMs > 0 ? [LifecycleStages.New] : (string[])[], LifecycleStages.Active, .. Away.Select(stage => stage.Id), .. WonBackForMs > 0 ? [LifecycleStages.WonBack] : (string[])[]];

    /// <summary>What the stages are called, in the same order.</summary>
    public IReadOnlyList<string> Names => [.. Ids.Select(NameOf)];

    public string NameOf(string id) => Called.GetValueOrDefault(id, id);
}

/// <summary>A stage of those who stay away.</summary>
/// <param name="Id">What it is kept and counted by.</param>
/// <param name="AfterMs">Time without an event after which it begins.</param>
public sealed record AwayStage(string Id, long AfterMs);
