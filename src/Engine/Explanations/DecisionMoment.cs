using Triggers.Engine.Customers;
using Triggers.Engine.Effects;
using Triggers.Engine.Records;

namespace Triggers.Engine.Explanations;

/// <summary>Keeps the customer as it stands in the moment in which the machine takes one decision. Every effect it lets go.</summary>
/// <param name="number">Of the record's decisions, from 0.</param>
/// <param name="entered">Instead of that: the decision that the customer enters this campaign; null: it is told by its number.</param>
internal sealed class DecisionMoment(Customer customer, int number, string? entered = null) : IEffects, IDisposable
{
    private const string Reached = "/reached";

    private readonly RecordBatch _scratch = new();
    private int _next;
    private string _lastReached = "";

    /// <summary>null: the record led to fewer decisions.</summary>
    public Decision? Decision { get; private set; }

    public ReadOnlyMemory<byte> State { get; private set; }

    /// <summary>The step that was being done; empty: none.</summary>
    public string StepId { get; private set; } = "";

    public RecordBatch Records
    {
        get
        {
            _scratch.Clear();
            return _scratch;
        }
    }

    /// <summary>A step that is reached is counted, before anything it leads to.</summary>
    public void Count(Counter counter, long delta) => _lastReached = counter.Name.EndsWith(Reached, StringComparison.Ordinal) ? counter.Name : _lastReached;

    /// <summary>Its step has been counted as reached.</summary>
    public void Branch(ReadOnlySpan<byte> customerKey, long at, string campaign, string stepId, int number) =>
        Decide(customerKey, DecisionKind.BranchTaken, at, campaign, Effects.Decision.BranchDetail(stepId, number));

    public void Decide(ReadOnlySpan<byte> customerKey, DecisionKind kind, long at, string subject, string detail)
    {
        var isWanted = entered is null ? _next == number : kind == DecisionKind.CampaignEntered && subject == entered;
        _next++;
        if (!isWanted)
        {
            return;
        }

        using var writer = new ByteWriter();
        CustomerCodec.Write(customer, writer);
        State = writer.Written.ToArray();
        Decision = new Decision(kind, customer.Key, at, subject, detail);
        var prefix = $"campaign/{subject}/step/";
        StepId = _lastReached.StartsWith(prefix, StringComparison.Ordinal) ? _lastReached[prefix.Length..^Reached.Length] : "";
    }

    public void Send(MessageDecision message)
    {
    }

    public void CancelUnsent(string customerKey, string? campaign, string? channel, string reason)
    {
    }

    public void Index(string customerKey, string? email, string? name)
    {
    }

    public void Dispose() => _scratch.Dispose();
}
