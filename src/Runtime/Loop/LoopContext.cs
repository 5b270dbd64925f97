using Microsoft.Extensions.Logging;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Live;
using Triggers.Runtime.Programs;
using Triggers.Runtime.Replays;
using Triggers.Storage;

namespace Triggers.Runtime.Loop;

/// <summary>What all loops of a server share.</summary>
internal sealed record LoopContext(IStore Store, ProgramLibrary Library, LogMeter Meter, CounterBoard Board, ReplayBoard Replays, TimeProvider Time, ILogger Log)
{
    /// <summary>The partitions whose loops run in this process.</summary>
    public OwnedPartitions Owned { get; } = new();

    /// <summary>Called by a loop when cancellations became durable: return at once.</summary>
    public Action? Cancelled { get; set; }

    public long Now() => Time.GetUtcNow().ToUnixTimeMilliseconds();
}
