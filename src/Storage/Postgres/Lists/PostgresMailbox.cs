using Npgsql;
using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.Lists;

/// <summary>Mail kept for reading. When it is full the oldest leave.</summary>
internal sealed class PostgresMailbox(PostgresDatabase database) : IMailbox
{
    public const string Insert = """
        INSERT INTO mailbox (message_id, sender, recipient, subject, campaign, customer_key, at, is_test, headers, body_text, body_html)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 WHERE $8 OR EXISTS (SELECT 1 FROM messages WHERE message_id = $1)
        """;

    public const string DeleteOld = "DELETE FROM mailbox WHERE sequence <= (SELECT max(sequence) FROM mailbox) - $1";
    public const string DeleteOfCustomer = "DELETE FROM mailbox WHERE customer_key = ANY ($1)";
    public const string SelectPage = Columns + " WHERE sequence < $1 ORDER BY sequence DESC LIMIT $2";
    public const string SelectById = Columns + " WHERE message_id = $1 ORDER BY sequence DESC LIMIT 1";
    private const string Columns = "SELECT sequence, message_id, sender, recipient, subject, body_html, body_text, headers, campaign, customer_key, at, is_test FROM mailbox";

    public Task AddAsync(MailboxItem item)
        => database.WriteAsync(async connection =>
        {
            await new Statements()
                .Add(Insert, item.MessageId, item.From, item.To, item.Subject, item.Campaign, item.CustomerKey, item.At, item.IsTest, item.Headers, item.Text, item.Html)
                .Add(DeleteOld, (long)Storage.Limits.ListedItems)
                .RunAsync(connection).ConfigureAwait(false);
            return true;
        });

    public IReadOnlyList<MailboxItem> List(long? before, int limit) => database.Query(SelectPage, Read, before ?? long.MaxValue, limit);

    public MailboxItem? Find(string messageId) => database.Query(SelectById, Read, messageId) is [var item] ? item : null;

    public long Count() => database.Query("SELECT count(*) FROM mailbox", row => row.GetInt64(0))[0];

    private static MailboxItem Read(NpgsqlDataReader row)
        => new(
            row.GetInt64(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Text(5), row.Text(6), row.Text(7), row.Text(8), row.Text(9), row.GetInt64(10), row.GetBoolean(11));
}
