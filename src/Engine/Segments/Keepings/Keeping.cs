using Triggers.Engine.Customers;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Json;
using Triggers.Engine.Scoring;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Segments.Keepings;

/// <summary>
/// What is kept of a behaviour for some function on it, in the columns that every <see cref="BehaviourState"/> has: so a new function changes no format.
/// The result is the same in whatever order the events come, and whichever of two customers had them.
/// </summary>
internal abstract class Keeping
{
    /// <summary>A value stands beside each instant.</summary>
    public abstract bool HasValues { get; }

    /// <summary>How many ids behind the behaviour's own are its, too: one for each of several things that it keeps.</summary>
    public virtual int Places => 0;

    /// <summary>What a longer window lacks that was not looked for before.</summary>
    public virtual Widening Widening => Widening.Everything;

    /// <summary>What is kept of the property of an event; false: the event does not count.</summary>
    public virtual bool TryValue(in JsonSlot slot, ReadOnlySpan<byte> bytes, out long value)
    {
        value = 0;
        return slot.Type is ValueType.Number or ValueType.Text && FixedPoint.TryParse(bytes, FixedPoint.SumDecimals, out value);
    }

    public abstract void Add(ref BehaviourState state, StateHeap heap, CompiledBehaviour behaviour, long instant, long value, long now);

    /// <summary>Adds what another customer, who turned out to be the same person, did.</summary>
    public abstract void Unite(ref BehaviourState ours, StateHeap heap, CompiledBehaviour behaviour, in BehaviourState theirs, StateHeap theirHeap, long now);
}

/// <summary>What is missing when a window over a behaviour becomes longer.</summary>
internal enum Widening
{
    /// <summary>It is as if the behaviour were new.</summary>
    Everything,

    /// <summary>The instants before the former window.</summary>
    FromOlder,

    /// <summary>What is kept does not depend on windows.</summary>
    Nothing,
}
