using Triggers.Storage.Sqlite.Data;

namespace Triggers.Storage.Sqlite.Writing;

/// <summary>Counter names by number, so that a commit row holds numbers, and the totals of what is committed. The writer's; totals are read under its lock.</summary>
internal sealed class CounterTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<string> _names = [""];
    private readonly List<long> _totals = [0];
    private readonly HashSet<int> _unfolded = [];
    private int _stored = 1;

    public void Load(SqliteDatabase database)
    {
        using var statement = database.Statement("SELECT Id, Name, Total FROM Counters ORDER BY Id");
        while (statement.Step())
        {
            var id = statement.Int32(0);
            if (id != _names.Count)
            {
                throw new InvalidDataException($"Counter {id} stands where {_names.Count} should: the store is damaged.");
            }

            _ids.Add(statement.Text(1), id);
            _names.Add(statement.Text(1));
            _totals.Add(statement.Int64(2));
        }

        _stored = _names.Count;
    }

    /// <summary>The number of a name, given now if it is new.</summary>
    public int IdOf(string name)
    {
        if (!_ids.TryGetValue(name, out var id))
        {
            lock (_lock)
            {
                id = _names.Count;
                _ids.Add(name, id);
                _names.Add(name);
                _totals.Add(0);
            }
        }

        return id;
    }

    /// <summary>Writes names given since the last commit into the running transaction.</summary>
    public void StoreNewNames(SqliteDatabase database)
    {
        for (var id = _stored; id < _names.Count; id++)
        {
            database.Statement("INSERT OR IGNORE INTO Counters (Id, Name, Total) VALUES (?, ?, 0)").Bind(1, id).Bind(2, _names[id]).Run();
        }
    }

    /// <summary>After the commit.</summary>
    public void Committed(IReadOnlyDictionary<int, long> deltas)
    {
        _stored = _names.Count;
        lock (_lock)
        {
            foreach (var (id, delta) in deltas)
            {
                Add(id, delta);
            }
        }
    }

    /// <summary>As <see cref="Add"/>, of a commit row read at open.</summary>
    public void Replay(int id, long delta)
    {
        if (id <= 0 || id >= _totals.Count)
        {
            throw new InvalidDataException($"A commit row of counter {id}, of {_totals.Count - 1}: the log is damaged.");
        }

        Add(id, delta);
    }

    public void Add(int id, long delta)
    {
        _totals[id] += delta;
        _unfolded.Add(id);
    }

    public void Fold(SqliteDatabase database)
    {
        foreach (var id in _unfolded)
        {
            database.Statement("UPDATE Counters SET Total = ? WHERE Id = ?").Bind(1, _totals[id]).Bind(2, id).Run();
        }
    }

    public void Folded() => _unfolded.Clear();

    public Dictionary<string, long> Totals()
    {
        lock (_lock)
        {
            var totals = new Dictionary<string, long>(_names.Count, StringComparer.Ordinal);
            for (var id = 1; id < _names.Count; id++)
            {
                totals.Add(_names[id], _totals[id]);
            }

            return totals;
        }
    }
}
