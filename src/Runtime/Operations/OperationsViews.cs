using Triggers.Runtime.Measuring;
using Triggers.Runtime.Replays;
using Triggers.Runtime.Queries;
using Triggers.Storage;
using Triggers.Storage.Measuring;

namespace Triggers.Runtime.Operations;

// What GET /api/v1/operations shows, camelCase in JSON. Plain records of plain values: a cluster's nodes hand theirs to one another.

/// <param name="Status">Of the whole: the best of its nodes, since one that is ready serves everybody; <see cref="HealthStatus"/>.</param>
/// <param name="Problems">Everything that an operator should look at, most urgent first.</param>
public sealed record OperationsView(
    DateTimeOffset At, string Status, IReadOnlyList<Problem> Problems, StoreView Store, SendingView Sending, int DefinitionsVersion, IReadOnlyList<NodeView> Nodes)
{
    /// <summary>What is measured over all customers; null: the server that answered knows of no such thing.</summary>
    public MeasuringView? Measuring { get; init; }
}

/// <param name="Severity"><c>critical</c> or <c>warning</c>.</param>
/// <param name="Node">null: of the whole.</param>
public sealed record Problem(string Severity, string? Node, string Text);

/// <param name="Engine"><c>sqlite</c> or <c>postgres</c>.</param>
/// <param name="Status"><c>taking</c>, <c>refusing</c> or <c>ended</c>.</param>
/// <param name="Sizes">Bytes on disk, by part.</param>
/// <param name="RunsBacklog">Records not yet in sorted runs.</param>
public sealed record StoreView(
    string Engine, string Status, string Reason, IReadOnlyDictionary<string, long> Sizes, long RunsBacklog, long Customers, IReadOnlyList<UpkeepView> Upkeep)
{
    /// <summary>Where the log begins, if a retention has dropped what was before; null: it is whole.</summary>
    public DateTimeOffset? HistoryFrom { get; init; }
}

/// <param name="Steps">That did something, since the node's start.</param>
/// <param name="LastError">Empty: the last step did not fail.</param>
public sealed record UpkeepView(string Name, long Steps, DateTimeOffset? LastAt, double LastMs, long Failures, string LastError);

/// <param name="PausedBecause">null: somebody paused it, or nobody did.</param>
public sealed record SendingView(bool Paused, string? PausedBecause, long DeadLetters, IReadOnlyList<ChannelView> Channels);

/// <param name="OldestSeconds">How long ago the oldest queued message was decided; 0: none is queued.</param>
/// <param name="Attempts">Hand-overs of the last minute, of the node that answers.</param>
/// <param name="Delivery">From decision to hand-over, in the last minute, of the node that answers.</param>
public sealed record ChannelView(string Channel, long Queued, double OldestSeconds, Latency Attempts, Latency Delivery);

/// <param name="Name">Of the machine, or as configured.</param>
/// <param name="Role"><c>all</c>, <c>silo</c> or <c>web</c>.</param>
/// <param name="Runtime">What the loops live in.</param>
/// <param name="Status">One of <see cref="HealthStatus"/>.</param>
/// <param name="Reasons">Why it is not ready, or what is wrong though it is.</param>
/// <param name="History">One point each five seconds, oldest first, ten minutes at most.</param>
/// <param name="Placement"><c>balanced</c>; <c>held</c>: its partitions do not move for balance; <c>drained</c>: it is to have none.</param>
public sealed record NodeView(
    string Name, string Role, string Runtime, string Version, string Status, IReadOnlyList<string> Reasons, DateTimeOffset StartedAt, double UptimeSeconds,
    ProcessView Process, LagView Lag, TimersView Timers, ResidentView Customers, long QueueBytes, int Viewers,
    Latency Commits, Latency Appends, Latency Transactions, ReplayStats Replay, IReadOnlyList<PartitionView> Partitions, IReadOnlyList<HistoryPoint> History,
    string Placement = PlacementStates.Balanced)
{
    /// <summary>A node that cannot say itself how it is.</summary>
    public static NodeView Unknown(string name, string status, string reason) => new(
        name, "silo", "", "", status, [reason], DateTimeOffset.UnixEpoch, 0, new ProcessView(0, 0, 0, 0, 0, 0, 0, []), new LagView(0, 0, 0), new TimersView(0, 0, 0), new ResidentView(0, 0), 0, 0,
        Latency.None, Latency.None, Latency.None, new ReplayStats(0, 0, []), [], []);
}

/// <param name="GcPausePercent">Share of the process's time that the collector has stopped it, since the start.</param>
/// <param name="Collections">By generation, since the start.</param>
public sealed record ProcessView(
    long WorkingSetBytes, long ManagedHeapBytes, long AvailableBytes, double CpuSeconds, int Processors, int Threads, double GcPausePercent, IReadOnlyList<int> Collections);

/// <param name="Records">Appended and not committed.</param>
/// <param name="Seconds">How long the oldest of them has waited.</param>
/// <param name="FloorRecords">What a crash now would replay.</param>
public sealed record LagView(long Records, double Seconds, long FloorRecords);

/// <param name="Due">Instants that have come; counted to 10,000.</param>
/// <param name="LateSeconds">How late the oldest of them is.</param>
public sealed record TimersView(long Armed, long Due, double LateSeconds);

/// <param name="Count">Customers in memory.</param>
/// <param name="Bytes">What they take.</param>
public sealed record ResidentView(long Count, long Bytes);

/// <param name="State"><c>live</c> or <c>recovering</c>.</param>
/// <param name="Head">Offset that the next record will get.</param>
/// <param name="Cursor">Everything before it is committed.</param>
/// <param name="Floor">A crash now would replay from here.</param>
/// <param name="LagSeconds">How long the oldest uncommitted record has waited.</param>
public sealed record PartitionView(
    int Number, string State, long Epoch, long Head, long Cursor, long Floor, long LagRecords, double LagSeconds, long Timers, long TimersDue, double TimersLateSeconds,
    long Customers, long CustomerBytes, int ProgramVersion);

/// <param name="CommitP50Ms">Of the last five seconds.</param>
public sealed record HistoryPoint(DateTimeOffset At, double CommitP50Ms, double CommitP99Ms, long LagRecords, double LagSeconds, double RecordsPerSecond);
