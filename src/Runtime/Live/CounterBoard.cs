using System.Runtime.InteropServices;
using Triggers.Engine.Effects;
using Triggers.Storage;

namespace Triggers.Runtime.Live;

/// <summary>Every counter's durable total: what recovery found, plus each commit once it is on disk. Tells the live feed what changed since it last asked.</summary>
internal sealed class CounterBoard
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _totals;
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    private readonly List<Decision> _recent = [];

    public CounterBoard(Recovery recovery) => _totals = new Dictionary<string, long>(recovery.Counters, StringComparer.Ordinal);

    /// <summary>Raised on the publishing loop's thread: set a flag and return.</summary>
    public event Action? Changed;

    public long this[string name]
    {
        get
        {
            lock (_lock)
            {
                return _totals.GetValueOrDefault(name);
            }
        }
    }

    public void Publish(Dictionary<Counter, long> deltas, Decision[] recent)
    {
        if (deltas.Count == 0 && recent.Length == 0)
        {
            return;
        }

        lock (_lock)
        {
            foreach (var (counter, delta) in deltas)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_totals, counter.Name, out _) += delta;
                _changed.Add(counter.Name);
            }

            _recent.AddRange(recent);
            if (_recent.Count > Limits.FeedMax)
            {
                _recent.RemoveRange(0, _recent.Count - Limits.FeedMax);
            }
        }

        Changed?.Invoke();
    }

    public Dictionary<string, long> All()
    {
        lock (_lock)
        {
            return new Dictionary<string, long>(_totals, StringComparer.Ordinal);
        }
    }

    /// <summary>Totals whose name begins with the prefix, under the rest of their name.</summary>
    public Dictionary<string, long> Under(string prefix)
    {
        var found = new Dictionary<string, long>(StringComparer.Ordinal);
        lock (_lock)
        {
            foreach (var (name, total) in _totals)
            {
                if (name.StartsWith(prefix, StringComparison.Ordinal))
                {
                    found[name[prefix.Length..]] = total;
                }
            }
        }

        return found;
    }

    /// <summary>What changed since the last call, with its totals, and the decisions since then, oldest first.</summary>
    public (Dictionary<string, long> Counters, Decision[] Recent) TakeChanges()
    {
        lock (_lock)
        {
            var counters = new Dictionary<string, long>(_changed.Count, StringComparer.Ordinal);
            foreach (var name in _changed)
            {
                counters[name] = _totals[name];
            }

            _changed.Clear();
            Decision[] recent = [.. _recent];
            _recent.Clear();
            return (counters, recent);
        }
    }
}
