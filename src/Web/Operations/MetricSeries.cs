namespace Triggers.Web.Operations;

/// <summary>One series' running value. Adding takes no lock.</summary>
internal sealed class MetricSeries(TagSet tags, double[]? bounds)
{
    private readonly long[]? _buckets = bounds is null ? null : new long[bounds.Length + 1];
    private double _value;

    public TagSet Tags { get; } = tags;

    /// <summary>Of a counter or gauge; of a histogram the sum.</summary>
    public double Value => Volatile.Read(ref _value);

    /// <summary>The look at observable instruments that last gave it a value.</summary>
    public long Observation { get; private set; }

    public void Add(double value)
    {
        var seen = Volatile.Read(ref _value);
        double before;
        do
        {
            before = seen;
            seen = Interlocked.CompareExchange(ref _value, before + value, before);
        }
        while (!seen.Equals(before));
    }

    public void Set(double value) => Volatile.Write(ref _value, value);

    /// <summary>A histogram's measurement.</summary>
    public void Record(double value)
    {
        var bucket = 0;
        while (bucket < bounds!.Length && value > bounds[bucket])
        {
            bucket++;
        }

        Interlocked.Increment(ref _buckets![bucket]);
        Add(value);
    }

    /// <summary>What an observable instrument says; several instruments of one name (several servers in a process) sum up.</summary>
    public void Observe(double value, long observation)
    {
        if (Observation == observation)
        {
            Add(value);
        }
        else
        {
            Observation = observation;
            Set(value);
        }
    }

    /// <summary>Of a histogram: how many measurements each bucket has, the last one without a bound.</summary>
    public long[] ReadBuckets()
    {
        var counts = new long[_buckets!.Length];
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            counts[bucket] = Volatile.Read(ref _buckets[bucket]);
        }

        return counts;
    }
}
