namespace Triggers.Storage.Blocks;

/// <summary>The newest blocks, so that loops that keep up never read the disk. Bounded by bytes: the oldest leave first. Without a gap in its numbers.</summary>
internal sealed class BlockCache(long capacityBytes) : IDisposable
{
    private readonly Lock _lock = new();

    /// <summary>A ring: many readers ask for the newest of tens of thousands of small blocks, and must not walk along all the others.</summary>
    private Block?[] _ring = new Block?[64];
    private int _start;
    private int _count;
    private long _bytes;
    private long _first;

    /// <summary>Takes over the caller's reference.</summary>
    public void Add(Block block)
    {
        lock (_lock)
        {
            if (_count == 0)
            {
                _first = block.Seq;
            }

            if (_count == _ring.Length)
            {
                Grow();
            }

            _ring[(_start + _count++) & (_ring.Length - 1)] = block;
            _bytes += block.MemoryBytes;
            while (_bytes > capacityBytes && _count > 1)
            {
                RemoveOldest();
            }
        }
    }

    /// <summary>Adds blocks from <paramref name="seq"/> on, referenced for the caller, until they have <paramref name="maxBytes"/>. False: it is not (or no longer) here.</summary>
    public bool TryTake(long seq, int maxBytes, List<Block> into)
    {
        lock (_lock)
        {
            if (seq < _first || seq >= _first + _count)
            {
                return false;
            }

            for (var index = (int)(seq - _first); index < _count; index++)
            {
                var block = _ring[(_start + index) & (_ring.Length - 1)]!;
                block.AddReference();
                into.Add(block);
                maxBytes -= block.Length;
                if (maxBytes <= 0)
                {
                    break;
                }
            }

            return true;
        }
    }

    /// <summary>Forgets blocks up to a number: their bytes were rewritten on disk.</summary>
    public void Drop(long upToSeq)
    {
        lock (_lock)
        {
            while (_count > 0 && _first <= upToSeq)
            {
                RemoveOldest();
            }
        }
    }

    public void Dispose() => Drop(long.MaxValue);

    private void Grow()
    {
        var larger = new Block?[_ring.Length * 2];
        for (var index = 0; index < _count; index++)
        {
            larger[index] = _ring[(_start + index) & (_ring.Length - 1)];
        }

        (_ring, _start) = (larger, 0);
    }

    private void RemoveOldest()
    {
        var block = _ring[_start]!;
        _ring[_start] = null;
        _start = (_start + 1) & (_ring.Length - 1);
        _count--;
        _first++;
        _bytes -= block.MemoryBytes;
        block.Release();
    }
}
