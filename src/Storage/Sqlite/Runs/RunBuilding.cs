using Triggers.Engine.Records;
using Triggers.Storage.Blocks;
using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Log;
using Triggers.Storage.Sqlite.Writing;
using Triggers.Storage.Upkeep;

namespace Triggers.Storage.Sqlite.Runs;

/// <summary>Sorts blocks behind every floor into a run, which takes their place.</summary>
internal sealed class RunBuilding(StoreWriter writer, StoreState state, ReadPool pool, RunCatalog catalog, SqliteStoreOptions options) : IUpkeep
{
    private readonly List<(long Seq, long At, int Bytes)> _ready = [];
    private readonly List<SortKey> _keys = [];
    private long _readyBytes;
    private long _scanned;

    /// <summary>All bodies of a run; kept while one run follows the other.</summary>
    private byte[] _bodies = [];
    private long _builtAt;

    public string Name => "sorted runs";

    private readonly record struct SortKey(ulong Hash, long Offset, long At, int Start, int Length);

    public async Task<bool> StepAsync(CancellationToken cancellation)
    {
        FindReady();
        if (_ready.Count == 0 || (_readyBytes < options.RunBytes && _ready.Count < Limits.RunBlocks))
        {
            _bodies = Environment.TickCount64 - _builtAt < Limits.RunMemoryHoldMs ? _bodies : [];
            return false;
        }

        await BuildAsync(cancellation).ConfigureAwait(false);
        return true;
    }

    /// <summary>Sorts all that there is, however little.</summary>
    /// <returns>How many blocks became a run.</returns>
    public async Task<long> SortAllAsync(CancellationToken cancellation)
    {
        var sorted = 0L;
        for (FindReady(); _ready.Count > 0; FindReady())
        {
            sorted += _ready.Count;
            await BuildAsync(cancellation).ConfigureAwait(false);
        }

        return sorted;
    }

    /// <summary>Looks at blocks not seen yet, until one holds a record that some floor has not passed.</summary>
    private void FindReady()
    {
        // What a retention dropped meanwhile is not to be sorted any more.
        var tail = catalog.FirstKeptSeq;
        while (_ready.Count > 0 && _ready[0].Seq < tail)
        {
            _readyBytes -= _ready[0].Bytes;
            _ready.RemoveAt(0);
        }

        if (_ready.Count == 0)
        {
            _scanned = tail - 1;
        }

        long[] floors;
        lock (state.Gate)
        {
            floors = Array.ConvertAll(state.Partitions, partition => partition.Floor);
        }

        using var lease = pool.Rent();
        using var row = lease.Statement(BlockTable.SelectDirectories).Bind(1, _scanned);
        while (_readyBytes < options.RunBytes && _ready.Count < Limits.RunBlocks && row.Step())
        {
            var block = BlockTable.Read(pool.Path, row, floors.Length);
            var (bytes, isBehind) = (block.Length, BlockDirectory.IsBehind(block.Next, floors));
            block.Release();
            if (!isBehind)
            {
                break;
            }

            _scanned = row.Int64(0);
            _ready.Add((row.Int64(0), row.Int64(1), bytes));
            _readyBytes += bytes;
        }
    }

    private async Task BuildAsync(CancellationToken cancellation)
    {
        var blocks = ReadReady();
        long[] from = new long[state.Partitions.Length], to = new long[state.Partitions.Length];
        var id = catalog.NextId();
        using var pages = new RunWriter(writer, id);
        for (var partition = 0; partition < from.Length; partition++)
        {
            cancellation.ThrowIfCancellationRequested();
            from[partition] = blocks[0].FirstOffset(partition);
            to[partition] = blocks[^1].Next[partition];
            Sort(blocks, partition);
            for (var next = 0; next < _keys.Count;)
            {
                for (; next < _keys.Count && !pages.WantsFlush; next++)
                {
                    var key = _keys[next];
                    pages.Add(partition, key.Hash, key.Offset, key.At, _bodies.AsSpan(key.Start, key.Length));
                }

                if (pages.WantsFlush)
                {
                    await pages.FlushAsync().ConfigureAwait(false);
                }
            }
        }

        await pages.FinishAsync().ConfigureAwait(false);
        using var checksums = GatherChecksums(blocks[0].Seq, blocks[^1].Seq);
        var run = new RunInfo(id, blocks[0].Seq, blocks[^1].Seq, blocks[^1].At, pages.Bytes, from, to);
        foreach (var block in blocks)
        {
            block.Release();
        }

        _ready.Clear();
        _readyBytes = 0;
        _builtAt = Environment.TickCount64;
        await catalog.AddAsync(run, [], checksums).ConfigureAwait(false);
    }

    /// <summary>The directories of the blocks, and all their bodies behind one another.</summary>
    private List<Block> ReadReady()
    {
        var blocks = new List<Block>(_ready.Count);
        if (_bodies.Length < _readyBytes)
        {
            _bodies = GC.AllocateUninitializedArray<byte>(checked((int)(_readyBytes + (_readyBytes / 8))));
        }

        var used = 0;
        using var lease = pool.Rent();
        using var row = lease.Statement(BlockTable.SelectFrom).Bind(1, _ready[0].Seq);
        while (blocks.Count < _ready.Count && row.Step())
        {
            var block = BlockTable.Read(pool.Path, row, state.Partitions.Length);
            var body = row.Blob(3);
            for (var partition = 0; partition < block.Partitions; partition++)
            {
                // A run takes the blocks' place: what is damaged stays as it is, for whoever may mend it.
                BlockTable.Slice(pool.Path, block, body, partition);
            }

            body.CopyTo(_bodies.AsSpan(used));
            used += block.Length;
            blocks.Add(block);
        }

        return blocks;
    }

    /// <summary>Those of the commit rows that go with the blocks.</summary>
    private ChecksumGathering GatherChecksums(long fromSeq, long toSeq)
    {
        var checksums = new ChecksumGathering(state.Partitions.Length);
        using var lease = pool.Rent();
        using var row = lease.Statement(SqliteChecksums.SelectCommits).Bind(1, fromSeq).Bind(2, toSeq);
        while (row.Step())
        {
            CommitRow.VisitChecksums(row.Blob(0), checksums.Add);
        }

        return checksums;
    }

    private void Sort(List<Block> blocks, int partition)
    {
        _keys.Clear();
        var bodyStart = 0;
        foreach (var block in blocks)
        {
            var start = bodyStart + block.Starts[partition];
            var end = bodyStart + block.Starts[partition + 1];
            for (var offset = block.FirstOffset(partition); start < end; offset++)
            {
                var length = RecordView.ReadHead(_bodies.AsSpan(start, end - start), out var hash, out _);
                _keys.Add(new SortKey(hash, offset, block.At, start, length));
                start += length;
            }

            bodyStart += block.Length;
        }

        _keys.Sort(static (a, b) => a.Hash != b.Hash ? a.Hash.CompareTo(b.Hash) : a.Offset.CompareTo(b.Offset));
    }
}
