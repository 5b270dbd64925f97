using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Programs.Json;
using Triggers.Engine.Text;

namespace Triggers.Engine.Programs;

/// <summary>Everything that mentions one event name: what an event of that name touches, and nothing else.</summary>
internal sealed class EventPlan(string name)
{
    public string Name { get; } = name;

    public byte[] Utf8 { get; } = System.Text.Encoding.UTF8.GetBytes(name);

    public CompiledBehaviour[] Behaviours { get; set; } = [];

    public CompiledScoreRule[] ScoreRules { get; set; } = [];

    /// <summary>Indices of campaigns in force that this event triggers.</summary>
    public int[] Campaigns { get; set; } = [];

    /// <summary>Some campaign version has this event as its goal, or waits for it.</summary>
    public bool IsAwaited { get; set; }

    /// <summary>Paths of properties that any of these reads.</summary>
    public PathSet Paths { get; } = new();
}

/// <summary>Points for an event. Its id is the hash of the score, event name, condition and points.</summary>
/// <param name="Score">null: engagement.</param>
/// <param name="TimesSlot">Property whose number multiplies the points; −1: none.</param>
internal sealed record CompiledScoreRule(ulong Id, CompiledScore? Score, Condition? Where, double Points, int TimesSlot, int CapPerDay, CompiledScoreGroup? Group);

/// <summary>A cap that several rules share. Its id is the hash of the score's and its own.</summary>
internal sealed record CompiledScoreGroup(ulong Id, int CapPerDay);

/// <summary>Finds the plan of an event name from its UTF-8 bytes: open addressing, no allocation.</summary>
internal sealed class EventIndex
{
    private readonly EventPlan?[] _table;
    private readonly int _mask;

    public EventIndex(IReadOnlyCollection<EventPlan> plans)
    {
        var size = 16;
        while (size < plans.Count * 4)
        {
            size *= 2;
        }

        _table = new EventPlan?[size];
        _mask = size - 1;
        foreach (var plan in plans)
        {
            var at = (int)Hash64.Of(plan.Utf8) & _mask;
            while (_table[at] is not null)
            {
                at = (at + 1) & _mask;
            }

            _table[at] = plan;
        }
    }

    public EventPlan? Find(ulong hash, ReadOnlySpan<byte> name)
    {
        for (var at = (int)hash & _mask; _table[at] is { } plan; at = (at + 1) & _mask)
        {
            if (name.SequenceEqual(plan.Utf8))
            {
                return plan;
            }
        }

        return null;
    }
}
