using System.Collections.Frozen;
using System.Text;
using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Records;
using Triggers.Engine.Text;

namespace Triggers.Engine.Plans;

/// <summary>The tracking plan, ready to be asked by the bytes of an event's name.</summary>
public sealed class PlanIndex
{
    private readonly FrozenDictionary<byte[], EventPlan>.AlternateLookup<ReadOnlySpan<byte>> _events;

    public PlanIndex(TrackingPlan plan)
    {
        Unplanned = plan.Unplanned;
        _events = plan.Events.ToDictionary(item => Encoding.UTF8.GetBytes(item.Name), item => new EventPlan(item), Utf8Keys.Comparer)
            .ToFrozenDictionary(Utf8Keys.Comparer)
            .GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>What becomes of events that it does not name.</summary>
    public PlanAction Unplanned { get; }

    /// <param name="name">As <see cref="NameOf"/> has it.</param>
    public EventPlan? Find(ReadOnlySpan<byte> name) => _events.TryGetValue(name, out var plan) ? plan : null;

    /// <summary>The name by which definitions speak of an event; empty: they do not (an alias).</summary>
    public static ReadOnlySpan<byte> NameOf(EventType type, ReadOnlySpan<byte> name) => type == EventType.Alias ? [] : Turn.EventName(type, name);
}
