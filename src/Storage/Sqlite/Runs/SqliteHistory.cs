using System.Text;
using Triggers.Engine.Records;
using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Log;
using Triggers.Storage.Sqlite.Writing;

namespace Triggers.Storage.Sqlite.Runs;

/// <summary>Past records: the sorted runs, then the unsorted tail of blocks.</summary>
internal sealed class SqliteHistory(StoreState state, ReadPool pool) : IHistory
{
    public IEnumerable<HistoryRecord> Read(CustomerKey key, long from = 0, long to = long.MaxValue)
    {
        var keyBytes = Encoding.UTF8.GetBytes(key.Text);
        var hash = CustomerKey.HashOf(keyBytes);
        if (state.Erasures.TryGetValue(key.Text, out var before))
        {
            from = Math.Max(from, before);
        }

        return ReadTail(CustomerKey.PartitionOf(hash, state.Partitions.Length), from, to, hash, keyBytes, 0);
    }

    public IEnumerable<HistoryRecord> ReadAll(int partition, long from = 0, long to = long.MaxValue) => ReadTail(partition, from, to, null, [], 0);

    private IEnumerable<HistoryRecord> ReadTail(int partition, long from, long to, ulong? hash, byte[] key, long seq)
    {
        var records = new List<HistoryRecord>();
        seq = Math.Max(seq, state.Log.FirstSeq);
        while (seq <= state.Log.LastSeq)
        {
            records.Clear();
            seq = ReadBlocks(partition, from, to, hash, key, seq, records);
            foreach (var record in records)
            {
                yield return record;
            }
        }
    }

    /// <summary>Some blocks' records; returns the number of the next block.</summary>
    private long ReadBlocks(int partition, long from, long to, ulong? hash, byte[] key, long seq, List<HistoryRecord> into)
    {
        using var lease = pool.Rent();
        using var row = lease.Statement(BlockTable.SelectFrom).Bind(1, seq);
        var bytes = 0;
        while (bytes < Limits.ReadBytes && row.Step())
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
