using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Programs.Conditions;

namespace Triggers.Engine.Programs;

/// <summary>A segment of the program in force, with everything that may change when its membership does.</summary>
internal sealed class CompiledSegment(SegmentDefinition definition, ulong id, int index, Counter size)
{
    public SegmentDefinition Definition { get; } = definition;

    public string Id => Definition.Id;

    /// <summary>Hash of the segment's id: the key of its state.</summary>
    public ulong Key { get; } = id;

    public int Index { get; } = index;

    public Counter Size { get; } = size;

    public required Condition Condition { get; init; }

    /// <summary>The version in which the condition, or one it builds on, last changed: older states are evaluated anew, silently.</summary>
    public int ChangedIn { get; set; }

    /// <summary>Indices of segments that mention this one; all greater than <see cref="Index"/>.</summary>
    public int[] Dependents { get; set; } = [];

    /// <summary>Indices of campaigns triggered by entering, and by leaving.</summary>
    public int[] EnterCampaigns { get; set; } = [];

    public int[] ExitCampaigns { get; set; } = [];
}
