using Triggers.Storage.Postgres.Data;
using Triggers.Storage.Postgres.Lists;
using Triggers.Storage.Postgres.Outbox;

namespace Triggers.Storage.Postgres.Runs;

/// <summary>
/// Forgets a customer: in the erasing commit itself messages, mailbox, places on lists, examples of violations, search row and state go; the bytes in the log are rewritten right after, in the
/// background, from a durable list, so that a crash cannot leave them.
/// </summary>
internal static class ErasureTable
{
    private const string Insert = """
        INSERT INTO erasures (customer_key, partition, before, at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (customer_key) DO UPDATE SET before = excluded.before, at = excluded.at
        """;

    public static void Begin(Statements statements, string customerKey, int partition, long before, long at)
    {
        string[] key = [customerKey];
        statements.Add(MessageTable.DeleteOfCustomer, [key]).Add(PostgresMailbox.DeleteOfCustomer, [key]).Add(SearchTable.DeleteOfCustomer, [key])
            .Add(PostgresQuality.DeleteOfCustomer, customerKey).Add(Insert, customerKey, (short)partition, before, at);
        if (customerKey.StartsWith("u:", StringComparison.Ordinal))
        {
            statements.Add(PostgresLists.CountErased, customerKey[2..]).Add(PostgresLists.DeleteErased, customerKey[2..]);
        }
    }
}
