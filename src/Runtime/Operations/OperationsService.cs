using System.Diagnostics;
using System.Reflection;
using Triggers.Channels;
using Triggers.Runtime.Definitions;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Ingest;
using Triggers.Runtime.Measuring;
using Triggers.Runtime.Loop;
using Triggers.Runtime.Outbox;
using Triggers.Storage;

namespace Triggers.Runtime.Operations;

/// <summary>Puts together what this node knows of itself, what its loops' host knows of others, and what all of them share.</summary>
internal sealed class OperationsService(
    LoopContext context, ServerOptions options, ILoops loops, NodeSampler sampler, IngestGate gate, SendingPause pause, IDefinitions definitions, IMeasuring measuring) : IOperations
{
    private static readonly string s_version =
        typeof(OperationsService).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    private readonly DateTimeOffset _startedAt = context.Time.GetUtcNow();
    private volatile bool _draining;

    public Func<int> CountViewers { get; set; } = static () => 0;

    public HealthReport Health
    {
        get
        {
            var store = context.Store.Condition;
            return store.Mode == StoreMode.Ended ? new HealthReport(HealthStatus.Ended, [store.Reason])
                : _draining ? new HealthReport(HealthStatus.Draining, ["The server was told to stop."])
                : !loops.IsLive ? new HealthReport(HealthStatus.Recovering, [options.Role == "web" ? "No silo of the cluster has been reached yet." : "Records that a former process left are being replayed."])
                : store.Mode == StoreMode.Refusing ? new HealthReport(HealthStatus.Refusing, [store.Reason])
                : new HealthReport(HealthStatus.Ready, gate.BusyReason is { } busy ? [$"Events are refused (429): {busy}"] : []);
        }
    }

    /// <summary>Not ready from now on.</summary>
    public void Drain() => _draining = true;

    public async Task<OperationsView> ViewAsync(CancellationToken cancellation)
    {
        var nodes = await loops.NodesAsync(Node(), cancellation);
        var store = StoreView();
        var sending = SendingView();
        var status = HealthStatus.Order.First(each => each == HealthStatus.Order[^1] || nodes.Any(node => node.Status == each));
        var problems = ProblemFinder.Find(nodes, loops.Partitions, store, sending);
        return new OperationsView(context.Time.GetUtcNow(), status, problems, store, sending, definitions.Version, nodes) { Measuring = await MeasuringAsync() };
    }

    /// <summary>null: some partition does not answer. This view is for just then, so the rest is told all the same.</summary>
    private async Task<MeasuringView?> MeasuringAsync()
    {
        try
        {
            return await measuring.ViewAsync().WaitAsync(Limits.MeasuringPatience);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return null;
        }
    }

    public Task PlaceAsync(PlacementOrder order, string? node, CancellationToken cancellation) => loops.PlaceAsync(order, node, cancellation);

    /// <summary>This node as of now.</summary>
    public NodeView Node()
    {
        var sample = sampler.Look();
        var health = Health;
        var resident = sample.Customers.Count > 0 ? sample.Customers : sample.Customers with { Count = loops.ResidentCustomers };
        return new NodeView(
            options.NodeName,
            options.Role,
            options.Host,
            s_version,
            health.Status,
            health.Reasons,
            _startedAt,
            (context.Time.GetUtcNow() - _startedAt).TotalSeconds,
            ProcessNow(),
            sample.Lag,
            sample.Timers,
            resident,
            sampler.Store.Figures.QueueBytes,
            CountViewers(),
            context.Latencies.Commits.Read(),
            context.Latencies.Appends.Read(),
            sampler.Store.Figures.Transactions,
            context.Replays.View(),
            sample.Partitions,
            sampler.History,
            loops.Placement);
    }

    private static ProcessView ProcessNow()
    {
        var memory = GC.GetGCMemoryInfo();
        using var process = Process.GetCurrentProcess();
        return new ProcessView(
            Environment.WorkingSet,
            GC.GetTotalMemory(forceFullCollection: false),
            memory.TotalAvailableMemoryBytes,
            process.TotalProcessorTime.TotalSeconds,
            Environment.ProcessorCount,
            process.Threads.Count,
            memory.PauseTimePercentage,
            [.. Enumerable.Range(0, GC.MaxGeneration + 1).Select(GC.CollectionCount)]);
    }

    private StoreView StoreView()
    {
        var condition = context.Store.Condition;
        var (figures, _, _, customers) = sampler.Store;
        var status = condition.Mode switch
        {
            StoreMode.Taking => "taking",
            StoreMode.Refusing => "refusing",
            _ => "ended",
        };
        return new StoreView(figures.Engine, status, condition.Reason, figures.Sizes, figures.RunsBacklog, customers, [.. figures.Upkeep.Select(ViewOf)]) { HistoryFrom = sampler.Store.HistoryFrom };
    }

    private static UpkeepView ViewOf(UpkeepFigures work) => new(
        work.Name, work.Steps, work.LastAt == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(work.LastAt), Math.Round(work.LastMs, 1), work.Failures, work.LastError);

    private SendingView SendingView()
    {
        var sample = sampler.Store;
        var ids = ChannelRegistry.KnownIds.Union(sample.Channels.Select(channel => channel.Channel), StringComparer.Ordinal);
        return new SendingView(pause.IsPaused, PausedSending.ReasonOf(context.Store.Settings), sample.DeadLetters, [.. ids.Select(id =>
        {
            var depth = sample.Channels.FirstOrDefault(channel => channel.Channel == id) ?? new ChannelDepth(id, 0, 0);
            return new ChannelView(id, depth.Count, NodeGauges.AgeOf(depth, context.Time), context.Latencies.Attempts(id).Read(), context.Latencies.Deliveries(id).Read());
        })]);
    }
}
