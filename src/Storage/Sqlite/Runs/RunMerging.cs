using Triggers.Storage.Runs;
using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Writing;
using Triggers.Storage.Upkeep;

namespace Triggers.Storage.Sqlite.Runs;

/// <summary>
/// Merges neighbouring runs of about one size, so that a customer's records lie in few places however long the log is. While much comes in, only when they have become many:
/// a merge writes more than twice what comes in meanwhile, and merged a few at a time every record goes through it more often.
/// </summary>
internal sealed class RunMerging(StoreWriter writer, StoreState state, ReadPool pool, RunCatalog catalog, SqliteStoreOptions options) : IUpkeep
{
    private long _lookedAt = Environment.TickCount64 - Limits.BusyLookMs;
    private long _written = state.WrittenBytes;
    private long _busyUntil;

    public string Name => "merging of runs";

    public async Task<bool> StepAsync(CancellationToken cancellation)
    {
        var runs = Choose(catalog.Runs.Current, IsBusy() ? Limits.RunsToMergeWhenBusy : options.RunsToMerge);
        if (runs.Count == 0)
        {
            return false;
        }

        await MergeAsync(runs, cancellation).ConfigureAwait(false);
        return true;
    }

    /// <summary>Merges whatever neighbours the retention lets be merged.</summary>
    public async Task MergeAllAsync(CancellationToken cancellation)
    {
        var span = MergeSpan.OfMs(options.LogRetentionDays);
        var together = new List<RunInfo>();
        foreach (var run in catalog.Runs.Current)
        {
            if (together.Count > 0 && run.At - together[0].At > span)
            {
                await MergeSomeAsync().ConfigureAwait(false);
            }

            together.Add(run);
        }

        await MergeSomeAsync().ConfigureAwait(false);

        async Task MergeSomeAsync()
        {
            if (together.Count > 1)
            {
                await MergeAsync(together, cancellation).ConfigureAwait(false);
            }

            together.Clear();
        }
    }

    private async Task MergeAsync(List<RunInfo> runs, CancellationToken cancellation)
    {
        var id = catalog.NextId();
        using var pages = new RunWriter(writer, id);
        for (var partition = 0; partition < runs[0].From.Length; partition++)
        {
            await MergeAsync(runs, partition, pages, cancellation).ConfigureAwait(false);
        }

        await pages.FinishAsync().ConfigureAwait(false);
        await catalog.AddAsync(new RunInfo(id, runs[0].FromSeq, runs[^1].ToSeq, runs[^1].At, pages.Bytes, runs[0].From, runs[^1].To), runs).ConfigureAwait(false);
    }

    /// <summary>Much came in between two looks, which are a second apart at least, or did so a little while ago: load comes in gusts, and a merge lasts.</summary>
    private bool IsBusy()
    {
        var (now, written) = (Environment.TickCount64, state.WrittenBytes);
        if (now - _lookedAt >= Limits.BusyLookMs)
        {
            if (written - _written > options.BusyBytesPerSecond * (now - _lookedAt) / 1000)
            {
                _busyUntil = now + Limits.BusyHoldMs;
            }

            (_lookedAt, _written) = (now, written);
        }

        return now < _busyUntil;
    }

    /// <summary>The oldest neighbours of one tier, when there are enough.</summary>
    private List<RunInfo> Choose(IReadOnlyList<RunInfo> runs, int enough)
    {
        var chosen = new List<RunInfo>();
        var span = MergeSpan.OfMs(options.LogRetentionDays);
        foreach (var run in runs)
        {
            if (chosen.Count > 0 && Tier(run) != Tier(chosen[0]))
            {
                chosen.Clear();
            }

            chosen.RemoveAll(older => run.At - older.At > span);

            chosen.Add(run);
            if (chosen.Count == enough)
            {
                if (chosen.Sum(each => each.Bytes) <= options.RunBytesMax)
                {
                    return chosen;
                }

                chosen.Clear();
            }
        }

        return [];
    }

    private int Tier(RunInfo run)
    {
        var tier = 0;
        for (var bytes = run.Bytes / options.RunsToMerge; bytes >= Math.Max(options.RunBytes / 2, 1); bytes /= options.RunsToMerge)
        {
            tier++;
        }

        return tier;
    }

    private async Task MergeAsync(List<RunInfo> runs, int partition, RunWriter into, CancellationToken cancellation)
    {
        var cursors = new List<RunCursor>();
        foreach (var run in runs)
        {
            var cursor = RunTable.Cursor(pool, run.Id, partition);
            if (cursor.Next())
            {
                cursors.Add(cursor);
            }
        }

        while (cursors.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            while (cursors.Count > 0 && !into.WantsFlush)
            {
                // Runs are oldest first and hold disjoint offsets, so the first of equal hashes has the smaller offset.
                var least = 0;
                for (var i = 1; i < cursors.Count; i++)
                {
                    least = cursors[i].Hash < cursors[least].Hash ? i : least;
                }

                var cursor = cursors[least];
                into.Add(partition, cursor.Hash, cursor.Offset, cursor.At, cursor.Record);
                if (!cursor.Next())
                {
                    cursors.RemoveAt(least);
                }
            }

            if (into.WantsFlush)
            {
                await into.FlushAsync().ConfigureAwait(false);
            }
        }
    }
}
