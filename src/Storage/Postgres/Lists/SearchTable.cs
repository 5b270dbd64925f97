using Triggers.Storage.Lists;
using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.Lists;

/// <summary>Customers by id, e-mail and name; written by the commits.</summary>
internal sealed class SearchTable(PostgresDatabase database) : ISearchIndex
{
    public const string Upsert = """
        INSERT INTO search (customer_key, id_lower, email_lower, name_lower, email, name)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
        ON CONFLICT (customer_key) DO UPDATE SET email_lower = excluded.email_lower, name_lower = excluded.name_lower, email = excluded.email, name = excluded.name
        """;

    public const string DeleteOfCustomer = "DELETE FROM search WHERE customer_key = ANY ($1)";

    public static readonly string[] SelectByPrefix =
    [
        "SELECT customer_key, email, name FROM search WHERE id_lower >= $1 AND id_lower < $2 ORDER BY id_lower LIMIT $3",
        "SELECT customer_key, email, name FROM search WHERE email_lower >= $1 AND email_lower < $2 ORDER BY email_lower LIMIT $3",
        "SELECT customer_key, email, name FROM search WHERE name_lower >= $1 AND name_lower < $2 ORDER BY name_lower LIMIT $3",
    ];

    public static void Index(Statements statements, List<IndexedCustomer> customers)
    {
        if (customers.Count == 0)
        {
            return;
        }

        // Of several entries of one customer the last counts; sorted, so that two commits never wait for each other in turn.
        var last = new SortedDictionary<string, IndexedCustomer>(StringComparer.Ordinal);
        foreach (var customer in customers)
        {
            last[customer.CustomerKey] = customer;
        }

        var rows = last.Values.ToArray();
        statements.Add(
            Upsert, Array.ConvertAll(rows, each => each.CustomerKey), Array.ConvertAll(rows, SearchText.IdOf), Array.ConvertAll(rows, each => SearchText.Lower(each.Email)),
            Array.ConvertAll(rows, each => SearchText.NameOf(each)), Array.ConvertAll(rows, each => each.Email), Array.ConvertAll(rows, each => each.Name));
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
        foreach (var sql in SelectByPrefix)
        {
            foreach (var customer in database.Query(sql, row => new IndexedCustomer(row.Text(0), row.TextOrNull(1), row.TextOrNull(2)), prefix, prefix + SearchText.AfterPrefix, limit))
            {
                found[customer.CustomerKey] = customer;
            }
        }

        return SearchText.Order(found.Values, prefix, limit);
    }
}
