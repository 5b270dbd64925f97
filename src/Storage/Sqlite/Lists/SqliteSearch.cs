using Triggers.Storage.Lists;
using Triggers.Storage.Sqlite.Data;

namespace Triggers.Storage.Sqlite.Lists;

/// <summary>
/// Customers by id, e-mail and name. Commits bring entries in their commit row and into memory; the table is written behind them in sorted batches,
/// since a row with three indexes for each new customer would cost more than the log.
/// </summary>
internal sealed class SqliteSearch(ReadPool pool) : ISearchIndex
{
    public const string Upsert = """
        INSERT INTO Search (CustomerKey, IdLower, EmailLower, NameLower, Email, Name) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (CustomerKey) DO UPDATE SET EmailLower = excluded.EmailLower, NameLower = excluded.NameLower, Email = excluded.Email, Name = excluded.Name
        """;

    public const string Delete = "DELETE FROM Search WHERE CustomerKey = ?1";

    public static readonly string[] SelectByPrefix =
    [
        "SELECT CustomerKey, Email, Name FROM Search WHERE IdLower >= ?1 AND IdLower < ?2 ORDER BY IdLower LIMIT ?3",
        "SELECT CustomerKey, Email, Name FROM Search WHERE EmailLower >= ?1 AND EmailLower < ?2 ORDER BY EmailLower LIMIT ?3",
        "SELECT CustomerKey, Email, Name FROM Search WHERE NameLower >= ?1 AND NameLower < ?2 ORDER BY NameLower LIMIT ?3",
    ];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, IndexedCustomer?> _pending = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IndexedCustomer?> _writing = new(StringComparer.Ordinal);
    private long _pendingSeq;

    /// <summary>Entries not in the table yet.</summary>
    public int PendingCount
    {
        get
        {
            lock (_lock)
            {
                return _pending.Count + _writing.Count;
            }
        }
    }

    /// <param name="seq">The block whose commit row holds them.</param>
    public void AddPending(List<(string Key, IndexedCustomer? Customer)> customers, long seq)
    {
        if (customers.Count == 0)
        {
            return;
        }

        lock (_lock)
        {
            foreach (var (key, customer) in customers)
            {
                _pending[key] = customer;
            }

            _pendingSeq = seq;
        }
    }

    /// <param name="customer">Null: the customer leaves the index.</param>
    public void AddPending(string key, IndexedCustomer? customer, long seq)
    {
        lock (_lock)
        {
            _pending[key] = customer;
            _pendingSeq = seq;
        }
    }

    /// <summary>Takes everything pending, sorted by key so that neighbours share pages, and the block up to which the table will be complete.</summary>
    public (List<KeyValuePair<string, IndexedCustomer?>> Customers, long Seq) TakePending()
    {
        lock (_lock)
        {
            foreach (var (key, customer) in _pending)
            {
                _writing[key] = customer;
            }

            _pending.Clear();
            var customers = _writing.ToList();
            customers.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
            return (customers, _pendingSeq);
        }
    }

    /// <summary>All that was taken is in the table.</summary>
    public void Written()
    {
        lock (_lock)
        {
            _writing.Clear();
        }
    }

    public static void Write(SqliteDatabase database, string key, IndexedCustomer? customer)
    {
        if (customer is null)
        {
            database.Statement(Delete).Bind(1, key).Run();
            return;
        }

        database.Statement(Upsert)
            .Bind(1, customer.CustomerKey).Bind(2, SearchText.IdOf(customer)).Bind(3, SearchText.Lower(customer.Email)).Bind(4, SearchText.NameOf(customer))
            .Bind(5, customer.Email).Bind(6, customer.Name).Run();
    }

    public IReadOnlyList<IndexedCustomer> Find(string text, int limit) => FindBy(SearchText.PrefixOf(text), limit);

    public IReadOnlyList<IndexedCustomer> FindGroups(string text, int limit) => FindBy(SearchText.PrefixOfGroups(text), limit);

    private IReadOnlyList<IndexedCustomer> FindBy(string prefix, int limit)
    {
        if (prefix.Length == 0 || limit <= 0)
        {
            return [];
        }

        var found = new Dictionary<string, IndexedCustomer>(StringComparer.Ordinal);
        ReadTable(prefix, limit, found);
        lock (_lock)
        {
            Overlay(_writing, prefix, limit, found);
            Overlay(_pending, prefix, limit, found);
        }

        return SearchText.Order(found.Values, prefix, limit);
    }

    private void ReadTable(string prefix, int limit, Dictionary<string, IndexedCustomer> found)
    {
        using var lease = pool.Rent();
        foreach (var sql in SelectByPrefix)
        {
            using var row = lease.Statement(sql).Bind(1, prefix).Bind(2, prefix + SearchText.AfterPrefix).Bind(3, limit);
            while (row.Step())
            {
                found[row.Text(0)] = new IndexedCustomer(row.Text(0), row.TextOrNull(1), row.TextOrNull(2));
            }
        }
    }

    private static void Overlay(Dictionary<string, IndexedCustomer?> newer, string prefix, int limit, Dictionary<string, IndexedCustomer> found)
    {
        foreach (var (key, customer) in newer)
        {
            found.Remove(key);
            if (customer is not null && found.Count < limit * 4 && Matches(customer, prefix))
            {
                found[key] = customer;
            }
        }
    }

    private static bool Matches(IndexedCustomer customer, string prefix)
        => SearchText.IdOf(customer).StartsWith(prefix, StringComparison.Ordinal)
            || SearchText.Lower(customer.Email)?.StartsWith(prefix, StringComparison.Ordinal) == true
            || SearchText.NameOf(customer)?.StartsWith(prefix, StringComparison.Ordinal) == true;
}
