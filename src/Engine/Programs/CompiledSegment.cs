using Triggers.Engine.Effects;
using Triggers.Engine.Programs.Conditions;

namespace Triggers.Engine.Programs;

/// <summary>A segment of the program in force, with everything that may change when its membership does; or a line of a score, or a watched value, which move as one.</summary>
internal sealed class CompiledSegment(string id, ulong key, int index)
{
    /// <summary>Empty: a line of a score, or a watched value.</summary>
    public string Id { get; } = id;

    /// <summary>Hash of the segment's id: the key of its state.</summary>
    public ulong Key { get; } = key;

    public int Index { get; } = index;

    /// <summary>null: nobody counts it.</summary>
    public Counter? Size { get; init; }

    /// <summary>null: a segment.</summary>
    public GradeLine? Grade { get; init; }

    /// <summary>null: no value is watched by it.</summary>
    public CompiledWatch? Watch { get; init; }

    /// <summary>null: no line of a score that campaigns have customers cross.</summary>
    public ScoreLine? Crossed { get; init; }

    /// <summary>People see it: it is no line of a score and watches no value.</summary>
    public bool IsShown => Grade is null && Watch is null && Crossed is null;

    public required Condition Condition { get; init; }

    /// <summary>The version in which the condition, or one it builds on, last changed: older states are evaluated anew, silently.</summary>
    public int ChangedIn { get; set; }

    /// <summary>Indices of segments that mention this one; all greater than <see cref="Index"/>.</summary>
    public int[] Dependents { get; set; } = [];

    /// <summary>Indices of campaigns triggered by entering, and by leaving.</summary>
    public int[] EnterCampaigns { get; set; } = [];

    public int[] ExitCampaigns { get; set; } = [];
}
