namespace Triggers.Storage.Sqlite.States;

/// <summary>Every chunk on disk: its row id, and how many of its slots are still the newest of their customer. Handles are small and re-used, ids are not.</summary>
internal sealed class ChunkTable
{
    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [default];
    private readonly Stack<int> _free = new();

    private record struct Entry(long Id, int Slots, int Live, int Bytes);

    public int Count => _entries.Count - 1 - _free.Count;

    public int Add(long id, int slots, int bytes)
    {
        lock (_lock)
        {
            var entry = new Entry(id, slots, 0, bytes);
            if (_free.TryPop(out var handle))
            {
                _entries[handle] = entry;
                return handle;
            }

            _entries.Add(entry);
            return _entries.Count - 1;
        }
    }

    public void Remove(int handle)
    {
        lock (_lock)
        {
            _entries[handle] = default;
            _free.Push(handle);
        }
    }

    public void AddLive(int handle, int delta)
    {
        lock (_lock)
        {
            _entries[handle] = _entries[handle] with { Live = _entries[handle].Live + delta };
        }
    }

    /// <summary>0: no longer there.</summary>
    public long IdOf(int handle)
    {
        lock (_lock)
        {
            return _entries[handle].Id;
        }
    }

    /// <summary>
    /// Chunks worth compacting, oldest first, at most <paramref name="max"/>: under half live, or so small that <paramref name="smallOnes"/> of them make one.
    /// </summary>
    public List<(int Handle, long Id)> FindSparse(int max, int smallOnes)
    {
        List<(int Handle, long Id)> sparse = [], small = [];
        lock (_lock)
        {
            for (var handle = 1; handle < _entries.Count; handle++)
            {
                var entry = _entries[handle];
                if (entry.Id != 0 && entry.Live * 2 < entry.Slots)
                {
                    sparse.Add((handle, entry.Id));
                }
                else if (entry.Id != 0 && entry.Bytes < Limits.SmallChunkBytes)
                {
                    small.Add((handle, entry.Id));
                }
            }
        }

        if (small.Count >= smallOnes)
        {
            sparse.AddRange(small);
        }

        sparse.Sort((a, b) => a.Id.CompareTo(b.Id));
        return sparse.Count > max ? sparse.GetRange(0, max) : sparse;
    }

    /// <summary>The handle of a chunk, 0: not there.</summary>
    public int HandleOf(long id)
    {
        lock (_lock)
        {
            return Math.Max(0, _entries.FindIndex(1, entry => entry.Id == id));
        }
    }
}
