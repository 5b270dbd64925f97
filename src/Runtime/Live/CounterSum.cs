using System.Runtime.InteropServices;

namespace Triggers.Runtime.Live;

/// <summary>
/// Counters of several parts (partitions of a process, processes of a cluster) and their sums. A part brings its totals when it comes and takes them with it when it
/// leaves, so nothing is counted twice however parts move. Not safe for several threads.
/// </summary>
internal sealed class CounterSum<TPart>
    where TPart : notnull
{
    private readonly Dictionary<TPart, Dictionary<string, long>> _parts = [];
    private readonly Dictionary<string, long> _totals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _moved = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);

    public long this[string name] => _totals.GetValueOrDefault(name);

    public bool Has(TPart part) => _parts.ContainsKey(part);

    /// <summary>Replaces what the part had.</summary>
    public void Come(TPart part, IReadOnlyDictionary<string, long> totals)
    {
        Leave(part);
        _parts[part] = new Dictionary<string, long>(totals, StringComparer.Ordinal);
        foreach (var (name, total) in totals)
        {
            Move(name, total);
        }
    }

    public void Leave(TPart part)
    {
        if (_parts.Remove(part, out var totals))
        {
            foreach (var (name, total) in totals)
            {
                Move(name, -total);
            }
        }
    }

    /// <summary>Of a part that is here.</summary>
    public void Add(TPart part, string name, long delta)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_parts[part], name, out _) += delta;
        Change(name, delta);
    }

    /// <summary>Of a part that is here.</summary>
    public void Set(TPart part, string name, long total)
    {
        ref var mine = ref CollectionsMarshal.GetValueRefOrAddDefault(_parts[part], name, out _);
        Change(name, total - mine);
        mine = total;
    }

    /// <summary>What was counted while parts were here, without what they brought.</summary>
    public long CountedHere(string name) => this[name] - _moved.GetValueOrDefault(name);

    public Dictionary<string, long> All() => new(_totals, StringComparer.Ordinal);

    /// <summary>Totals whose name begins with the prefix, under the rest of their name.</summary>
    public Dictionary<string, long> Under(string prefix)
    {
        var found = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (name, total) in _totals)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                found[name[prefix.Length..]] = total;
            }
        }

        return found;
    }

    /// <summary>What changed since the last call, with its totals.</summary>
    public Dictionary<string, long> TakeChanges()
    {
        var changes = new Dictionary<string, long>(_changed.Count, StringComparer.Ordinal);
        foreach (var name in _changed)
        {
            changes[name] = _totals[name];
        }

        _changed.Clear();
        return changes;
    }

    private void Move(string name, long total)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_moved, name, out _) += total;
        Change(name, total);
    }

    private void Change(string name, long delta)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_totals, name, out _) += delta;
        _changed.Add(name);
    }
}
