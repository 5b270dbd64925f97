using System.Collections.Concurrent;
using Triggers.Storage.Measuring;

namespace Triggers.Runtime.Operations;

/// <summary>What this process did in the last minute, for who looks now. The instruments say the same to who keeps their history.</summary>
internal sealed class NodeLatencies(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, LatencyWindow> _attempts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LatencyWindow> _deliveries = new(StringComparer.Ordinal);

    /// <summary>From giving a commit to the store until it is durable.</summary>
    public LatencyWindow Commits { get; } = new(time);

    /// <summary>From handing a request's records to the log until they are durable.</summary>
    public LatencyWindow Appends { get; } = new(time);

    /// <summary>One hand-over of a message to its channel.</summary>
    public LatencyWindow Attempts(string channel) => _attempts.GetOrAdd(channel, _ => new LatencyWindow(time));

    /// <summary>From the decision until the channel took the message.</summary>
    public LatencyWindow Deliveries(string channel) => _deliveries.GetOrAdd(channel, _ => new LatencyWindow(time));
}
