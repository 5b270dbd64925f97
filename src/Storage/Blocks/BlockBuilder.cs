using System.Diagnostics;
using Triggers.Engine.Records;

namespace Triggers.Storage.Blocks;

/// <summary>Lays the records of several batches out as one block: two passes over the entries, one copy a record, nothing allocated.</summary>
internal sealed class BlockBuilder(int partitions)
{
    private readonly List<RecordBatch> _batches = [];
    private readonly int[] _counts = new int[partitions];
    private readonly int[] _positions = new int[partitions + 1];

    public int Records { get; private set; }

    public int Bytes { get; private set; }

    public void Clear()
    {
        _batches.Clear();
        Records = 0;
        Bytes = 0;
    }

    public void Add(RecordBatch batch)
    {
        if (batch.Count > 0)
        {
            _batches.Add(batch);
            Records += batch.Count;
            Bytes += batch.ByteCount;
        }
    }

    /// <summary>The partition an entry belongs to.</summary>
    public static int PartitionOf(in RecordBatch.Entry entry, int partitions)
        => entry.FactPartition >= 0 ? entry.FactPartition : CustomerKey.PartitionOf(entry.CustomerHash, partitions);

    /// <summary>Builds a block of which only its place in the log is missing, and is empty again.</summary>
    public Block Build()
    {
        Span<long> heads = stackalloc long[partitions];
        heads.Clear();
        var block = Build(0, 0, heads);
        Clear();
        return block;
    }

    /// <summary>Builds the block and moves the heads.</summary>
    public Block Build(long seq, long at, Span<long> heads)
    {
        Array.Clear(_counts);
        Array.Clear(_positions);
        foreach (var batch in _batches)
        {
            foreach (ref readonly var entry in batch.Entries)
            {
                var partition = PartitionOf(entry, partitions);
                _counts[partition]++;
                _positions[partition + 1] += entry.Length;
            }
        }

        var block = Block.Rent(partitions, seq, at, Bytes);
        for (var partition = 0; partition < partitions; partition++)
        {
            _positions[partition + 1] += _positions[partition];
            heads[partition] += _counts[partition];
            block.Next[partition] = heads[partition];
            block.Counts[partition] = _counts[partition];
        }

        _positions.CopyTo(block.Starts, 0);
        foreach (var batch in _batches)
        {
            var bytes = batch.Bytes;
            foreach (ref readonly var entry in batch.Entries)
            {
                ref var position = ref _positions[PartitionOf(entry, partitions)];
                bytes.Slice(entry.Start, entry.Length).CopyTo(block.Body.AsSpan(position));
                position += entry.Length;
            }
        }

        Debug.Assert(block.Length <= Bytes);
        return block;
    }
}
