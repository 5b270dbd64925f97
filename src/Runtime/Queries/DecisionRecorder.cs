using Triggers.Engine.Effects;
using Triggers.Engine.Records;

namespace Triggers.Runtime.Queries;

/// <summary>Keeps the decisions of a replay and lets every other effect go.</summary>
internal sealed class DecisionRecorder : IEffects, IDisposable
{
    private readonly RecordBatch _scratch = new();

    public List<Decision> Decisions { get; } = [];

    public RecordBatch Records
    {
        get
        {
            _scratch.Clear();
            return _scratch;
        }
    }

    public void Count(Counter counter, long delta)
    {
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

    public void Decide(in Decision decision) => Decisions.Add(decision);

    public void Dispose() => _scratch.Dispose();
}
