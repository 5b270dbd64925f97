using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;

namespace Triggers.Engine.Campaigns;

/// <summary>
/// A step, flattened: what it does and where it goes on, as indices into its campaign version's list. An entry remembers its place by the hash of the
/// step's id, never by the index.
/// </summary>
internal abstract class Instruction(string stepId, StepCounters counters)
{
    /// <summary>Goes on nowhere: the entry is complete.</summary>
    public const int Completed = -1;

    public string StepId { get; } = stepId;

    public ulong StepKey { get; } = Text.Hash64.Of(stepId);

    public StepCounters Counters { get; } = counters;

    public int Next { get; init; } = Completed;
}

/// <param name="addressTrait">Trait that holds the address; null: the address is <paramref name="address"/>.</param>
internal sealed class SendInstruction(string stepId, StepCounters counters, string channel, string template, Operand? addressTrait, string address) : Instruction(stepId, counters)
{
    public string Channel { get; } = channel;

    public string Template { get; } = template;

    public Operand? AddressTrait { get; } = addressTrait;

    public string Address { get; } = address;
}

internal sealed class WaitInstruction(string stepId, StepCounters counters, long durationMs) : Instruction(stepId, counters)
{
    public long DurationMs { get; } = durationMs;
}

internal sealed class WaitUntilInstruction(string stepId, StepCounters counters, EventPlan plan, Condition? where, long forMs, int then, int otherwise) : Instruction(stepId, counters)
{
    public EventPlan Plan { get; } = plan;

    public Condition? Where { get; } = where;

    public long ForMs { get; } = forMs;

    public int Then { get; } = then;

    public int Otherwise { get; } = otherwise;
}

internal sealed class BranchInstruction(string stepId, StepCounters counters, (Condition When, int Then)[] cases, int otherwise) : Instruction(stepId, counters)
{
    public (Condition When, int Then)[] Cases { get; } = cases;

    public int Otherwise { get; } = otherwise;
}

internal sealed class ExitInstruction(string stepId, StepCounters counters) : Instruction(stepId, counters);
