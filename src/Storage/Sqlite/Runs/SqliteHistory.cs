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

    public IEnumerable<HistoryRecord> ReadAll(int partition, long from = 0, long to = long.MaxValue) => ReadAll([partition], from, to).Select(each => each.Record);

    public IEnumerable<(int Partition, HistoryRecord Record)> ReadAll(IReadOnlyList<int> partitions) => ReadAll(partitions, 0, long.MaxValue);

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

        foreach (var (_, record) in ReadTail([partition], from, to, hash, key, RunSet.TailSeq(pin.Runs)))
        {
            yield return record;
        }
    }

    private IEnumerable<(int Partition, HistoryRecord Record)> ReadAll(IReadOnlyList<int> partitions, long from, long to)
    {
        using var pin = runs.Take();
        foreach (var run in pin.Runs)
        {
            foreach (var partition in partitions.Where(partition => run.Overlaps(partition, from, to)))
            {
                var cursor = RunTable.Cursor(pool, run.Id, partition);
                while (cursor.Next())
                {
                    if (cursor.Offset >= from && cursor.Offset < to)
                    {
                        yield return (partition, new HistoryRecord(cursor.Offset, cursor.At, cursor.Record.ToArray()));
                    }
                }
            }
        }

        foreach (var record in ReadTail(partitions, from, to, null, [], RunSet.TailSeq(pin.Runs)))
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
            try
            {
                ReadPage(row.Blob(1), from, to, hash, key, into);
            }
            catch (InvalidDataException error)
            {
                throw RunTable.Damaged(pool.Path, run, partition, error);
            }
        }
    }

    private static void ReadPage(ReadOnlySpan<byte> bytes, long from, long to, ulong hash, byte[] key, List<HistoryRecord> into)
    {
        using var page = new RunPageReader(bytes);
        while (page.Next() && page.Hash <= hash)
        {
            if (page.Hash == hash && page.Offset >= from && page.Offset < to && RecordFilter.Has(page.Record, key))
            {
                into.Add(new HistoryRecord(page.Offset, page.At, page.Record.ToArray()));
            }
        }
    }

    private IEnumerable<(int Partition, HistoryRecord Record)> ReadTail(IReadOnlyList<int> partitions, long from, long to, ulong? hash, byte[] key, long seq)
    {
        var records = new List<HistoryRecord>();
        var parts = new List<(int Partition, int End)>();
        while (seq <= state.Log.LastSeq)
        {
            records.Clear();
            parts.Clear();
            var next = ReadBlocks(partitions, from, to, hash, key, seq, records, parts);
            var at = 0;
            foreach (var (partition, end) in parts)
            {
                for (; at < end; at++)
                {
                    yield return (partition, records[at]);
                }
            }

            if (next == seq)
            {
                yield break;
            }

            seq = next;
        }
    }

    /// <summary>Some blocks' records; returns the number of the next block.</summary>
    /// <param name="parts">Where the records of each partition and block end.</param>
    private long ReadBlocks(IReadOnlyList<int> partitions, long from, long to, ulong? hash, byte[] key, long seq, List<HistoryRecord> into, List<(int Partition, int End)> parts)
    {
        using var lease = pool.Rent();
        using var row = lease.Statement(BlockTable.SelectFrom).Bind(1, seq);
        var bytes = 0;
        while (bytes < Storage.Limits.ReadBytes && row.Step())
        {
            seq = row.Int64(0) + 1;
            var block = BlockTable.Read(pool.Path, row, state.Partitions.Length);
            if (partitions.All(partition => block.FirstOffset(partition) >= to))
            {
                seq = long.MaxValue;
                block.Release();
                break;
            }

            foreach (var partition in partitions)
            {
                if (block.Next[partition] > from && block.Counts[partition] > 0)
                {
                    var slice = BlockTable.Slice(pool.Path, block, row.Blob(3), partition);
                    bytes += slice.Length;
                    RecordFilter.Take(slice, block.FirstOffset(partition), block.At, from, to, hash, key, into);
                    parts.Add((partition, into.Count));
                }
            }

            block.Release();
        }

        return seq;
    }
}
