using System.Diagnostics.Metrics;

namespace Triggers.Runtime;

/// <summary>The runtime's instruments, under one meter that any OpenTelemetry collector can read.</summary>
internal static class RuntimeMetrics
{
    public const string MeterName = "Triggers.Runtime";

    private static readonly Meter s_meter = new(MeterName);

    public static readonly Counter<long> Commits = s_meter.CreateCounter<long>("triggers.commits", "{commit}", "Commits made durable.");

    public static readonly Histogram<double> CommitSeconds = s_meter.CreateHistogram<double>("triggers.commit.duration", "s", "From giving a commit to the store until it is durable.");

    public static readonly Counter<long> RecordsFailed = s_meter.CreateCounter<long>("triggers.records.failed", "{record}", "Records that the machine could not apply: bugs.");

    public static readonly Counter<long> LoopRestarts = s_meter.CreateCounter<long>("triggers.loop.restarts", "{restart}", "Times that a loop threw away what was not committed and began again.");

    public static readonly Counter<long> ReplayDisagreements = s_meter.CreateCounter<long>("triggers.replay.disagreements", "{record}", "Records whose replay led to other effects than were committed.");

    public static readonly Counter<long> TimersFired = s_meter.CreateCounter<long>("triggers.timers.fired", "{timer}", "Timer records appended.");

    public static readonly Counter<long> CustomersWalked = s_meter.CreateCounter<long>("triggers.customers.walked", "{customer}", "Customers looked at after a program change.");

    public static readonly Counter<long> CustomersEvicted = s_meter.CreateCounter<long>("triggers.customers.evicted", "{customer}", "Customers that left memory.");

    public static readonly Counter<long> IngestRefused = s_meter.CreateCounter<long>("triggers.ingest.refused", "{request}", "Appends refused because loops lag.");

    public static readonly Counter<long> RejectedDropped = s_meter.CreateCounter<long>("triggers.rejected.dropped", "{event}", "Rejected events that were not kept because too many came at once.");

    public static readonly Counter<long> MessagesSent = s_meter.CreateCounter<long>("triggers.messages.sent", "{message}", "Messages that a channel took.");

    public static readonly Counter<long> MessagesRetried = s_meter.CreateCounter<long>("triggers.messages.retried", "{message}", "Attempts that failed in passing.");

    public static readonly Counter<long> MessagesFailed = s_meter.CreateCounter<long>("triggers.messages.failed", "{message}", "Messages that became dead letters.");

    public static readonly Counter<long> HandOversDropped = s_meter.CreateCounter<long>("triggers.outbox.handover.dropped", "{message}", "Messages left to be found in the store because their lane was full.");
}
