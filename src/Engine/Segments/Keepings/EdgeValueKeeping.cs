using Triggers.Engine.Customers;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Programs.Json;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Segments.Keepings;

/// <summary>The newest or the oldest value itself. It lies in the customer's list of values; the columns of a behaviour hold numbers only.</summary>
internal sealed class EdgeValueKeeping(bool isNewest) : Keeping
{
    public static readonly EdgeValueKeeping Newest = new(true), Oldest = new(false);

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

    public void Add(Customer customer, ulong id, long instant, scoped in Scalar value)
    {
        ref var kept = ref customer.Value(id);
        var isNewer = instant.CompareTo(kept.Instant) is not 0 and var order ? order > 0 == isNewest : kept.CompareTo(customer.Heap, in value) < 0;
        if (!kept.IsSet || isNewer)
        {
            kept.Set(customer.Heap, instant, in value);
        }
    }
}
