using Microsoft.Extensions.Logging;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Live;
using Triggers.Runtime.Operations;
using Triggers.Runtime.Programs;
using Triggers.Runtime.Replays;
using Triggers.Storage;

namespace Triggers.Runtime.Loop;

/// <summary>What all loops of a server share.</summary>
/// <param name="Owned">The partitions whose loops run in this process.</param>
internal sealed record LoopContext(IStore Store, ProgramLibrary Library, OwnedPartitions Owned, LogMeter Meter, CounterBoard Board, ReplayBoard Replays, TimeProvider Time, ILogger Log)
{
    /// <summary>The loops that run in this process.</summary>
    public LoopRegistry Running { get; } = new();

    public Traces Traces { get; } = new();

    public NodeLatencies Latencies { get; } = new(Time);

    /// <summary>This node as it sees itself, for other nodes; set when the server has started.</summary>
    public Func<NodeView>? DescribeNode { get; set; }

    /// <summary>Called by a loop when cancellations became durable: return at once.</summary>
    public Action? Cancelled { get; set; }

    public long Now() => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>A loop has taken the partition over and begins: nobody else counts for it from here on.</summary>
    public void Come(Partition partition)
    {
        if (!Owned.IsAlone)
        {
            Meter.CommittedTo(partition.Number, partition.Committed);
            Board.Come(partition.Number, Store.CountersOf(partition.Number));
        }

        Owned.Come(partition.Number, partition.Epoch);
    }

    public void Leave(Partition partition) => Owned.Leave(partition.Number, partition.Epoch);
}
