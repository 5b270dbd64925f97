using Triggers.Engine.Effects;
using Triggers.Engine.Records;

namespace Triggers.Engine.Customers;

/// <summary>The customer as a state machine. Nothing but its arguments goes in: no clock, no I/O, no randomness.</summary>
public static class Machine
{
    /// <summary>Advances the customer through every due instant up to the record's <c>at</c>, in order, then applies the record. Mutates the customer.</summary>
    public static void Apply(Customer customer, in RecordView record, Facts facts, IEffects effects) =>
        new Turn(customer, in record, facts, effects).Run();
}
