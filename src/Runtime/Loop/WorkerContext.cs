using Microsoft.Extensions.Logging;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Live;
using Triggers.Runtime.Programs;
using Triggers.Runtime.Replays;
using Triggers.Storage;

namespace Triggers.Runtime.Loop;

/// <summary>What all workers of a server share.</summary>
internal sealed record WorkerContext(IStore Store, ICustomers Customers, DueRouter Dues, ProgramLibrary Library, LogMeter Meter, CounterBoard Board, ReplayBoard Replays, TimeProvider Time, ILogger Log)
{
    /// <summary>Called on a worker's thread when cancellations became durable: return at once.</summary>
    public Action? Cancelled { get; set; }

    public long Now() => Time.GetUtcNow().ToUnixTimeMilliseconds();
}
