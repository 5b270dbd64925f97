using Triggers.Engine.Records;

namespace Triggers.Engine.Effects;

/// <summary>Suppresses effects while records between floor and cursor rebuild state. One instance a loop: the batch is scratch.</summary>
public sealed class NoEffects : IEffects, IDisposable
{
    private readonly RecordBatch _scratch = new();

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

    public void Decide(in Decision decision)
    {
    }

    public void Dispose() => _scratch.Dispose();
}
