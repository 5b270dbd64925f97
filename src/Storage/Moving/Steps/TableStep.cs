using System.Text.Json;
using Triggers.Storage.Lists;
using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Moving.Steps;

/// <summary>The rows of one table. Search entries that a kill left beside their table come over what is in it.</summary>
internal sealed class TableStep : IMoveStep
{
    private readonly SqliteSource _source;
    private readonly MovedTable _table;
    private readonly int _sliceBytes;
    private readonly SortedDictionary<string, IndexedCustomer?> _pending = new(StringComparer.Ordinal);

    public TableStep(SqliteSource source, MovedTable table, int sliceBytes)
    {
        _source = source;
        _table = table;
        _sliceBytes = sliceBytes;
        if (table.IsSearch)
        {
            foreach (var (key, customer) in source.State.Search.TakePending().Customers)
            {
                _pending.Add(EscapedText.Escape(key)!, customer);
            }
        }
    }

    public MovedTable Table => _table;

    public string Name => _table.Target;

    /// <summary>The rows with which a slice ends are named by their keys; behind the table's own come, at once, those that are pending.</summary>
    public IEnumerable<Slice> Read(string position)
    {
        if (position == Position(_table.Keys, null))
        {
            yield break;
        }

        var after = position.Length == 0 ? null : Keys(position);
        while (true)
        {
            var rows = ReadSome(after);
            if (rows.Count == 0)
            {
                break;
            }

            after = rows[^1];
            rows.RemoveAll(IsPending);
            yield return Of(Position(_table.Keys, after), rows);
        }

        if (_pending.Count > 0)
        {
            yield return Of(Position(_table.Keys, null), [.. ReadPending()]);
        }
    }

    /// <summary>All of them, for who compares.</summary>
    public IEnumerable<object?[]> ReadAll()
    {
        using var lease = _source.Pool.Rent();
        foreach (var row in _table.ReadSource(lease.Database, null, _source.Info.Partitions))
        {
            if (!IsPending(row))
            {
                yield return row;
            }
        }

        foreach (var row in ReadPending())
        {
            yield return row;
        }
    }

    private static string Position(int keys, object?[]? row) => JsonSerializer.Serialize(row?.Take(keys).Select(key => key is string text ? (object)text : Convert.ToInt64(key, null)));

    private static object?[] Keys(string position)
        => [.. JsonSerializer.Deserialize<JsonElement[]>(position)!.Select(key => key.ValueKind == JsonValueKind.String ? key.GetString() : (object)key.GetInt64())];

    private Slice Of(string position, List<object?[]> rows) => new(position, rows.Count, [], connection => Slice.CopyAsync(connection, _table.Copy, rows));

    private List<object?[]> ReadSome(object?[]? after)
    {
        var rows = new List<object?[]>();
        var bytes = 0;
        using var lease = _source.Pool.Rent();
        foreach (var row in _table.ReadSource(lease.Database, after, _source.Info.Partitions))
        {
            rows.Add(row);
            bytes += Limits.RowBytes + row.Sum(value => value is string text ? text.Length : value is byte[] data ? data.Length : 8);
            if (bytes >= _sliceBytes)
            {
                break;
            }
        }

        return rows;
    }

    private bool IsPending(object?[] row) => _pending.Count > 0 && _pending.ContainsKey((string)row[0]!);

    private IEnumerable<object?[]> ReadPending()
    {
        foreach (var (key, customer) in _pending)
        {
            if (customer is not null)
            {
                yield return
                [
                    key, EscapedText.Escape(SearchText.IdOf(customer)), EscapedText.Escape(SearchText.Lower(customer.Email)), EscapedText.Escape(SearchText.NameOf(customer)),
                    EscapedText.Escape(customer.Email), EscapedText.Escape(customer.Name),
                ];
            }
        }
    }
}
