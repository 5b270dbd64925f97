using System.Numerics;
using System.Runtime.InteropServices;
using Triggers.Engine.Scoring;

namespace Triggers.Engine.Customers;

/// <summary>
/// The earliest due instant of each few segments of a customer, so that who is in thousands of them need not look at all when one of them moves. A view of the
/// list of segments that is made when it is asked for: no part of the stored state, and nothing at all for whoever is in few segments.
/// </summary>
internal struct DueBlocks
{
    private const int Size = 16;

    /// <summary>Of so many segments each is looked at.</summary>
    private const int Few = 128;

    /// <summary>Of the first so many blocks; what lies behind them is not known.</summary>
    private HeapList<long> _earliest;

    /// <summary>Segments from this index on are inserted or removed.</summary>
    public void ForgetFrom(StateHeap heap, int index)
    {
        if (index < Size)
        {
            _earliest.Free(heap);
        }
        else if (index / Size < _earliest.Count)
        {
            _earliest.Truncate(index / Size);
        }
    }

    /// <summary>A segment's due instant has become another one.</summary>
    /// <param name="from">What it was.</param>
    public readonly void Move(StateHeap heap, int index, long from, ReadOnlySpan<SegmentState> segments)
    {
        if (index / Size >= _earliest.Count || from == segments[index].Due)
        {
            return;
        }

        ref var earliest = ref _earliest.Items(heap)[index / Size];
        earliest = from == earliest ? Earliest(Block(segments, index / Size)) : Math.Min(earliest, segments[index].Due);
    }

    /// <summary>The next index, from one on, at which a segment may be due by an instant; beyond the last: none may.</summary>
    public readonly int NextDue(StateHeap heap, int index, long due)
    {
        for (var earliest = _earliest.Items(heap); index / Size < earliest.Length && earliest[index / Size] > due;)
        {
            index = ((index / Size) + 1) * Size;
        }

        return index;
    }

    /// <summary>The earliest of all.</summary>
    public long Earliest(StateHeap heap, ReadOnlySpan<SegmentState> segments)
    {
        if (segments.Length <= Few)
        {
            _earliest.Free(heap);
            return Earliest(segments);
        }

        var blocks = (segments.Length + Size - 1) / Size;
        for (var block = _earliest.Count; block < blocks; block++)
        {
            _earliest.Add(heap, Earliest(Block(segments, block)));
        }

        return Least(_earliest.Items(heap));
    }

    private static ReadOnlySpan<SegmentState> Block(ReadOnlySpan<SegmentState> segments, int block) =>
        segments.Slice(block * Size, Math.Min(Size, segments.Length - (block * Size)));

    private static long Earliest(ReadOnlySpan<SegmentState> segments)
    {
        var due = Instants.Never;
        foreach (ref readonly var segment in segments)
        {
            due = Math.Min(due, segment.Due);
        }

        return due;
    }

    private static long Least(ReadOnlySpan<long> items)
    {
        var lanes = new Vector<long>(Instants.Never);
        var vectors = MemoryMarshal.Cast<long, Vector<long>>(items);
        foreach (var vector in vectors)
        {
            lanes = Vector.Min(lanes, vector);
        }

        var least = Instants.Never;
        for (var lane = 0; lane < Vector<long>.Count; lane++)
        {
            least = Math.Min(least, lanes[lane]);
        }

        foreach (var item in items[(vectors.Length * Vector<long>.Count)..])
        {
            least = Math.Min(least, item);
        }

        return least;
    }
}
