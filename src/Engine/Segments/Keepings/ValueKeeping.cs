using Triggers.Engine.Customers;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Programs.Json;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Segments.Keepings;

/// <summary>Keeps values themselves. They lie in the customer's list of values; the columns of a behaviour hold numbers only.</summary>
internal abstract class ValueKeeping : Keeping
{
    public override bool HasValues => false;

    public override bool TryValue(in JsonSlot slot, ReadOnlySpan<byte> bytes, out long value)
    {
        value = 0;
        return slot.Type is ValueType.Number or ValueType.Boolean || (slot.Type == ValueType.Text && bytes.Length <= Limits.KeptTextBytesMax);
    }

    public override void Add(ref BehaviourState state, StateHeap heap, CompiledBehaviour behaviour, long instant, long value, long now) =>
        throw new InvalidOperationException("A value is kept beside the behaviours.");

    public override void Unite(ref BehaviourState ours, StateHeap heap, CompiledBehaviour behaviour, in BehaviourState theirs, StateHeap theirHeap, long now) =>
        throw new InvalidOperationException("A value is kept beside the behaviours.");

    public abstract void Add(Customer customer, CompiledBehaviour behaviour, long instant, scoped in Scalar value, long now);

    /// <summary>Adds one value of another customer, who turned out to be the same person.</summary>
    public abstract void Unite(Customer customer, CompiledBehaviour behaviour, in ValueState theirs, Customer absorbed, long now);
}
