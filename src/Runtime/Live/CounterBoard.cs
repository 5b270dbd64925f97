using Triggers.Engine.Effects;

namespace Triggers.Runtime.Live;

/// <summary>
/// Durable totals of the partitions of this process: what the store had of each when it came, plus each commit once it is on disk. Tells the live feed what changed since
/// it last asked. A process that is alone counts for all partitions together.
/// </summary>
internal sealed class CounterBoard
{
    /// <summary>In the place of a partition: all of them.</summary>
    private const int Together = -1;

    private readonly Lock _lock = new();
    private readonly CounterSum<int> _sum = new();
    private readonly List<Decision> _recent = [];
    private readonly bool _isTogether;

    /// <param name="alone">Totals of a process that is alone; null: partitions bring theirs.</param>
    public CounterBoard(IReadOnlyDictionary<string, long>? alone)
    {
        if (alone is not null)
        {
            _isTogether = true;
            _sum.Come(Together, alone);
            _sum.TakeChanges();
        }
    }

    /// <summary>Raised on the publishing loop's thread: set a flag and return.</summary>
    public event Action? Changed;

    public long this[string name]
    {
        get
        {
            lock (_lock)
            {
                return _sum[name];
            }
        }
    }

    /// <summary>A partition came with its totals.</summary>
    public void Come(int partition, IReadOnlyDictionary<string, long> totals)
    {
        lock (_lock)
        {
            _sum.Come(partition, totals);
        }

        Changed?.Invoke();
    }

    /// <summary>A partition left; what it commits from now on is told elsewhere.</summary>
    public void Leave(int partition)
    {
        lock (_lock)
        {
            _sum.Leave(partition);
        }

        Changed?.Invoke();
    }

    /// <param name="partition">The first that the commit advances, which the store counts for.</param>
    public void Publish(int partition, Dictionary<Counter, long> deltas, Decision[] recent)
    {
        if (deltas.Count == 0 && recent.Length == 0)
        {
            return;
        }

        lock (_lock)
        {
            var part = _isTogether ? Together : partition;
            if (!_sum.Has(part))
            {
                // It left meanwhile: its new owner read this commit with the totals.
                return;
            }

            foreach (var (counter, delta) in deltas)
            {
                _sum.Add(part, counter.Name, delta);
            }

            _recent.AddRange(recent);
            if (_recent.Count > Limits.FeedMax)
            {
                _recent.RemoveRange(0, _recent.Count - Limits.FeedMax);
            }
        }

        Changed?.Invoke();
    }

    /// <summary>What this process has counted, whatever came or left.</summary>
    public long CountedHere(string name)
    {
        lock (_lock)
        {
            return _sum.CountedHere(name);
        }
    }

    public Dictionary<string, long> All()
    {
        lock (_lock)
        {
            return _sum.All();
        }
    }

    /// <summary>Totals whose name begins with the prefix, under the rest of their name.</summary>
    public Dictionary<string, long> Under(string prefix)
    {
        lock (_lock)
        {
            return _sum.Under(prefix);
        }
    }

    /// <summary>What changed since the last call, with its totals, and the decisions since then, oldest first.</summary>
    public (Dictionary<string, long> Counters, Decision[] Recent) TakeChanges()
    {
        lock (_lock)
        {
            Decision[] recent = [.. _recent];
            _recent.Clear();
            return (_sum.TakeChanges(), recent);
        }
    }
}
