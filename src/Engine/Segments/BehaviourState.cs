using Triggers.Engine.Customers;

namespace Triggers.Engine.Segments;

/// <summary>
/// What a customer did of one behaviour (event, condition, value): totals for ever, and the instants that some window still sees, ascending.
/// One state serves every window over the same behaviour.
/// </summary>
internal struct BehaviourState : IHashed
{
    /// <summary>Of a customer who never did it.</summary>
    public static readonly BehaviourState None;

    public ulong Id;

    /// <summary>How often, ever.</summary>
    public long Total;

    /// <summary>Sum of the values, ever, in millionths.</summary>
    public long Sum;

    /// <summary>Instants, then values, then counts, each with room for <see cref="_room"/>.</summary>
    private int _block;
    private int _words;
    private int _room;

    /// <summary>In use: [Start, End).</summary>
    public int Start;
    public int End;
    public bool HasValues;

    /// <summary>Some places stand for several events.</summary>
    public bool HasCounts;

    readonly ulong IHashed.Hash => Id;

    public readonly int Length => End - Start;

    public static BehaviourState Create(ulong id, bool hasValues) => new() { Id = id, HasValues = hasValues };

    /// <summary>Exact instants, or the newest instant of a bucket.</summary>
    public readonly Span<long> Times(StateHeap heap) => heap.Words(_block, _words)[.._room];

    /// <summary>Values in millionths, beside the instants; empty: the behaviour has no value.</summary>
    public readonly Span<long> Sums(StateHeap heap) => HasValues ? heap.Words(_block, _words).Slice(_room, _room) : default;

    /// <summary>How many events stand at each place; empty: one each (no bucket yet).</summary>
    public readonly Span<long> Counts(StateHeap heap) => HasCounts ? heap.Words(_block, _words).Slice(HasValues ? _room * 2 : _room, _room) : default;

    /// <summary>Makes room for so many places, all in use and to be filled.</summary>
    public void Reset(StateHeap heap, int length, bool hasCounts)
    {
        Free(heap);
        HasCounts = hasCounts;
        Take(heap, length);
        (Start, End) = (0, length);
    }

    public void Free(StateHeap heap)
    {
        if (_words > 0)
        {
            heap.Free(_block, _words);
        }

        _block = _words = _room = Start = End = 0;
    }

    /// <summary>Both ends: where instants are forgotten and where the next one goes.</summary>
    public readonly void Prefetch(StateHeap heap)
    {
        if (_room > 0)
        {
            var times = Times(heap);
            Customers.Prefetch.Line(in times[Start]);
            Customers.Prefetch.Line(in times[Math.Max(End - 1, 0)]);
        }
    }

    /// <summary>Forgets instants that no window sees any more.</summary>
    public void Forget(StateHeap heap, long boundary)
    {
        var times = Times(heap);
        while (Start < End && times[Start] <= boundary)
        {
            Start++;
        }

        if (Start == End)
        {
            Start = End = 0;
        }
    }

    /// <summary>Forgets instants later than one.</summary>
    public void ForgetAfter(StateHeap heap, long instant) => End = Find(heap, instant);

    /// <summary>Places one event (or a bucket of them) by its instant.</summary>
    /// <param name="windows">Lengths of the windows over this behaviour, ascending, not empty.</param>
    public void Insert(StateHeap heap, long instant, long count, long sum, long now, ReadOnlySpan<long> windows)
    {
        Forget(heap, now - windows[^1]);

        // By what the state holds alone, so that a customer who was out of memory meanwhile joins the same instants.
        if (Length >= Limits.ExactInstantsMax && Total % (Limits.ExactInstantsMax / 4) == 0)
        {
            Compact(heap, now, windows);
        }

        if (instant <= now - windows[^1])
        {
            return;
        }

        if (count != 1 && !HasCounts)
        {
            StartCounting(heap);
        }

        Reserve(heap);
        var at = Find(heap, instant);
        Put(Times(heap), at, instant);
        if (HasValues)
        {
            Put(Sums(heap), at, sum);
        }

        if (HasCounts)
        {
            Put(Counts(heap), at, count);
        }

        End++;
    }

    /// <summary>Makes sure of room for one more at the end; what is in use may move.</summary>
    public void Reserve(StateHeap heap)
    {
        if (End == _room)
        {
            MakeRoom(heap);
        }
    }

    /// <summary>The first place with a later instant.</summary>
    public readonly int Find(StateHeap heap, long instant)
    {
        var times = Times(heap);
        var at = End;
        while (at > Start && times[at - 1] > instant)
        {
            at--;
        }

        return at;
    }

    /// <summary>Puts one instant at a place, for which there is room (<see cref="Reserve"/>).</summary>
    public void Place(StateHeap heap, int at, long instant, long sum)
    {
        Put(Times(heap), at, instant);
        if (HasValues)
        {
            Put(Sums(heap), at, sum);
        }

        End++;
    }

