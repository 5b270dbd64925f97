using System.Runtime.InteropServices;

namespace Triggers.Grains.Partitions;

/// <summary>
/// The customers of one partition whose grains were called, until their states are flushed for good and memory is short: which have records that no snapshot
/// contains, and where each stands.
/// </summary>
internal sealed class TouchedTable
{
    private readonly Dictionary<ulong, Touched> _byHash = [];
    private readonly List<Touched> _all = [];
    private readonly Queue<(Touched Customer, long Since)> _dirty = new();
    private int _hand;

    public int Count => _all.Count;

    public IReadOnlyList<Touched> All => _all;

    /// <summary>What the grains take in memory, roughly: what is held against the budget.</summary>
    public long Bytes { get; private set; }

    /// <summary>Commits up to this number are durable.</summary>
    public long DurableCommit { get; set; }

    /// <summary>Offset of the oldest record that no snapshot contains; −1: none.</summary>
    public long OldestDirty => _dirty.TryPeek(out var first) ? first.Customer.DirtyOffset : -1;

    public Touched? Chain(ulong hash) => _byHash.GetValueOrDefault(hash);

    public Touched? Find(ulong hash, ReadOnlySpan<byte> key)
    {
        for (var customer = Chain(hash); customer is not null; customer = customer.Next)
        {
            if (key.SequenceEqual(customer.Key))
            {
                return customer;
            }
        }

        return null;
    }

    public void Add(Touched customer)
    {
        ref var head = ref CollectionsMarshal.GetValueRefOrAddDefault(_byHash, customer.Hash, out _);
        customer.Next = head;
        head = customer;
        customer.Index = _all.Count;
        _all.Add(customer);
    }

    public void Weigh(Touched customer, long bytes)
    {
        Bytes += bytes - customer.Bytes;
        customer.Bytes = bytes;
    }

    /// <summary>The store does not have the whole of the customer for certain.</summary>
    public bool IsUnflushed(Touched customer) => customer.DirtyOffset >= 0 || customer.FlushCommit > DurableCommit;

    public void MarkDirty(Touched customer, long offset, long now)
    {
        if (customer.DirtyOffset < 0)
        {
            customer.DirtyOffset = offset;
            _dirty.Enqueue((customer, now));
        }
    }

    /// <summary>Takes the customer that has been unflushed longest, if it is so since before the given instant or the given offset.</summary>
    public bool TryTakeDirty(long before, long offsetBefore, out Touched customer)
    {
        if (_dirty.TryPeek(out var first) && (first.Since < before || first.Customer.DirtyOffset < offsetBefore))
        {
            customer = _dirty.Dequeue().Customer;
            return true;
        }

        customer = null!;
        return false;
    }

    /// <summary>Sweeps on, taking out customers that are flushed for good and were not used since the last round, until the budget is met or enough were looked at.</summary>
    public List<Touched> Evict(long budget, int looks)
    {
        var evicted = new List<Touched>();
        for (; looks > 0 && Bytes > budget && _all.Count > 0; looks--)
        {
            _hand = _hand < _all.Count ? _hand : 0;
            var customer = _all[_hand];
            if (customer.Used || IsUnflushed(customer))
            {
                customer.Used = false;
                _hand++;
            }
            else
            {
                Remove(customer);
                evicted.Add(customer);
            }
        }

        return evicted;
    }

    /// <summary>Hashes of unflushed customers above the given one, ascending.</summary>
    public ulong[] UnflushedAbove(ulong? after)
    {
        var hashes = new SortedSet<ulong>();
        foreach (var customer in _all)
        {
            if ((after is null || customer.Hash > after) && IsUnflushed(customer))
            {
                hashes.Add(customer.Hash);
            }
        }

        return [.. hashes];
    }

    public void Clear()
    {
        _byHash.Clear();
        _all.Clear();
        _dirty.Clear();
        Bytes = 0;
        DurableCommit = 0;
        _hand = 0;
    }

    private void Remove(Touched customer)
    {
        Weigh(customer, 0);
        ref var head = ref CollectionsMarshal.GetValueRefOrNullRef(_byHash, customer.Hash);
        if (!ReferenceEquals(head, customer))
        {
            var before = head;
            while (!ReferenceEquals(before.Next, customer))
            {
                before = before.Next!;
            }

            before.Next = customer.Next;
        }
        else if (customer.Next is null)
        {
            _byHash.Remove(customer.Hash);
        }
        else
        {
            head = customer.Next;
        }

        var last = _all[^1];
        _all[customer.Index] = last;
        last.Index = customer.Index;
        _all.RemoveAt(_all.Count - 1);
    }
}
