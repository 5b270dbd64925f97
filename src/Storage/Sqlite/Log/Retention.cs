using Triggers.Storage.Blocks;
using Triggers.Storage.Runs;
using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Lists;
using Triggers.Storage.Sqlite.Runs;
using Triggers.Storage.Sqlite.Writing;
using Triggers.Storage.Upkeep;

namespace Triggers.Storage.Sqlite.Log;

/// <summary>Lets go what is older than it has to be kept, once every floor has passed it: whole runs, and blocks that never became one, with their checksums.</summary>
internal sealed class Retention(StoreState state, ReadPool pool, RunCatalog catalog, SqliteSettings settings, SqliteStoreOptions options) : IUpkeep
{
    public const string DeleteChecksums = "DELETE FROM Checksums WHERE Partition = ?1 AND FirstOffset < ?2 AND FirstOffset + length(Data) / 2 <= ?2";

    private long _nextAt;

    public string Name => "retention of the log";

    /// <summary>The next step looks, whenever the last one did.</summary>
    public void LookNow() => _nextAt = 0;

    public async Task<bool> StepAsync(CancellationToken cancellation)
    {
        if (options.LogRetentionDays <= 0 || Environment.TickCount64 < _nextAt)
        {
            return false;
        }

        _nextAt = Environment.TickCount64 + Limits.RetentionLookMs;
        var oldest = state.Time.GetUtcNow().ToUnixTimeMilliseconds() - (options.LogRetentionDays * MergeSpan.DayMs);
        var runs = catalog.Runs.Current;
        List<RunInfo> dropped = [.. runs.TakeWhile(run => run.At < oldest)];
        var end = dropped.Count == 0 ? null : new LogEnd(dropped[^1].ToSeq, dropped[^1].At, dropped[^1].To);
        if (dropped.Count == runs.Count)
        {
            end = EndOfOldBlocks(oldest) ?? end;
        }

        if (end is null)
        {
            return false;
        }

        await catalog.DropAsync(dropped, end.Seq, transaction => Forget(transaction, end)).ConfigureAwait(false);
        return true;
    }

    private void Forget(WriteTransaction transaction, LogEnd end)
    {
        for (var partition = 0; partition < end.Next.Length; partition++)
        {
            transaction.Database.Statement(DeleteChecksums).Bind(1, partition).Bind(2, end.Next[partition]).Run();
        }

        settings.Set(transaction, HistoryBeginning.Setting, HistoryBeginning.Text(end.At + 1));
    }

    /// <summary>The newest of the oldest blocks that are too old, as far as every floor has passed them.</summary>
    private LogEnd? EndOfOldBlocks(long oldest)
    {
        long[] floors;
        lock (state.Gate)
        {
            floors = Array.ConvertAll(state.Partitions, partition => partition.Floor);
        }

        LogEnd? end = null;
        var next = new long[floors.Length];
        using var lease = pool.Rent();
        using var row = lease.Statement(BlockTable.SelectDirectories).Bind(1, catalog.FirstKeptSeq - 1);
        while (row.Step() && row.Int64(1) < oldest)
        {
            BlockDirectory.ReadNext(row.Blob(2), next);
            if (!BlockDirectory.IsBehind(next, floors))
            {
                break;
            }

            end = new LogEnd(row.Int64(0), row.Int64(1), [.. next]);
        }

        return end;
    }

    /// <param name="Seq">The last block that leaves.</param>
    /// <param name="At">Its instant.</param>
    /// <param name="Next">The first offsets behind it.</param>
    private sealed record LogEnd(long Seq, long At, long[] Next);
}