    /// <summary>Takes out the places [from, to); returns where what stood behind them stands now.</summary>
    public int Remove(StateHeap heap, int from, int to)
    {
        if (from == Start)
        {
            return Start = to;
        }

        var times = Times(heap);
        times[to..End].CopyTo(times[from..]);
        if (HasValues)
        {
            var sums = Sums(heap);
            sums[to..End].CopyTo(sums[from..]);
        }

        End -= to - from;
        return from;
    }

    /// <summary>Of instants in the same thousandth of a window, all but the newest half, keeps the oldest's value at the newest's instant.</summary>
    public void Thin(StateHeap heap, long now, ReadOnlySpan<long> windows)
    {
        var times = Times(heap);
        var sums = Sums(heap);
        var (to, lastBucket, lastWidth) = (Start, long.MinValue, 0L);
        for (var i = Start; i < End; i++)
        {
            var width = i < End - (Limits.ExactInstantsMax / 2) ? Width(now - times[i], windows) : 0;
            var bucket = width == 0 ? 0 : times[i] / width;
            if (width > 0 && width == lastWidth && bucket == lastBucket)
            {
                times[to - 1] = times[i];
                continue;
            }

            (lastBucket, lastWidth) = (bucket, width);
            (times[to], sums[to]) = (times[i], sums[i]);
            to++;
        }

        End = to;
    }

    private readonly void Put(Span<long> column, int at, long value)
    {
        column[at..End].CopyTo(column[(at + 1)..]);
        column[at] = value;
    }

    /// <summary>Makes room at the end: by moving to the front, or by growing.</summary>
    private void MakeRoom(StateHeap heap)
    {
        var isFull = Length > _room - Math.Max(_room / 4, 1);
        Move(heap, !isFull ? _room : Math.Max(2, _room < Limits.ExactInstantsMax ? _room * 2 : _room + (_room / 2)));
    }

    /// <summary>Moves what is in use to the front of as many places.</summary>
    private void Move(StateHeap heap, int room)
    {
        var from = this;
        if (room != _room)
        {
            Take(heap, room);
        }

        (Start, End) = (0, from.Length);
        var used = from.Start..from.End;
        from.Times(heap)[used].CopyTo(Times(heap));
        if (HasValues)
        {
            from.Sums(heap)[used].CopyTo(Sums(heap));
        }

        if (HasCounts)
        {
            from.Counts(heap)[used].CopyTo(Counts(heap));
        }

        if (room != from._room)
        {
            from.Free(heap);
        }
    }

    /// <summary>Puts a value beside each instant, to be filled.</summary>
    public void StartValues(StateHeap heap)
    {
        var from = this;
        HasValues = true;
        Take(heap, from._room);
        from.Times(heap).CopyTo(Times(heap));
        from.Counts(heap).CopyTo(Counts(heap));
        from.Free(heap);
    }

    private void StartCounting(StateHeap heap)
    {
        var from = this;
        HasCounts = true;
        Take(heap, from._room);
        from.Times(heap).CopyTo(Times(heap));
        from.Sums(heap).CopyTo(Sums(heap));
        Counts(heap).Fill(1);
        from.Free(heap);
    }

    private void Take(StateHeap heap, int room)
    {
        (_block, _words, _room) = (0, 0, room);
        var columns = 1 + (HasValues ? 1 : 0) + (HasCounts ? 1 : 0);
        if (room > 0)
        {
            _block = heap.Allocate(room * columns, out _words);
            _room = _words / columns;
        }
    }

    /// <summary>Joins instants that fall into the same thousandth of the shortest window that still sees them, except the newest half of the exact ones.</summary>
    private void Compact(StateHeap heap, long now, ReadOnlySpan<long> windows)
    {
        var exactFrom = End - (Limits.ExactInstantsMax / 2);
        if (!HasCounts)
        {
            StartCounting(heap);
        }

        var times = Times(heap);
        var sums = Sums(heap);
        var counts = Counts(heap);
        var to = Start;
        var lastBucket = long.MinValue;
        var lastWidth = 0L;
        for (var i = Start; i < End; i++)
        {
            var width = i < exactFrom ? Width(now - times[i], windows) : 0;
            var bucket = width == 0 ? 0 : times[i] / width;
            if (width > 0 && width == lastWidth && bucket == lastBucket)
            {
                times[to - 1] = times[i];
                counts[to - 1] += counts[i];
                if (HasValues)
                {
                    sums[to - 1] = Scoring.FixedPoint.Add(sums[to - 1], sums[i]);
                }

                continue;
            }

            (lastBucket, lastWidth) = (bucket, width);
            times[to] = times[i];
            counts[to] = counts[i];
            if (HasValues)
            {
                sums[to] = sums[i];
            }

            to++;
        }

        End = to;
    }

    private static long Width(long age, ReadOnlySpan<long> windows)
    {
        foreach (var window in windows)
        {
            if (age < window)
            {
                return window / Limits.BucketsPerWindow;
            }
        }

        return windows[^1] / Limits.BucketsPerWindow;
    }
}
