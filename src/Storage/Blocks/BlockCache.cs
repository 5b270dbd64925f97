namespace Triggers.Storage.Blocks;

/// <summary>The newest blocks, so that loops that keep up never read the disk. Bounded by bytes: the oldest leave first. Without a gap in its numbers.</summary>
internal sealed class BlockCache(long capacityBytes) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<Block> _blocks = new();
    private long _bytes;
    private long _first;

    /// <summary>Takes over the caller's reference.</summary>
    public void Add(Block block)
    {
        lock (_lock)
        {
            if (_blocks.Count == 0)
            {
                _first = block.Seq;
            }

            _blocks.Enqueue(block);
            _bytes += block.MemoryBytes;
            while (_bytes > capacityBytes && _blocks.Count > 1)
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
            if (_blocks.Count == 0 || seq < _first || seq >= _first + _blocks.Count)
            {
                return false;
            }

            var skip = seq - _first;
            foreach (var block in _blocks)
            {
                if (skip-- > 0)
                {
                    continue;
                }

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
            while (_blocks.Count > 0 && _first <= upToSeq)
            {
                RemoveOldest();
            }
        }
    }

    public void Dispose() => Drop(long.MaxValue);

    private void RemoveOldest()
    {
        var block = _blocks.Dequeue();
        _first++;
        _bytes -= block.MemoryBytes;
        block.Release();
    }
}
