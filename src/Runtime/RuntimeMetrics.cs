using System.Diagnostics.Metrics;

namespace Triggers.Runtime;

/// <summary>The runtime's instruments that count and measure; a measurement a batch, a commit or a message, none an event. What each means: docs/operations.md. Gauges: <see cref="Operations.NodeGauges"/>.</summary>
internal static class RuntimeMetrics
{
    public const string MeterName = "Triggers.Runtime";

    /// <summary>The attribute that names a message's channel.</summary>
    public const string Channel = "triggers.channel";

    private const string Outcome = "triggers.outcome";

    private static readonly Meter s_meter = new(MeterName);

    private static readonly InstrumentAdvice<double> s_seconds = new() { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] };

    /// <summary>Messages wait for relays, retries and pauses.</summary>
    private static readonly InstrumentAdvice<double> s_longSeconds = new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600] };

    private static readonly InstrumentAdvice<long> s_records = new() { HistogramBucketBoundaries = [1, 10, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000] };

    public static readonly Counter<long> Commits = s_meter.CreateCounter<long>("triggers.commits", "{commit}", "Commits made durable.");

    public static readonly Histogram<double> CommitSeconds = s_meter.CreateHistogram("triggers.commit.duration", "s", "From giving a commit to the store until it is durable.", tags: null, s_seconds);

    public static readonly Histogram<long> CommitRecords = s_meter.CreateHistogram("triggers.commit.records", "{record}", "Records of one commit.", tags: null, s_records);

    public static readonly Histogram<double> AppendSeconds = s_meter.CreateHistogram("triggers.append.duration", "s", "From handing a request's records to the log until they are durable.", tags: null, s_seconds);

    public static readonly Counter<long> RecordsApplied = s_meter.CreateCounter<long>("triggers.records.applied", "{record}", "Records whose effects are durable.");

    public static readonly Counter<long> RecordsFailed = s_meter.CreateCounter<long>("triggers.records.failed", "{record}", "Records that the machine could not apply: bugs.");

    public static readonly Counter<long> LoopRestarts = s_meter.CreateCounter<long>("triggers.loop.restarts", "{restart}", "Times that a loop threw away what was not committed and began again.");

    public static readonly Counter<long> ReplayRecords = s_meter.CreateCounter<long>("triggers.replay.records", "{record}", "Records that recoveries replayed and compared with what was committed.");

    public static readonly Counter<long> ReplayDisagreements = s_meter.CreateCounter<long>("triggers.replay.disagreements", "{record}", "Records whose replay led to other effects than were committed.");

    public static readonly Counter<long> TimersFired = s_meter.CreateCounter<long>("triggers.timers.fired", "{timer}", "Timer records appended.");

    public static readonly Counter<long> CustomersWalked = s_meter.CreateCounter<long>("triggers.customers.walked", "{customer}", "Customers looked at after a change of the definitions.");

    public static readonly Counter<long> CustomersEvicted = s_meter.CreateCounter<long>("triggers.customers.evicted", "{customer}", "Customers that left memory.");

    public static readonly Counter<long> CustomersFlushed = s_meter.CreateCounter<long>("triggers.customers.flushed", "{customer}", "Customers' states written.");

    public static readonly Counter<long> RejectedDropped = s_meter.CreateCounter<long>("triggers.ingest.rejected.dropped", "{event}", "Rejected events that were not kept because too many came at once.");

    public static readonly Counter<long> HandOversDropped = s_meter.CreateCounter<long>("triggers.outbox.handover.dropped", "{message}", "Messages left to be found in the store because their lane was full.");

    private static readonly Counter<long> s_sent = s_meter.CreateCounter<long>("triggers.messages.sent", "{message}", "Messages that a channel took.");

    private static readonly Counter<long> s_skipped = s_meter.CreateCounter<long>("triggers.messages.skipped", "{message}", "Messages that were not wanted any more when their turn came.");

    private static readonly Counter<long> s_retried = s_meter.CreateCounter<long>("triggers.messages.retried", "{message}", "Attempts that failed in passing.");

    private static readonly Counter<long> s_failed = s_meter.CreateCounter<long>("triggers.messages.failed", "{message}", "Messages that became dead letters.");

    private static readonly Histogram<double> s_attempt = s_meter.CreateHistogram("triggers.messages.attempt.duration", "s", "One hand-over of a message to its channel.", tags: null, s_seconds);

    private static readonly Histogram<double> s_delivery = s_meter.CreateHistogram("triggers.messages.delivery.duration", "s", "From the decision until the channel took the message.", tags: null, s_longSeconds);

    public static void Attempted(string channel, string outcome, TimeSpan took) => s_attempt.Record(took.TotalSeconds, new(Channel, channel), new(Outcome, outcome));

    public static void Sent(string channel, TimeSpan sinceDecided)
    {
        s_sent.Add(1, new KeyValuePair<string, object?>(Channel, channel));
        s_delivery.Record(sinceDecided.TotalSeconds, new KeyValuePair<string, object?>(Channel, channel));
    }

    public static void Skipped(string channel) => s_skipped.Add(1, new KeyValuePair<string, object?>(Channel, channel));

    public static void Retried(string channel) => s_retried.Add(1, new KeyValuePair<string, object?>(Channel, channel));

    public static void Failed(string channel) => s_failed.Add(1, new KeyValuePair<string, object?>(Channel, channel));
}
