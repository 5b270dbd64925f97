using Triggers.Engine.Customers;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;
using Triggers.Engine.Segments.Keepings;

namespace Triggers.Engine.Expressions.Functions;

/// <summary>What the first and the last value of a property have in common.</summary>
public abstract class EdgeFunction : ValueFunction
{
    private protected abstract bool IsLast { get; }

    internal override Keeping Keeping => IsLast ? EdgeValueKeeping.Newest : EdgeValueKeeping.Oldest;

    internal override Operand Operand(CompiledBehaviour behaviour, Window window) => new EdgeOperand(behaviour, window, IsLast);
}

/// <summary><c>first('page', properties.utm_source) = 'newsletter'</c>.</summary>
public sealed class FirstFunction : EdgeFunction
{
    public override string Name => "first";

    public override AggregateKind Kind => AggregateKind.First;

    public override string Help => $"The value of a property in the first event ever that has it as a number, a truth value or a text of at most {Limits.KeptTextBytesMax} bytes. Compares as a trait does.";

    public override string Example => "first('page', properties.utm_source) = 'newsletter'";

    public override IReadOnlyList<ParameterSpec> Parameters { get; } = [s_event, new("properties.path", "property", true, "The property whose value is meant."), s_where];

    private protected override bool IsLast => false;

    private protected override bool TakesWindow => false;
}

/// <summary><c>last('Product Viewed', properties.category, within 7d) = 'lighting'</c>.</summary>
public sealed class LastFunction : EdgeFunction
{
    public override string Name => "last";

    public override AggregateKind Kind => AggregateKind.Last;

    public override string Help => $"The value of a property in the last event that has it as a number, a truth value or a text of at most {Limits.KeptTextBytesMax} bytes; with a window, only if that event lies in it. Compares as a trait does.";

    public override string Example => "last('Product Viewed', properties.category, within 7d) = 'lighting'";

    public override IReadOnlyList<ParameterSpec> Parameters { get; } = [s_event, new("properties.path", "property", true, "The property whose value is meant."), s_where, s_window];

    private protected override bool IsLast => true;
}

/// <summary>The value, and when it leaves the window.</summary>
internal sealed class EdgeOperand(CompiledBehaviour behaviour, Window window, bool isLast) : Operand
{
    public override Scalar Read(scoped ref Evaluation evaluation)
    {
        var (boundary, isPartial, partialUntil) = behaviour.See(ref evaluation, window);
        evaluation.ChangesAt(partialUntil);
        var values = evaluation.Customer.Values;
        var index = Customer.FindValue(values, behaviour.Id);
        if (index < 0 || (window.Kind != WindowKind.Ever && values[index].Instant <= boundary))
        {
            return new Scalar { IsUnknown = isPartial };
        }

        if (window.Kind == WindowKind.Within)
        {
            evaluation.ChangesAt(Instants.After(values[index].Instant, window.LengthMs));
        }

        // The last value is known once there was one; the first may lie further back than was looked.
        var value = values[index].Read(evaluation.Customer.Heap);
        value.IsUnknown = isPartial && !isLast;
        return value;
    }
}
