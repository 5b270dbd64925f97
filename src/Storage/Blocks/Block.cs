using System.Buffers;

namespace Triggers.Storage.Blocks;

/// <summary>
/// The records of one transaction, grouped by partition. Shared by the cache and by readers, who count their references; the last one returns
/// the memory.
/// </summary>
internal sealed class Block
{
    private static readonly Lock SpareLock = new();
    private static readonly Stack<Block> Spare = new();
    private int _references;

    private Block(int partitions)
    {
        Next = new long[partitions];
        Counts = new int[partitions];
        Starts = new int[partitions + 1];
    }

    public long Seq { get; private set; }

    public long At { get; private set; }

    /// <summary>By partition: the offset after this block.</summary>
    public long[] Next { get; }

    /// <summary>By partition: records in this block.</summary>
    public int[] Counts { get; }

    /// <summary>By partition: where its slice begins in the body; one more entry for the end.</summary>
    public int[] Starts { get; }

    /// <summary>By partition: the <see cref="ByteCheck"/> of its slice, as <see cref="Sqlite.Log.BlockDirectory"/> read it; empty: it was written without.</summary>
    public uint[] Checks { get; set; } = [];

    public byte[] Body { get; private set; } = [];

    public int Partitions => Counts.Length;

    public int Length => Starts[^1];

    /// <summary>What it holds in memory, its directory too: blocks of one record are mostly directory.</summary>
    public int MemoryBytes => Body.Length + (Partitions * 16) + 256;

    /// <summary>An empty block with one reference; directory and body are the caller's to fill.</summary>
    public static Block Rent(int partitions, long seq, long at, int bodyBytes)
    {
        Block? block;
        lock (SpareLock)
        {
            Spare.TryPop(out block);
        }

        if (block is null || block.Partitions != partitions)
        {
            block = new Block(partitions);
        }

        block.Seq = seq;
        block.At = at;
        block.Body = bodyBytes == 0 ? [] : ArrayPool<byte>.Shared.Rent(bodyBytes);
        block._references = 1;
        return block;
    }

    /// <summary>Where the block stands, once that is known: its number, its instant and where each partition's log ended before it.</summary>
    public void Place(long seq, long at, ReadOnlySpan<long> heads)
    {
        Seq = seq;
        At = at;
        for (var partition = 0; partition < Next.Length; partition++)
        {
            Next[partition] = heads[partition] + Counts[partition];
        }
    }

    public long FirstOffset(int partition) => Next[partition] - Counts[partition];

    public ReadOnlyMemory<byte> Slice(int partition) => Body.AsMemory(Starts[partition], Starts[partition + 1] - Starts[partition]);

    public void AddReference() => Interlocked.Increment(ref _references);

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0)
        {
            return;
        }

        var body = Body;
        Body = [];
        if (body.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(body);
        }

        lock (SpareLock)
        {
            if (Spare.Count < Limits.SpareBlocks)
            {
                Spare.Push(this);
            }
        }
    }
}
