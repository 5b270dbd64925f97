namespace Triggers.Engine.Segments;

/// <summary>
/// What a customer did of one behaviour (event, condition, value): totals for ever, and the instants that some window still sees, ascending.
/// One state serves every window over the same behaviour.
/// </summary>
internal struct BehaviourState
{
    public ulong Id;

    /// <summary>How often, ever.</summary>
    public long Total;

    /// <summary>Sum of the values, ever, in millionths.</summary>
    public long Sum;

    /// <summary>Exact instants, or the newest instant of a bucket; in use: [Start, End).</summary>
    public long[] Times;

    /// <summary>Values in millionths, beside <see cref="Times"/>; null: the behaviour has no value.</summary>
    public long[]? Sums;

    /// <summary>How many events stand at each place; null: one each (no bucket yet).</summary>
    public int[]? Counts;
    public int Start;
    public int End;

    public readonly int Length => End - Start;

    public static BehaviourState Create(ulong id, bool hasValue) => new() { Id = id, Times = [], Sums = hasValue ? [] : null };

    /// <summary>Index of the first instant after a boundary.</summary>
    public readonly int FirstAfter(long boundary)
    {
        int low = Start, high = End;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (Times[middle] > boundary)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    public readonly long CountFrom(int index)
    {
        if (Counts is null)
        {
            return End - index;
        }

        long count = 0;
        for (; index < End; index++)
        {
            count += Counts[index];
        }

        return count;
    }

    public readonly long SumFrom(int index)
    {
        long sum = 0;
        for (; index < End; index++)
        {
            sum = Scoring.FixedPoint.Add(sum, Sums![index]);
        }

        return sum;
    }

    /// <summary>Forgets instants that no window sees any more.</summary>
    public void Forget(long boundary)
    {
        while (Start < End && Times[Start] <= boundary)
        {
            Start++;
        }

        if (Start == End)
        {
            Start = End = 0;
        }
    }

    /// <summary>Places one event (or a bucket of them) by its instant.</summary>
    /// <param name="windows">Lengths of the windows over this behaviour, ascending, not empty.</param>
    public void Insert(long instant, int count, long sum, long now, ReadOnlySpan<long> windows)
    {
        Forget(now - windows[^1]);
        if (instant <= now - windows[^1])
        {
            return;
        }

        if (End == Times.Length)
        {
            MakeRoom(now, windows);
        }

        var at = End;
        while (at > Start && Times[at - 1] > instant)
        {
            at--;
        }

        if (count != 1 && Counts is null)
        {
            Counts = new int[Times.Length];
            Counts.AsSpan(Start, Length).Fill(1);
        }

        Array.Copy(Times, at, Times, at + 1, End - at);
        Times[at] = instant;
        if (Sums is not null)
        {
            Array.Copy(Sums, at, Sums, at + 1, End - at);
            Sums[at] = sum;
        }

        if (Counts is not null)
        {
            Array.Copy(Counts, at, Counts, at + 1, End - at);
            Counts[at] = count;
        }

        End++;
    }

    /// <summary>Makes room at the end: by moving to the front, by joining old instants to buckets once there are too many, or by growing.</summary>
    private void MakeRoom(long now, ReadOnlySpan<long> windows)
    {
        if (Length >= Limits.ExactInstantsMax)
        {
            Compact(now, windows);
        }

        var capacity = Times.Length;
        if (Length > capacity - Math.Max(capacity / 4, 1))
        {
            capacity = Math.Max(2, capacity < Limits.ExactInstantsMax ? Math.Min(capacity * 2, Limits.ExactInstantsMax) : capacity + (capacity / 2));
        }

        Move(capacity);
    }

    private void Move(int capacity)
    {
        Times = Moved(Times, capacity);
        Sums = Sums is null ? null : Moved(Sums, capacity);
        Counts = Counts is null ? null : Moved(Counts, capacity);
        (Start, End) = (0, Length);
    }

    private readonly T[] Moved<T>(T[] from, int capacity)
    {
        var to = capacity == from.Length ? from : new T[capacity];
        Array.Copy(from, Start, to, 0, Length);
        return to;
    }

    /// <summary>Joins instants that fall into the same thousandth of the shortest window that still sees them, except the newest half of the exact ones.</summary>
    private void Compact(long now, ReadOnlySpan<long> windows)
    {
        var exactFrom = End - (Limits.ExactInstantsMax / 2);
        if (Counts is null)
        {
            Counts = new int[Times.Length];
            Counts.AsSpan(Start, Length).Fill(1);
        }

        var to = Start;
        var lastBucket = long.MinValue;
        var lastWidth = 0L;
        for (var i = Start; i < End; i++)
        {
            var width = i < exactFrom ? Width(now - Times[i], windows) : 0;
            var bucket = width == 0 ? 0 : Times[i] / width;
            if (width > 0 && width == lastWidth && bucket == lastBucket)
            {
                Times[to - 1] = Times[i];
                Counts[to - 1] += Counts[i];
                if (Sums is not null)
                {
                    Sums[to - 1] = Scoring.FixedPoint.Add(Sums[to - 1], Sums[i]);
                }

                continue;
            }

            (lastBucket, lastWidth) = (bucket, width);
            Times[to] = Times[i];
            Counts[to] = Counts[i];
            if (Sums is not null)
            {
                Sums[to] = Sums[i];
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
