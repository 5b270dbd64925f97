using Triggers.Engine.Customers;
using Triggers.Engine.Records;

namespace Triggers.Runtime.Hosting;

/// <summary>One partition's customers in memory: found by hash and key, swept in circles for those not used lately. Touched by its partition's loop alone.</summary>
internal sealed class ResidentTable(SlabPool pool)
{
    private readonly SlotIndex _byHash = new();
    private readonly List<Slot> _all = [];
    private readonly Queue<(Slot Slot, long Since)> _dirty = new();
    private int _hand;

    /// <summary>The heap that customers are moved out of, and the end of those slots that may still lie in it: new ones come after them, and a removal only moves the last one forward.</summary>
    private StateHeap? _emptied;
    private int _toMove;

    public long Epoch { get; set; }

    /// <summary>What the customers' lists lie in.</summary>
    public StateHeap Heap { get; private set; } = new(pool);

    /// <summary>What the customers take in memory, roughly: what is held against the budget.</summary>
    public long Bytes => Heap.UsedBytes + (_emptied?.UsedBytes ?? 0) + ((long)Count * Limits.CustomerBytes);

    public int Count => _all.Count;

    /// <summary>Customers read from the store since the start.</summary>
    public long Loaded { get; set; }

    /// <summary>Commits up to this number are durable.</summary>
    public long DurableCommit { get; set; }

    public int DirtyCount => _dirty.Count;

    /// <summary>Offset of the oldest record that no snapshot contains; −1: none.</summary>
    public long OldestDirty => _dirty.TryPeek(out var first) ? first.Slot.DirtyOffset : -1;

    public Slot? Find(ulong hash, ReadOnlySpan<byte> key)
    {
        for (var slot = Chain(hash); slot is not null; slot = slot.Next)
        {
            if (slot.Customer.KeyUtf8.SequenceEqual(key))
            {
                slot.Used = true;
                return slot;
            }
        }

        return null;
    }

    /// <summary>The first of the customers that have the hash.</summary>
    public Slot? Chain(ulong hash) => _byHash[hash];

    /// <summary>Asks for what <see cref="Chain"/> will read.</summary>
    public void Prefetch(ulong hash) => _byHash.Prefetch(hash);

    public void Add(Slot slot)
    {
        slot.Next = _byHash[slot.Hash];
        _byHash.Set(slot.Hash, slot);
        slot.Index = _all.Count;
        slot.Used = true;
        _all.Add(slot);
    }

    public void MarkDirty(Slot slot, long offset, long now)
    {
        if (slot.DirtyOffset < 0)
        {
            slot.DirtyOffset = offset;
            _dirty.Enqueue((slot, now));
        }
    }

    /// <summary>Takes the customer that has been unflushed longest, if it is so since before the given instant or the given offset.</summary>
    public bool TryTakeDirty(long before, long offsetBefore, out Slot slot)
    {
        if (_dirty.TryPeek(out var first) && (first.Since < before || first.Slot.DirtyOffset < offsetBefore))
        {
            _dirty.Dequeue();
            slot = first.Slot;
            return true;
        }

        slot = null!;
        return false;
    }

    /// <summary>Sweeps on, removing customers that are flushed for good and were not used since the last round, until the budget is met or enough were looked at.</summary>
    public int Evict(long budget, int looks)
    {
        var evicted = 0;
        for (; looks > 0 && Bytes > budget && _all.Count > 0; looks--)
        {
            if (_hand >= _all.Count)
            {
                _hand = 0;
            }

            var slot = _all[_hand];
            if (!slot.Used && slot.DirtyOffset < 0 && slot.FlushCommit <= DurableCommit)
            {
                Remove(slot);
                evicted++;
            }
            else
            {
                slot.Used = false;
                _hand++;
            }
        }

        return evicted;
    }

    /// <summary>
    /// Once much of the heap lies idle (customers have outgrown the sizes that are free, or left), moves them to another one, a few a call.
    /// </summary>
    public void Compact(int looks)
    {
        if (_emptied is null)
        {
            if (Heap.ReservedBytes <= (Heap.UsedBytes * 3 / 2) + Limits.IdleHeapBytesMax)
            {
                return;
            }

            (_emptied, Heap, _toMove) = (Heap, new StateHeap(pool), _all.Count);
        }

        using var writer = new ByteWriter();
        _toMove = Math.Min(_toMove, _all.Count);
        for (; looks > 0 && _toMove > 0; looks--)
        {
            var slot = _all[--_toMove];
            if (ReferenceEquals(slot.Customer.Heap, _emptied))
            {
                writer.Clear();
                CustomerCodec.Write(slot.Customer, writer);
                var moved = CustomerCodec.Read(writer.Written, Heap);
                slot.Customer.Release();
                slot.Customer = moved;
            }
        }

        if (_toMove == 0)
        {
            _emptied.Release();
            _emptied = null;
        }
    }

    public void Remove(Slot slot)
    {
        var first = _byHash[slot.Hash]!;
        if (!ReferenceEquals(first, slot))
        {
            var before = first;
            while (!ReferenceEquals(before.Next, slot))
            {
                before = before.Next!;
            }

            before.Next = slot.Next;
        }
        else if (slot.Next is { } second)
        {
            _byHash.Set(slot.Hash, second);
        }
        else
        {
            _byHash.Remove(slot.Hash);
        }

        var last = _all[^1];
        _all[slot.Index] = last;
        last.Index = slot.Index;
        _all.RemoveAt(_all.Count - 1);
        slot.Customer.Release();
    }

    public void Clear()
    {
        _byHash.Clear();
        _all.Clear();
        _dirty.Clear();
        Heap.Release();
        Heap = new StateHeap(pool);
        _emptied?.Release();
        _emptied = null;
        _hand = 0;
        DurableCommit = 0;
    }

    /// <summary>Hashes of customers in memory above the given one, ascending.</summary>
    public ulong[] HashesAbove(ulong? after)
    {
        var hashes = new List<ulong>();
        foreach (var hash in _byHash.Hashes)
        {
            if (after is null || hash > after)
            {
                hashes.Add(hash);
            }
        }

        var sorted = hashes.ToArray();
        Array.Sort(sorted);
        return sorted;
    }
}
