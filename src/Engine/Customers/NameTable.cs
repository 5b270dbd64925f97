using System.Text;

namespace Triggers.Engine.Customers;

/// <summary>A small bounded map from texts to numbers in two arrays: counts by event name, linked keys.</summary>
internal struct NameTable
{
    private Item[] _items;
    private byte[] _names;

    public static readonly NameTable Empty = new() { _items = [], _names = [] };

    public struct Item
    {
        public ulong Hash;
        public long Value;
        public int Start;
        public int Length;
    }

    public int Count { get; private set; }

    public readonly ReadOnlySpan<Item> Items => _items.AsSpan(0, Count);

    public readonly int Bytes => (_items.Length * 24) + _names.Length;

    public readonly ReadOnlySpan<byte> Name(in Item item) => _names.AsSpan(item.Start, item.Length);

    public readonly string Text(in Item item) => Encoding.UTF8.GetString(Name(item));

    public readonly int Find(ulong hash, ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < Count; i++)
        {
            if (_items[i].Hash == hash && Name(_items[i]).SequenceEqual(name))
            {
                return i;
            }
        }

        return -1;
    }

    public readonly ref long ValueAt(int index) => ref _items[index].Value;

    public void Add(ulong hash, ReadOnlySpan<byte> name, long value)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Math.Max(2, Count * 2));
        }

        var start = _names.Length;
        Array.Resize(ref _names, start + name.Length);
        name.CopyTo(_names.AsSpan(start));
        _items[Count++] = new Item { Hash = hash, Value = value, Start = start, Length = name.Length };
    }

    /// <summary>Forgets the entry at an index; the order of the others stays.</summary>
    public void RemoveAt(int index)
    {
        var removed = _items[index];
        var names = new byte[_names.Length - removed.Length];
        _names.AsSpan(0, removed.Start).CopyTo(names);
        _names.AsSpan(removed.Start + removed.Length).CopyTo(names.AsSpan(removed.Start));
        _names = names;
        for (var i = index + 1; i < Count; i++)
        {
            _items[i - 1] = _items[i] with { Start = _items[i].Start - removed.Length };
        }

        Count--;
    }
}
