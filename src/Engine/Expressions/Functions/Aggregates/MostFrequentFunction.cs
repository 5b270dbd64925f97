using Triggers.Engine.Customers;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Segments.Keepings;

namespace Triggers.Engine.Expressions.Functions;

/// <summary><c>most frequent('Product Viewed', properties.category, within 90d) = 'lighting'</c>.</summary>
public sealed class MostFrequentFunction : ValueFunction
{
    public override string Name => "most frequent";

    public override AggregateKind Kind => AggregateKind.MostFrequent;

    public override string Help =>
        $"The value of a property that most of the events have, of equally frequent ones the one seen last. Values are numbers, truth values and texts of at most {Limits.KeptTextBytesMax} bytes; {Limits.FrequentValuesMax} are counted at once, a further one replaces the one seen longest ago. Compares as a trait does.";

    public override string Example => "most frequent('Product Viewed', properties.category, within 90d) = 'lighting'";

    public override IReadOnlyList<ParameterSpec> Parameters { get; } = [s_event, new("properties.path", "property", true, "The property whose values are counted."), s_where, s_window];

    internal override Keeping Keeping => FrequentKeeping.Instance;

    internal override Operand Operand(CompiledBehaviour behaviour, Window window) => new MostFrequentOperand(behaviour, window);
}

/// <summary>The value, and the second at which enough of its events have left the window for another one to be it.</summary>
internal sealed class MostFrequentOperand(CompiledBehaviour behaviour, Window window) : Operand
{
    public override Scalar Read(scoped ref Evaluation evaluation)
    {
        var (_, isPartial, partialUntil) = behaviour.See(ref evaluation, window);
        evaluation.ChangesAt(partialUntil);
        var customer = evaluation.Customer;
        var (first, end) = FrequentKeeping.Find(customer, behaviour);
        var (winner, count) = (-1, 0L);
        for (var at = first; at < end; at++)
        {
            var candidate = Count(ref evaluation, at);
            if (candidate > count || (candidate == count && count > 0 && IsLater(customer, at, winner)))
            {
                (winner, count) = (at, candidate);
            }
        }

        if (winner < 0)
        {
            return new Scalar { IsUnknown = isPartial };
        }

        if (window.Kind == WindowKind.Within)
        {
            // Time takes from the others, too: they can be more frequent at that second at the earliest.
            long remaining = 0;
            for (var at = first; at < end; at++)
            {
                if (at != winner && Count(ref evaluation, at) is > 0 and var other)
                {
                    remaining = Math.Max(remaining, IsLater(customer, at, winner) ? other : other - 1);
                }
            }

            evaluation.ChangesAt(behaviour.Look(ref evaluation, window, customer.Values[winner].Id).LeaveOf(count - remaining));
        }

        var value = customer.Values[winner].Read(customer.Heap);
        value.IsUnknown = isPartial;
        return value;
    }

    private long Count(scoped ref Evaluation evaluation, int at) => behaviour.Look(ref evaluation, window, evaluation.Customer.Values[at].Id).Count();

    private static bool IsLater(Customer customer, int left, int right)
    {
        ref readonly var a = ref customer.Values[left];
        ref readonly var b = ref customer.Values[right];
        return a.Instant != b.Instant ? a.Instant > b.Instant : a.CompareTo(customer.Heap, b.Read(customer.Heap)) > 0;
    }
}
