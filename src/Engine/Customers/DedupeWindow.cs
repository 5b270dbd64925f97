using System.Runtime.InteropServices;

namespace Triggers.Engine.Customers;

/// <summary>Hashes of the message ids of the last 24 h (on <c>at</c>), in order of arrival; the search is vectorised.</summary>
internal struct DedupeWindow
{
    /// <summary>Ids, then instants, each with room for half of the words.</summary>
    private int _block;
    private int _words;
    private int _start;
    private int _end;

    private readonly int Room => _words / 2;

    public readonly int Count => _end - _start;

    private readonly Span<long> Words(StateHeap heap) => heap.Words(_block, _words);

    public readonly Span<ulong> Ids(StateHeap heap) => MemoryMarshal.Cast<long, ulong>(Words(heap))[_start.._end];

    public readonly Span<long> Ats(StateHeap heap) => Words(heap).Slice(Room + _start, Count);

    /// <summary>The ids, all of which are compared, and where the next one goes.</summary>
    public readonly void Prefetch(StateHeap heap)
    {
        if (_words > 0)
        {
            var words = Words(heap);
            Customers.Prefetch.Lines(words[_start.._end]);
            Customers.Prefetch.Line(in words[Room + _start]);
            Customers.Prefetch.Line(in words[Room + _end - 1]);
        }
    }

    public readonly bool Contains(StateHeap heap, ulong id) => Ids(heap).Contains(id);

    /// <summary>Forgets what is older than the window; an empty one holds no memory.</summary>
    public void Trim(StateHeap heap, long at)
    {
        if (_words == 0)
        {
            return;
        }

        var ats = Words(heap)[Room..];
        while (_start < _end && ats[_start] <= at - Limits.DedupeMs)
        {
            _start++;
        }

        if (_start == _end)
        {
            Free(heap);
        }
    }

    public void Add(StateHeap heap, ulong id, long at)
    {
        if (Count == Limits.DedupeIdsMax)
        {
            _start++;
        }

        if (_end == Room)
        {
            Move(heap, _start > Room / 2 ? Room : Math.Max(3, Room * 2));
        }

        var words = Words(heap);
        words[_end] = (long)id;
        words[Room + _end++] = at;
    }

    /// <summary>Makes room for so many, all in use and to be filled.</summary>
    public void Reset(StateHeap heap, int count)
    {
        Free(heap);
        Move(heap, count);
        _end = count;
    }

    public void Free(StateHeap heap)
    {
        if (_words > 0)
        {
            heap.Free(_block, _words);
        }

        this = default;
    }

    /// <summary>Moves what is in use to the front of as many places.</summary>
    private void Move(StateHeap heap, int room)
    {
        var from = this;
        (_block, _words, _start, _end) = (0, 0, 0, from.Count);
        if (room > 0)
        {
            _block = heap.Allocate(room * 2, out _words);
        }

        from.Ids(heap).CopyTo(Ids(heap));
        from.Ats(heap).CopyTo(Ats(heap));
        from.Free(heap);
    }

    /// <summary>Both windows' ids, by age.</summary>
    public void Unite(StateHeap heap, in DedupeWindow other, StateHeap otherHeap)
    {
        var (mine, united) = (this, default(DedupeWindow));
        var (i, j) = (0, 0);
        while (i < mine.Count || j < other.Count)
        {
            var takeMine = j == other.Count || (i < mine.Count && mine.Ats(heap)[i] <= other.Ats(otherHeap)[j]);
            var (id, at) = takeMine ? (mine.Ids(heap)[i], mine.Ats(heap)[i++]) : (other.Ids(otherHeap)[j], other.Ats(otherHeap)[j++]);
            if (!united.Contains(heap, id))
            {
                united.Add(heap, id, at);
            }
        }

        mine.Free(heap);
        this = united;
    }
}
