using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Triggers.Engine.Customers;

/// <summary>A list in a <see cref="StateHeap"/>, which the caller hands in every time: the list itself is a place, a size and a count, 12 bytes.</summary>
internal struct HeapList<T>
    where T : unmanaged
{
    private int _block;
    private int _words;

    public int Count { get; private set; }

    /// <summary>Its place, to be touched ahead of use.</summary>
    public readonly Span<long> Words(StateHeap heap) => heap.Words(_block, _words);

    public readonly Span<T> Items(StateHeap heap) => MemoryMarshal.Cast<long, T>(heap.Words(_block, _words))[..Count];

    /// <summary>Makes room for just so many items, whose values are anything.</summary>
    public Span<T> Reset(StateHeap heap, int count)
    {
        var words = WordsFor(count);
        if (words > _words || words < _words / 2)
        {
            Free(heap);
            Take(heap, words);
        }

        Count = count;
        return Items(heap);
    }

    public void Set(StateHeap heap, ReadOnlySpan<T> items) => items.CopyTo(Reset(heap, items.Length));

    public void Add(StateHeap heap, in T item) => Insert(heap, Count, in item);

    public void Insert(StateHeap heap, int index, in T item)
    {
        var added = item;
        Extend(heap, 1);
        var items = Items(heap);
        items[index..^1].CopyTo(items[(index + 1)..]);
        items[index] = added;
    }

    /// <summary>Adds so many items, whose values are anything.</summary>
    public Span<T> Extend(StateHeap heap, int count)
    {
        if (WordsFor(Count + count) > _words)
        {
            var old = this;
            Take(heap, WordsFor(Math.Max(Count + count, Count + (Count / 2) + 1)));
            old.Items(heap).CopyTo(MemoryMarshal.Cast<long, T>(Words(heap)));
            old.Free(heap);
        }

        Count += count;
        return Items(heap)[^count..];
    }

    public void RemoveAt(StateHeap heap, int index)
    {
        var items = Items(heap);
        items[(index + 1)..].CopyTo(items[index..]);
        Count--;
    }

    /// <summary>Keeps the first so many.</summary>
    public void Truncate(int count) => Count = count;

    public void Free(StateHeap heap)
    {
        if (_words > 0)
        {
            heap.Free(_block, _words);
        }

        this = default;
    }

    private static int WordsFor(int count) => ((count * Unsafe.SizeOf<T>()) + 7) / 8;

    private void Take(StateHeap heap, int words)
    {
        (_block, _words) = (0, 0);
        if (words > 0)
        {
            _block = heap.Allocate(words, out _words);
        }
    }
}
