using Triggers.Engine.Customers;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;

namespace Triggers.Engine.Segments.Keepings;

/// <summary>The newest or the oldest value.</summary>
internal sealed class EdgeValueKeeping(bool isNewest) : ValueKeeping
{
    public static readonly EdgeValueKeeping Newest = new(true), Oldest = new(false);

    public override Widening Widening => Widening.Nothing;

    public override void Add(Customer customer, CompiledBehaviour behaviour, long instant, scoped in Scalar value, long now)
    {
        ref var kept = ref customer.Value(behaviour.Id);
        var isNewer = instant.CompareTo(kept.Instant) is not 0 and var order ? order > 0 == isNewest : kept.CompareTo(customer.Heap, in value) < 0;
        if (!kept.IsSet || isNewer)
        {
            kept.Set(customer.Heap, instant, in value);
        }
    }

    public override void Unite(Customer customer, CompiledBehaviour behaviour, in ValueState theirs, Customer absorbed, long now) =>
        Add(customer, behaviour, theirs.Instant, theirs.Read(absorbed.Heap), now);
}
