using Triggers.Runtime.Hosting;

namespace Triggers.Runtime.Live;

/// <summary>What the partitions of one process come to, for whoever sums the processes of a cluster.</summary>
/// <param name="Version">Counts on with each delta.</param>
/// <param name="Counters">Totals over the process's partitions.</param>
/// <param name="OldestApplyingAt">As <see cref="ILag.OldestApplyingAt"/>.</param>
/// <param name="Partitions">Which they are: where two processes name one, the one with the lower epoch has lost it.</param>
/// <param name="Feed">Its latest decisions, newest first.</param>
internal sealed record LiveShare(
    long Version, IReadOnlyDictionary<string, long> Counters, LiveRates Rates, long OldestApplyingAt, IReadOnlyList<OwnedPartition> Partitions, IReadOnlyList<FeedItem> Feed);

/// <param name="Version">One more than that of the share or delta before: a gap means take a new share.</param>
/// <param name="Counters">Only those that changed, with their new totals.</param>
/// <param name="Partitions">null: as before.</param>
/// <param name="Feed">Decisions since the last delta, newest first, and with the names of erased customers, so that what is kept of them elsewhere can go.</param>
internal sealed record LiveShareDelta(
    long Version, IReadOnlyDictionary<string, long> Counters, LiveRates Rates, long OldestApplyingAt, IReadOnlyList<OwnedPartition>? Partitions, IReadOnlyList<FeedItem> Feed);
