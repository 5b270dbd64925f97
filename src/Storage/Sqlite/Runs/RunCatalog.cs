using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Writing;
using Triggers.Storage.Upkeep;

namespace Triggers.Storage.Sqlite.Runs;

/// <summary>Adds runs to the set, and removes from disk, a little at a time, what they replace: blocks, older runs, and pages that a crash left.</summary>
internal sealed class RunCatalog : IUpkeep
{
    public const string DeleteBlocks = "DELETE FROM Blocks WHERE Seq <= ?1";

    public const string SelectOldestBlocks = "SELECT Seq, length(Body) FROM Blocks WHERE Seq <= ?1 ORDER BY Seq LIMIT ?2";

    private readonly StoreWriter _writer;
    private readonly StoreState _state;
    private readonly Queue<(long Run, long Generation)> _obsolete = new();
    private long _blocksGeneration;
    private long _lastId;
    private long _droppedSeq;

    public RunCatalog(SqliteDatabase database, StoreWriter writer, StoreState state)
    {
        _writer = writer;
        _state = state;
        var runs = RunTable.Load(database);
        var complete = runs.Select(run => run.Id).ToHashSet();
        foreach (var id in RunTable.WithPages(database))
        {
            _lastId = Math.Max(_lastId, id);
            if (!complete.Contains(id))
            {
                _obsolete.Enqueue((id, 0));
            }
        }

        Runs = new RunSet(runs);
        _lastId = Math.Max(_lastId, runs.Count == 0 ? 0 : runs.Max(run => run.Id));
    }

    public RunSet Runs { get; }

    /// <summary>Replaced runs still stand on disk.</summary>
    public bool HasObsolete => _obsolete.Count > 0;

    /// <summary>The first block that neither a run stands for nor a retention has dropped.</summary>
    public long FirstKeptSeq => Math.Max(Math.Max(RunSet.TailSeq(Runs.Current), _droppedSeq + 1), _state.Log.FirstSeq);

    public string Name => "removal of replaced blocks and runs";

    public long NextId() => ++_lastId;

    /// <summary>The run's pages are all there: from here on it stands for the blocks or the runs it was made of.</summary>
    /// <param name="checksums">What the commit rows of the blocks hold, kept beside the run.</param>
    public async Task AddAsync(RunInfo run, IReadOnlyList<RunInfo> replaced, ChecksumGathering? checksums = null)
    {
        await _writer.RunInBackground(transaction =>
        {
            transaction.Database.Statement(RunTable.InsertRun)
                .Bind(1, run.Id).Bind(2, run.FromSeq).Bind(3, run.ToSeq).Bind(4, run.At).Bind(5, run.Bytes).Bind(6, RunInfo.EncodeBounds(run.From, run.To)).Run();
            checksums?.Insert(transaction.Database);
            foreach (var old in replaced)
            {
                transaction.Database.Statement(RunTable.DeleteRun).Bind(1, old.Id).Run();
            }

            return true;
        }).ConfigureAwait(false);
        var runs = Runs.Current.Where(each => !replaced.Contains(each)).Append(run).OrderBy(each => each.FromSeq).ToList();
        var generation = Runs.Replace(runs);
        _blocksGeneration = generation;
        foreach (var old in replaced)
        {
            _obsolete.Enqueue((old.Id, generation));
        }
    }

    /// <summary>The log begins later from here on: without its oldest runs, and without its blocks up to one.</summary>
    /// <param name="also">What else belongs to that transaction.</param>
    public async Task DropAsync(IReadOnlyList<RunInfo> dropped, long lastSeq, Action<WriteTransaction> also)
    {
        await _writer.RunInBackground(transaction =>
        {
            foreach (var old in dropped)
            {
                transaction.Database.Statement(RunTable.DeleteRun).Bind(1, old.Id).Run();
            }

            also(transaction);
            return true;
        }).ConfigureAwait(false);
        _blocksGeneration = Runs.Replace([.. Runs.Current.Where(run => !dropped.Contains(run))]);
        _droppedSeq = lastSeq;
        foreach (var old in dropped)
        {
            _obsolete.Enqueue((old.Id, _blocksGeneration));
        }
    }

    public async Task<bool> StepAsync(CancellationToken cancellation)
    {
        var more = await RemoveBlocksAsync().ConfigureAwait(false);
        return await RemovePagesAsync().ConfigureAwait(false) || more;
    }

    private async Task<bool> RemoveBlocksAsync()
    {
        var upTo = Math.Max(RunSet.TailSeq(Runs.Current) - 1, _droppedSeq);
        if (upTo < _state.Log.FirstSeq || !Runs.IsUnseen(_blocksGeneration))
        {
            return false;
        }

        return await _writer.RunInBackground(transaction =>
        {
            // Their commit rows must be in the tables. With nothing pending every entry of the log so far is in the search table.
            if (_state.Search.PendingCount == 0 && _state.IndexedSeq < upTo)
            {
                MetaTable.Set(transaction.Database, MetaTable.IndexedSeq, upTo);
                transaction.AfterCommit(() => _state.IndexedSeq = upTo);
            }
            else if (_state.IndexedSeq < upTo)
            {
                return false;
            }

            if (_state.FoldedSeq < upTo)
            {
                return false;
            }

            var deleted = transaction.Database.Statement(DeleteBlocks).Bind(1, LastToRemove(transaction, upTo)).Run();
            var first = transaction.Database.Scalar("SELECT min(Seq) FROM Blocks") ?? _state.Log.LastSeq + 1;
            transaction.AfterCommit(() => _state.Log.DeletedBelow(first));
            return deleted > 0;
        }).ConfigureAwait(false);
    }

    /// <summary>The last of the oldest blocks that one transaction frees: freeing pages costs the writer about as much as writing them.</summary>
    private static long LastToRemove(WriteTransaction transaction, long upTo)
    {
        long last = 0;
        long bytes = 0;
        using var oldest = transaction.Database.Statement(SelectOldestBlocks).Bind(1, upTo).Bind(2, Limits.BlocksDeletedAtOnce);
        while (oldest.Step() && (last == 0 || bytes < Limits.BlockBytesDeletedAtOnce))
        {
            last = oldest.Int64(0);
            bytes += oldest.Int64(1);
        }

        return last;
    }

    private async Task<bool> RemovePagesAsync()
    {
        if (!_obsolete.TryPeek(out var next) || !Runs.IsUnseen(next.Generation))
        {
            return false;
        }

        var deleted = await _writer.RunInBackground(transaction => transaction.Database
            .Statement("DELETE FROM RunPages WHERE Id IN (SELECT Id FROM RunPages WHERE Run = ?1 LIMIT ?2)")
            .Bind(1, next.Run).Bind(2, Limits.PagesDeletedAtOnce).Run()).ConfigureAwait(false);
        if (deleted == 0)
        {
            _obsolete.Dequeue();
        }

        return true;
    }
}
