using System.Text;
using Triggers.Engine.Effects;
using Triggers.Engine.Programs;
using Triggers.Engine.Records;

namespace Triggers.Runtime.Queries;

/// <summary>Keeps what a replay tells of each record: its decisions, its points, whether it was a duplicate. Every other effect it lets go.</summary>
internal sealed class DecisionRecorder : IEffects, IDisposable
{
    private readonly RecordBatch _scratch = new();

    public List<Decision> Decisions { get; } = [];

    /// <summary>Which of the decisions is that of a message, by the message's id.</summary>
    public Dictionary<string, int> Messages { get; } = new(StringComparer.Ordinal);

    public double Points { get; private set; }

    public bool IsDuplicate { get; private set; }

    public RecordBatch Records
    {
        get
        {
            _scratch.Clear();
            return _scratch;
        }
    }

    /// <summary>Before each record.</summary>
    public void Clear()
    {
        Decisions.Clear();
        Messages.Clear();
        Points = 0;
        IsDuplicate = false;
    }

    public void Count(Counter counter, long delta) => IsDuplicate |= ReferenceEquals(counter, Counters.EventsDuplicate);

    public void Earn(double points, long instant) => Points += points;

    /// <summary>Told right after its decision.</summary>
    public void Send(MessageDecision message) => Messages[message.MessageId] = Decisions.Count - 1;

    public void CancelUnsent(string customerKey, string? campaign, string? channel, string reason)
    {
    }

    public void Index(string customerKey, string? email, string? name)
    {
    }

    public void Branch(ReadOnlySpan<byte> customerKey, long at, string campaign, string stepId, int number) =>
        Decide(customerKey, DecisionKind.BranchTaken, at, campaign, Decision.BranchDetail(stepId, number));

    public void Decide(ReadOnlySpan<byte> customerKey, DecisionKind kind, long at, string subject, string detail) =>
        Decisions.Add(new Decision(kind, Encoding.UTF8.GetString(customerKey), at, subject, detail));

    public void Dispose() => _scratch.Dispose();
}
