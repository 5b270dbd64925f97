using System.Text;
using Triggers.Engine.Records;
using Triggers.Storage.Blocks;
using Triggers.Storage.Runs;
using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Log;
using Triggers.Storage.Sqlite.Writing;

namespace Triggers.Storage.Sqlite.Runs;

/// <summary>Past records: the sorted runs, then the unsorted tail of blocks. What an enumeration began with stays readable until it is disposed.</summary>
internal sealed class SqliteHistory(StoreState state, ReadPool pool, RunSet runs) : IHistory
{
    public IEnumerable<HistoryRecord> Read(CustomerKey key, long from = 0, long to = long.MaxValue)
    {
        if (state.Erasures.TryGetValue(key.Text, out var erased))
        {
            from = Math.Max(from, erased.Before);
        }

        return ReadRaw(Encoding.UTF8.GetBytes(key.Text), from, to);
    }

    public IEnumerable<HistoryRecord> ReadAll(int partition, long from = 0, long to = long.MaxValue)
    {
        using var pin = runs.Take();
        foreach (var run in pin.Runs)
        {
            if (!run.Overlaps(partition, from, to))
            {
                continue;
            }

            var cursor = RunTable.Cursor(pool, run.Id, partition);
            while (cursor.Next())
            {
                if (cursor.Offset >= from && cursor.Offset < to)
                {
                    yield return new HistoryRecord(cursor.Offset, cursor.At, cursor.Record.ToArray());
                }
            }
        }

        foreach (var record in ReadTail(partition, from, to, null, [], RunSet.TailSeq(pin.Runs)))
        {
            yield return record;
        }
    }

    /// <summary>Without regard to erasures that are under way.</summary>
    internal IEnumerable<HistoryRecord> ReadRaw(byte[] key, long from, long to)
    {
        var hash = CustomerKey.HashOf(key);
        var partition = CustomerKey.PartitionOf(hash, state.Partitions.Length);
        using var pin = runs.Take();
        var records = new List<HistoryRecord>();
        foreach (var run in pin.Runs)
        {
            records.Clear();
            if (run.Overlaps(partition, from, to))
            {
                ReadRun(run.Id, partition, from, to, hash, key, records);
            }

            foreach (var record in records)
            {
                yield return record;
            }
        }

        foreach (var record in ReadTail(partition, from, to, hash, key, RunSet.TailSeq(pin.Runs)))
        {
            yield return record;
        }
    }

    private void ReadRun(long run, int partition, long from, long to, ulong hash, byte[] key, List<HistoryRecord> into)
    {
        using var lease = pool.Rent();
        using var row = lease.Statement(RunTable.SelectPagesOfHash).Bind(1, run).Bind(2, partition).Bind(3, RunPage.Sortable(hash));
        while (row.Step())
        {
            var page = new RunPageReader(row.Blob(1));
            while (page.Next() && page.Hash <= hash)
            {
                if (page.Hash == hash && page.Offset >= from && page.Offset < to && RecordFilter.Has(page.Record, key))
                {
                    into.Add(new HistoryRecord(page.Offset, page.At, page.Record.ToArray()));
                }
            }
        }
    }

    private IEnumerable<HistoryRecord> ReadTail(int partition, long from, long to, ulong? hash, byte[] key, long seq)
    {
        var records = new List<HistoryRecord>();
        while (seq <= state.Log.LastSeq)
        {
            records.Clear();
            var next = ReadBlocks(partition, from, to, hash, key, seq, records);
            foreach (var record in records)
            {
                yield return record;
            }

            if (next == seq)
            {
                yield break;
            }

            seq = next;
        }
    }

    /// <summary>Some blocks' records; returns the number of the next block.</summary>
    private long ReadBlocks(int partition, long from, long to, ulong? hash, byte[] key, long seq, List<HistoryRecord> into)
    {
        using var lease = pool.Rent();
        using var row = lease.Statement(BlockTable.SelectFrom).Bind(1, seq);
        var bytes = 0;
        while (bytes < Storage.Limits.ReadBytes && row.Step())
        {
            seq = row.Int64(0) + 1;
            var block = Block.Rent(state.Partitions.Length, seq - 1, row.Int64(1), 0);
            BlockDirectory.Read(row.Blob(2), block);
            if (block.FirstOffset(partition) >= to)
            {
                seq = long.MaxValue;
                block.Release();
                break;
            }

            if (block.Next[partition] > from && block.Counts[partition] > 0)
            {
                var slice = row.Blob(3)[block.Starts[partition]..block.Starts[partition + 1]];
                bytes += slice.Length;
                RecordFilter.Take(slice, block.FirstOffset(partition), block.At, from, to, hash, key, into);
            }

            block.Release();
        }

        return seq;
    }
}
