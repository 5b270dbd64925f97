using System.Diagnostics.Metrics;

namespace Triggers.Storage.Measuring;

/// <summary>The stores' instruments; a measurement a transaction, none an event. What each means: docs/operations.md.</summary>
internal static class StorageMetrics
{
    public const string MeterName = "Triggers.Storage";

    private const string Writer = "triggers.store.writer";
    private const string Work = "triggers.store.upkeep";

    private static readonly Meter s_meter = new(MeterName);

    private static readonly InstrumentAdvice<double> s_seconds = new() { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] };

    private static readonly InstrumentAdvice<int> s_items = new() { HistogramBucketBoundaries = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000] };

    private static readonly Histogram<double> s_transactions = s_meter.CreateHistogram(
        "triggers.store.transaction.duration", "s", "A writer's transactions, from the first statement until they are durable.", tags: null, s_seconds);

    private static readonly Histogram<int> s_sizes = s_meter.CreateHistogram(
        "triggers.store.transaction.items", "{item}", "Appends, commits and the rest in one transaction.", tags: null, s_items);

    private static readonly Histogram<double> s_upkeep = s_meter.CreateHistogram(
        "triggers.store.upkeep.duration", "s", "Steps of background work that did something.", tags: null, s_seconds);

    private static readonly Counter<long> s_upkeepFailures = s_meter.CreateCounter<long>(
        "triggers.store.upkeep.failures", "{failure}", "Steps of background work that failed and are tried again.");

    public static readonly Histogram<double> SyncSeconds = s_meter.CreateHistogram(
        "triggers.store.sync.duration", "s", "The COMMIT of a transaction of SQLite, which syncs the disk.", tags: null, s_seconds);

    public static readonly Histogram<double> CheckpointSeconds = s_meter.CreateHistogram(
        "triggers.store.checkpoint.duration", "s", "Copying the write-ahead log of SQLite into its file.", tags: null, s_seconds);

    public static readonly Counter<long> Refusals = s_meter.CreateCounter<long>(
        "triggers.store.refusals", "{transaction}", "Transactions that the store did not take: disk full, server away.");

    public static void Transaction(string writer, TimeSpan took, int items)
    {
        s_transactions.Record(took.TotalSeconds, new KeyValuePair<string, object?>(Writer, writer));
        s_sizes.Record(items, new KeyValuePair<string, object?>(Writer, writer));
    }

    public static void UpkeepStep(string work, TimeSpan took) => s_upkeep.Record(took.TotalSeconds, new KeyValuePair<string, object?>(Work, work));

    public static void UpkeepFailed(string work) => s_upkeepFailures.Add(1, new KeyValuePair<string, object?>(Work, work));
}
