using System.Text;

namespace Triggers.Engine.Customers;

/// <summary>A small bounded map from texts to numbers in two arrays: counts by event name, linked keys.</summary>
internal struct NameTable
{
    private HeapList<Item> _items;
    private HeapList<byte> _names;

    public struct Item
    {
        public ulong Hash;
        public long Value;
        public int Start;
        public int Length;
    }

    public readonly int Count => _items.Count;

    public readonly Span<Item> Items(StateHeap heap) => _items.Items(heap);

    public readonly ReadOnlySpan<byte> Name(StateHeap heap, in Item item) => _names.Items(heap).Slice(item.Start, item.Length);

    public readonly string Text(StateHeap heap, in Item item) => Encoding.UTF8.GetString(Name(heap, in item));

    public readonly int Find(StateHeap heap, ulong hash, ReadOnlySpan<byte> name)
    {
        var items = Items(heap);
        for (var i = 0; i < items.Length; i++)
        {
            if (items[i].Hash == hash && Name(heap, in items[i]).SequenceEqual(name))
            {
                return i;
            }
        }

        return -1;
    }

    public readonly ref long ValueAt(StateHeap heap, int index) => ref Items(heap)[index].Value;

    public void Add(StateHeap heap, ulong hash, ReadOnlySpan<byte> name, long value)
    {
        var item = new Item { Hash = hash, Value = value, Start = _names.Count, Length = name.Length };
        _items.Add(heap, in item);
        name.CopyTo(_names.Extend(heap, name.Length));
    }

    /// <summary>Forgets the entry at an index; the order of the others stays.</summary>
    public void RemoveAt(StateHeap heap, int index)
    {
        var removed = Items(heap)[index];
        var names = _names.Items(heap);
        names[(removed.Start + removed.Length)..].CopyTo(names[removed.Start..]);
        _names.Truncate(_names.Count - removed.Length);
        _items.RemoveAt(heap, index);
        foreach (ref var item in Items(heap)[index..])
        {
            item.Start -= removed.Length;
        }
    }

    public readonly void Prefetch(StateHeap heap)
    {
        Customers.Prefetch.Lines(_items.Words(heap));
        Customers.Prefetch.Lines(_names.Words(heap));
    }

    public void Free(StateHeap heap)
    {
        _items.Free(heap);
        _names.Free(heap);
    }
}
