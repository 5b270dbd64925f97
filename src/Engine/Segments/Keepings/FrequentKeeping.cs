using Triggers.Engine.Customers;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;

namespace Triggers.Engine.Segments.Keepings;

/// <summary>
/// Every value, up to a limit, each counted as a behaviour of its own: under the behaviour's id plus the value's place, from 1. Beyond the limit the
/// value seen longest ago gives way.
/// </summary>
internal sealed class FrequentKeeping : ValueKeeping
{
    public static readonly FrequentKeeping Instance = new();

    public override int Places => Limits.FrequentValuesMax;

    public override void Add(Customer customer, CompiledBehaviour behaviour, long instant, scoped in Scalar value, long now) =>
        InstantsKeeping.Counted.Add(ref Counted(customer, behaviour, instant, in value), customer.Heap, behaviour, instant, 0, now);

    public override void Unite(Customer customer, CompiledBehaviour behaviour, in ValueState theirs, Customer absorbed, long now)
    {
        var counted = Customer.FindBehaviour(absorbed.Behaviours, theirs.Id);
        if (counted >= 0)
        {
            ref var ours = ref Counted(customer, behaviour, theirs.Instant, theirs.Read(absorbed.Heap));
            InstantsKeeping.Counted.Unite(ref ours, customer.Heap, behaviour, in absorbed.Behaviours[counted], absorbed.Heap, now);
        }
    }

    /// <summary>The values kept for a behaviour: indices [first, end) of the customer's values.</summary>
    public static (int First, int End) Find(Customer customer, CompiledBehaviour behaviour)
    {
        var values = customer.Values;
        var first = Customer.FindValue(values, behaviour.Id + 1);
        first = first < 0 ? -1 - first : first;
        var end = first;
        while (end < values.Length && values[end].Id - behaviour.Id <= Limits.FrequentValuesMax)
        {
            end++;
        }

        return (first, end);
    }

    /// <summary>The count of a value, which has been seen at an instant.</summary>
    private static ref BehaviourState Counted(Customer customer, CompiledBehaviour behaviour, long instant, scoped in Scalar value)
    {
        var (first, end) = Find(customer, behaviour);
        var values = customer.Values;
        var oldest = first;
        for (var at = first; at < end; at++)
        {
            if (values[at].CompareTo(customer.Heap, in value) == 0)
            {
                values[at].Instant = Math.Max(values[at].Instant, instant);
                return ref customer.Behaviour(values[at].Id, hasValues: false);
            }

            oldest = values[at].Instant < values[oldest].Instant ? at : oldest;
        }

        var id = end - first < Limits.FrequentValuesMax ? behaviour.Id + 1 + (ulong)(end - first) : values[oldest].Id;
        customer.Value(id).Set(customer.Heap, instant, in value);
        ref var state = ref customer.Behaviour(id, hasValues: false);
        state.Free(customer.Heap);
        state.Total = 0;
        state.HasCounts = false;
        return ref state;
    }
}
