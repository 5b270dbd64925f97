using Triggers.Engine.Scoring;

namespace Triggers.Storage.Sqlite.States;

/// <summary>
/// Which flushed state of one partition lies where: open addressing over parallel arrays, 20 bytes an entry, filled between 53 and 80 %, so 25 to
/// 38 bytes a customer. Linear probing; removal shifts back, so there are no tombstones. Callers hold its lock.
/// </summary>
internal sealed class StateIndex
{
    private ulong[] _hashes = new ulong[InitialSlots];
    private int[] _handles = new int[InitialSlots];
    private ushort[] _slots = new ushort[InitialSlots];
    private ushort[] _checks = new ushort[InitialSlots];
    private uint[] _dues = new uint[InitialSlots];

    private const int InitialSlots = 8;

    public Lock Gate { get; } = new();

    public int Count { get; private set; }

    public bool TryFind(ulong hash, ushort check, out StatePlace place)
    {
        var at = Find(hash, check);
        place = at < 0 ? default : new StatePlace(_handles[at], _slots[at]);
        return at >= 0;
    }

    /// <summary>Every entry of a hash: one, unless customers collide.</summary>
    public void FindAll(ulong hash, List<(ushort Check, StatePlace Place)> into)
    {
        into.Clear();
        for (var at = Home(hash, _hashes.Length); _handles[at] != 0; at = Next(at))
        {
            if (_hashes[at] == hash)
            {
                into.Add((_checks[at], new StatePlace(_handles[at], _slots[at])));
            }
        }
    }

    /// <summary>Sets where a customer's state lies; returns the handle of the chunk where the older one lay, 0 if there was none.</summary>
    public int Set(ulong hash, ushort check, StatePlace place, long due)
    {
        var at = Find(hash, check);
        if (at >= 0)
        {
            var old = _handles[at];
            (_handles[at], _slots[at], _dues[at]) = (place.Handle, place.Slot, Instants.Pack(due));
            return old;
        }

        if ((Count + 1) * 5L > _hashes.Length * 4L)
        {
            Grow();
        }

        Insert(hash, check, place, Instants.Pack(due));
        Count++;
        return 0;
    }

    /// <summary>Returns the handle of the chunk where the state lay, 0 if there was none.</summary>
    public int Remove(ulong hash, ushort check)
    {
        var at = Find(hash, check);
        if (at < 0)
        {
            return 0;
        }

        var old = _handles[at];
        Count--;
        var hole = at;
        for (var next = Next(at); _handles[next] != 0; next = Next(next))
        {
            var home = Home(_hashes[next], _hashes.Length);

            // An entry may move into the hole unless its home lies behind it (cyclically).
            var stays = hole <= next ? hole < home && home <= next : hole < home || home <= next;
            if (!stays)
            {
                (_hashes[hole], _handles[hole], _slots[hole], _checks[hole], _dues[hole]) = (_hashes[next], _handles[next], _slots[next], _checks[next], _dues[next]);
                hole = next;
            }
        }

        _handles[hole] = 0;
        return old;
    }

    public void VisitDues(Action<ulong, long> visit)
    {
        for (var at = 0; at < _hashes.Length; at++)
        {
            if (_handles[at] != 0)
            {
                visit(_hashes[at], Instants.Unpack(_dues[at]));
            }
        }
    }

    /// <summary>The smallest hashes above a bound, ascending, each once.</summary>
    public List<ulong> NextHashes(ulong? after, int max)
    {
        // A max-heap of the smallest found so far: one pass, whatever the size of the partition.
        var heap = new PriorityQueue<ulong, ulong>(max + 1, Comparer<ulong>.Create((a, b) => b.CompareTo(a)));
        for (var at = 0; at < _hashes.Length; at++)
        {
            var hash = _hashes[at];
            if (_handles[at] == 0 || (after is { } bound && hash <= bound))
            {
                continue;
            }

            if (heap.Count < max)
            {
                heap.Enqueue(hash, hash);
            }
            else if (hash < heap.Peek())
            {
                heap.EnqueueDequeue(hash, hash);
            }
        }

        var hashes = new List<ulong>(heap.Count);
        while (heap.TryDequeue(out var hash, out _))
        {
            if (hashes.Count == 0 || hashes[^1] != hash)
            {
                hashes.Add(hash);
            }
        }

        hashes.Reverse();
        return hashes;
    }

    /// <summary>The lower half of the hash, scaled: the upper half chose the partition.</summary>
    private static int Home(ulong hash, int size) => (int)(((hash & 0xFFFF_FFFF) * (ulong)size) >> 32);

    private int Next(int at) => at + 1 == _hashes.Length ? 0 : at + 1;

    private int Find(ulong hash, ushort check)
    {
        for (var at = Home(hash, _hashes.Length); _handles[at] != 0; at = Next(at))
        {
            if (_hashes[at] == hash && _checks[at] == check)
            {
                return at;
            }
        }

        return -1;
    }

    private void Insert(ulong hash, ushort check, StatePlace place, uint due)
    {
        var at = Home(hash, _hashes.Length);
        while (_handles[at] != 0)
        {
            at = Next(at);
        }

        (_hashes[at], _handles[at], _slots[at], _checks[at], _dues[at]) = (hash, place.Handle, place.Slot, check, due);
    }

    private void Grow()
    {
        var (hashes, handles, slots, checks, dues) = (_hashes, _handles, _slots, _checks, _dues);
        var size = checked((int)(hashes.Length * 3L / 2));
        (_hashes, _handles, _slots, _checks, _dues) = (new ulong[size], new int[size], new ushort[size], new ushort[size], new uint[size]);
        for (var at = 0; at < hashes.Length; at++)
        {
            if (handles[at] != 0)
            {
                Insert(hashes[at], checks[at], new StatePlace(handles[at], slots[at]), dues[at]);
            }
        }
    }
}
