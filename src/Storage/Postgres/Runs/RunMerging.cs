using Npgsql;
using Triggers.Storage.Postgres.Data;
using Triggers.Storage.Runs;
using Triggers.Storage.Upkeep;

namespace Triggers.Storage.Postgres.Runs;

/// <summary>Merges a partition's neighbouring runs of about one size, so that a customer's records lie in few places however long the log is.</summary>
internal sealed class RunMerging(PostgresDatabase database, PostgresStoreOptions options) : IUpkeep
{
    private const string SelectRuns = "SELECT id, first_offset, next_offset, at, bytes FROM log_runs WHERE partition = $1 ORDER BY next_offset";
    private const string SelectMany = "SELECT partition FROM log_runs GROUP BY partition HAVING count(*) >= $1 ORDER BY partition";
    private readonly Dictionary<int, long> _whole = [];

    public string Name => "merging of runs";

    private sealed record Run(long Id, long First, long Next, long At, long Bytes);

    public async Task<bool> StepAsync(CancellationToken cancellation)
    {
        foreach (var partition in database.Query(SelectMany, row => (int)row.GetInt16(0), (long)options.RunsToMerge))
        {
            cancellation.ThrowIfCancellationRequested();
            if (await database.WriteAsync(connection => MergeAsync(connection, partition)).ConfigureAwait(false))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<bool> MergeAsync(NpgsqlConnection connection, int partition)
    {
        var all = PostgresDatabase.Query(connection, SelectRuns, row => new Run(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)), (short)partition);
        if (_whole.GetValueOrDefault(partition) == all[^1].Id || !RunTable.TryLockUpkeep(connection))
        {
            return false;
        }

        var runs = Choose(all);
        if (runs.Count == 0)
        {
            _whole[partition] = all[^1].Id;
            return false;
        }

        // The new run has the offsets of the last old one, so those leave the index of runs first; their pages are read below.
        await new Statements().Add("UPDATE log_runs SET next_offset = -id WHERE id = ANY ($1)", [runs.ConvertAll(run => run.Id).ToArray()]).RunAsync(connection).ConfigureAwait(false);
        using var pages = new RunWriter(connection, partition, runs[0].First, runs[^1].Next, runs[^1].At);
        var cursors = runs.ConvertAll(run => RunTable.Cursor(connection, partition, run.Id, run.At)).FindAll(cursor => cursor.Next());
        while (cursors.Count > 0)
        {
            // Runs are oldest first and hold disjoint offsets, so the first of equal hashes has the smaller offset.
            var least = 0;
            for (var i = 1; i < cursors.Count; i++)
            {
                least = cursors[i].Hash < cursors[least].Hash ? i : least;
            }

            var cursor = cursors[least];
            pages.Add(cursor.Hash, cursor.Offset, cursor.At, cursor.Record);
            if (!cursor.Next())
            {
                cursors.RemoveAt(least);
            }

            if (pages.WantsFlush)
            {
                await pages.FlushAsync().ConfigureAwait(false);
            }
        }

        await pages.FinishAsync().ConfigureAwait(false);
        await new Statements().Add(RunTable.DeleteRuns, [runs.ConvertAll(run => run.Id).ToArray()]).RunAsync(connection).ConfigureAwait(false);
        return true;
    }

    /// <summary>The oldest neighbours of one tier, when there are enough.</summary>
    private List<Run> Choose(List<Run> runs)
    {
        var chosen = new List<Run>();
        var span = MergeSpan.OfMs(options.LogRetentionDays);
        foreach (var run in runs)
        {
            if (chosen.Count > 0 && Tier(run) != Tier(chosen[0]))
            {
                chosen.Clear();
            }

            chosen.RemoveAll(older => run.At - older.At > span);

            chosen.Add(run);
            if (chosen.Count == options.RunsToMerge)
            {
                if (chosen.Sum(each => each.Bytes) <= Limits.RunBytesMax)
                {
                    return chosen;
                }

                chosen.Clear();
            }
        }

        return [];
    }

    private int Tier(Run run)
    {
        var tier = 0;
        for (var bytes = run.Bytes / options.RunsToMerge; bytes >= Math.Max(options.RunBytes / 2, 1); bytes /= options.RunsToMerge)
        {
            tier++;
        }

        return tier;
    }
}
