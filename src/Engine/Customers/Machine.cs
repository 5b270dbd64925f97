using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Engine.Text;

namespace Triggers.Engine.Customers;

/// <summary>The customer as a state machine. Nothing but its arguments goes in: no clock, no I/O, no randomness.</summary>
public static class Machine
{
    /// <summary>Advances the customer through every due instant up to the record's <c>at</c>, in order, then applies the record. Mutates the customer.</summary>
    public static void Apply(Customer customer, in RecordView record, Facts facts, IEffects effects) =>
        new Turn(customer, in record, facts, effects).Run();

    /// <summary>Applies a record with which the customer enters a campaign that is in force, whatever its trigger, audience and re-entry say: for tests of campaigns, on copies.</summary>
    public static void Enter(Customer customer, in RecordView record, Facts facts, string campaign, IEffects effects) =>
        new Turn(customer, in record, facts, effects, Hash64.Of(campaign)).Run();
}
