using System.Diagnostics;
using System.Diagnostics.Metrics;
using Triggers.Runtime.Hosting;
using Triggers.Storage;

namespace Triggers.Runtime.Operations;

/// <summary>A node's gauges, read from the last look at it; a process with several servers (tests) has several.</summary>
internal sealed class NodeGauges : IDisposable
{
    private static readonly Process s_process = Process.GetCurrentProcess();

    private readonly Meter _meter = new(RuntimeMetrics.MeterName);

    public NodeGauges(NodeSampler sampler, IStore store, ILoops loops, Func<HealthReport> health, Func<long> loaded, Func<bool> isPaused, Func<int> version, Func<int> viewers, TimeProvider time)
    {
        Gauge("triggers.log.lag.records", "{record}", "Records appended and not yet committed.", () => sampler.Node.Lag.Records);
        Seconds("triggers.log.lag.age", "How long the oldest uncommitted record has waited.", () => sampler.Node.Lag.Seconds);
        Gauge("triggers.log.floor.lag", "{record}", "Records that a crash now would replay.", () => sampler.Node.Lag.FloorRecords);
        Gauge("triggers.partitions", "{partition}", "Partitions that this node owns.", () => sampler.Node.Partitions.Count);
        Gauge("triggers.partitions.recovering", "{partition}", "Partitions that are not live yet.", () => sampler.Node.Recovering);
        Gauge("triggers.timers.armed", "{timer}", "Entries in the timer heaps.", () => sampler.Node.Timers.Armed);
        Gauge("triggers.timers.due", "{timer}", "Timers whose instant has come; counted to 10,000.", () => sampler.Node.Timers.Due);
        Seconds("triggers.timers.late", "How late the oldest due timer is.", () => sampler.Node.Timers.LateSeconds);
        Gauge("triggers.customers.resident", "{customer}", "Customers in memory.", () => Math.Max(sampler.Node.Customers.Count, loops.ResidentCustomers));
        Gauge("triggers.customers.resident.size", "By", "The memory that customers take.", () => sampler.Node.Customers.Bytes);
        _meter.CreateObservableCounter("triggers.customers.loaded", loaded, "{customer}", "Customers read from the store because a record or timer came for them.");
        Gauge("triggers.store.queue.size", "By", "Events waiting for the store's writer.", () => sampler.Store.Figures.QueueBytes);
        Gauge("triggers.store.refusing", null, "1 while the store takes no data.", () => store.Condition.Mode == StoreMode.Taking ? 0 : 1);
        Gauge("triggers.store.runs.backlog", "{record}", "Records that are not in sorted runs yet.", () => sampler.Store.Figures.RunsBacklog);
        _meter.CreateObservableGauge(
            "triggers.store.size",
            () => sampler.Store.Figures.Sizes.Select(size => new Measurement<long>(size.Value, new KeyValuePair<string, object?>("triggers.store.part", size.Key))),
            "By",
            "What the store takes on disk.");
        _meter.CreateObservableGauge(
            "triggers.outbox.messages",
            () => sampler.Store.Channels.Select(channel => new Measurement<long>(channel.Count, Of(channel))),
            "{message}",
            "Messages decided and not done.");
        _meter.CreateObservableGauge(
            "triggers.outbox.age",
            () => sampler.Store.Channels.Select(channel => new Measurement<double>(AgeOf(channel, time), Of(channel))),
            "s",
            "How long ago the oldest queued message was decided.");
        Gauge("triggers.dead_letters", "{message}", "Messages that failed for good and were not sent again.", () => sampler.Store.DeadLetters);
        Gauge("triggers.sending.paused", null, "1 while all sending is paused.", () => isPaused() ? 1 : 0);
        Gauge("triggers.ready", null, "1 while the node is ready for traffic.", () => health().IsReady ? 1 : 0);
        Gauge("triggers.definitions.version", null, "The version of the definitions in force.", () => version());
        Gauge("triggers.live.viewers", "{viewer}", "Open dashboards.", () => viewers());
        Seconds("process.uptime", "Since the process began.", () => (DateTime.Now - s_process.StartTime).TotalSeconds);
        if (OperatingSystem.IsLinux())
        {
            Gauge("process.unix.file_descriptor.count", "{file_descriptor}", "File descriptors in use.", () => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count());
        }
    }

    public static double AgeOf(ChannelDepth channel, TimeProvider time) =>
        channel.Count == 0 ? 0 : Math.Max(0, time.GetUtcNow().ToUnixTimeMilliseconds() - channel.OldestDecidedAt) / 1000.0;

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Of(ChannelDepth channel) => new(RuntimeMetrics.Channel, channel.Channel);

    private void Gauge(string name, string? unit, string description, Func<long> read) => _meter.CreateObservableGauge(name, read, unit, description);

    private void Seconds(string name, string description, Func<double> read) => _meter.CreateObservableGauge(name, read, "s", description);
}
