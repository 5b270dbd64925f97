using Microsoft.Extensions.Logging;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Messages;
using Triggers.Runtime.Operations;
using Triggers.Storage;

namespace Triggers.Runtime.Outbox;

/// <summary>What all lanes share.</summary>
internal sealed class LaneContext(IStore store, IMessageComposer composer, OwnedPartitions owned, PauseGate gate, CloseWriter closes, NodeLatencies latencies, Traces traces, TimeProvider time, ILogger log, CancellationToken stop)
{
    private volatile bool _draining;

    public IStore Store { get; } = store;

    public IMessageComposer Composer { get; } = composer;

    /// <summary>Whose messages are sent here.</summary>
    public OwnedPartitions Owned { get; } = owned;

    public PauseGate Gate { get; } = gate;

    public CloseWriter Closes { get; } = closes;

    public Traces Traces { get; } = traces;

    public NodeLatencies Latencies { get; } = latencies;

    public TimeProvider Time { get; } = time;

    public ILogger Log { get; } = log;

    /// <summary>Cancelled when even messages on their way are given up.</summary>
    public CancellationToken Stop { get; } = stop;

    /// <summary>No further message is begun.</summary>
    public bool Draining
    {
        get => _draining;
        set => _draining = value;
    }

    public long Now() => Time.GetUtcNow().ToUnixTimeMilliseconds();
}
