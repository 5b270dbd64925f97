using System.Numerics;

namespace Triggers.Engine.Customers;

/// <summary>
/// Memory for the lists of many customers, in a few large arrays without references: the garbage collector neither walks them nor moves them, and a list that
/// grows leaves its old place to the next one. Blocks come in sizes of 2ⁿ and 3·2ⁿ words of 8 bytes. Not for more than one thread at a time.
/// </summary>
/// <param name="pool">Where full slabs come from, shared with other heaps; null: each is an array of its own.</param>
public sealed class StateHeap(SlabPool? pool = null)
{
    private const int SlabWordsMax = SlabPool.SlabWords;
    private const int FirstSlabWords = 128;

    private readonly Stack<int> _vacant = [];

    /// <summary>By size: the first free block, whose first word names the next; 0: none.</summary>
    private readonly int[] _free = new int[Sizes];
    private ArraySegment<long>[] _slabs = new ArraySegment<long>[1];
    private int _slabCount;

    /// <summary>What is left of the slab that new blocks are cut from.</summary>
    private int _next;
    private int _left;

    private static int Sizes => SizeIndex(SlabWordsMax) + 1;

    /// <summary>Bytes of all arrays.</summary>
    public long ReservedBytes { get; private set; }

    /// <summary>Bytes of the blocks in use.</summary>
    public long UsedBytes { get; private set; }

    /// <summary>A block of at least so many words, not cleared; its number is never 0.</summary>
    internal int Allocate(int words, out int size)
    {
        if (words > SlabWordsMax / 2)
        {
            size = words;
            UsedBytes += size * 8L;
            return AddSlab(words) << 16;
        }

        var index = SizeIndex(words);
        size = SizeAt(index);
        UsedBytes += size * 8L;
        var block = _free[index];
        if (block != 0)
        {
            _free[index] = (int)Words(block, 1)[0];
            return block;
        }

        if (_left < size)
        {
            Renew(size);
        }

        block = _next;
        _next += size;
        _left -= size;
        return block;
    }

    internal void Free(int block, int size)
    {
        UsedBytes -= size * 8L;
        if (size > SlabWordsMax / 2)
        {
            ReservedBytes -= size * 8L;
            Drop(block >>> 16);
            _vacant.Push(block >>> 16);
            return;
        }

        Chain(block, SizeIndex(size));
    }

    /// <summary>Gives all memory back to the pool; nothing that lay in it may be used any more, nor the heap.</summary>
    public void Release()
    {
        for (var slab = 0; slab < _slabCount; slab++)
        {
            Drop(slab);
        }
    }

    internal Span<long> Words(int block, int size) => size == 0 ? default : _slabs[block >>> 16].AsSpan(block & 0xFFFF, size);

    /// <summary>2, 3, 4, 6, 8, 12 … words.</summary>
    private static int SizeAt(int index) => (index & 1) == 0 ? 2 << (index >> 1) : 3 << (index >> 1);

    private static int SizeIndex(int words)
    {
        var log = BitOperations.Log2((uint)Math.Max(words, 2) - 1);
        return words > (3 << log) >> 1 || log == 0 ? log * 2 : (log * 2) - 1;
    }

    private void Chain(int block, int index)
    {
        Words(block, 1)[0] = _free[index];
        _free[index] = block;
    }

    /// <summary>Cuts what is left of the slab into free blocks and begins another one: small at first, since many heaps hold one customer.</summary>
    private void Renew(int need)
    {
        while (_left >= 2)
        {
            var index = SizeIndex(_left);
            index -= SizeAt(index) > _left ? 1 : 0;
            Chain(_next, index);
            _next += SizeAt(index);
            _left -= SizeAt(index);
        }

        var slab = AddSlab((int)Math.Clamp(ReservedBytes / 4, Math.Max(FirstSlabWords, need + 1), SlabWordsMax));

        // Word 0 of the first slab stays unused, so that no block is number 0.
        _next = (slab << 16) + (slab == 0 ? 1 : 0);
        _left = _slabs[slab].Count - (slab == 0 ? 1 : 0);
    }

    private int AddSlab(int words)
    {
        if (_slabCount == 0 && words > SlabWordsMax / 2)
        {
            Renew(0);
        }

        if (!_vacant.TryPop(out var slab))
        {
            slab = _slabCount++;
            if (slab > ushort.MaxValue)
            {
                throw new InvalidOperationException("The customers in memory of one partition exceed 32 GiB: lower the budget for customers.");
            }

            if (slab == _slabs.Length)
            {
                Array.Resize(ref _slabs, slab * 2);
            }
        }

        _slabs[slab] = pool is not null && words == SlabWordsMax ? pool.Rent() : new long[words];
        ReservedBytes += words * 8L;
        return slab;
    }

    private void Drop(int slab)
    {
        if (pool is not null && _slabs[slab].Count == SlabWordsMax)
        {
            pool.Return(_slabs[slab]);
        }

        _slabs[slab] = ArraySegment<long>.Empty;
    }
}
