using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Writing;

namespace Triggers.Storage.Sqlite.Lists;

/// <summary>Mail kept for reading. When it is full the oldest leave.</summary>
internal sealed class SqliteMailbox(StoreWriter writer, ReadPool pool) : IMailbox
{
    public const string Insert = """
        INSERT INTO Mailbox (MessageId, "From", "To", Subject, Campaign, CustomerKey, At, IsTest, Headers, Text, Html)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 WHERE ?8 OR EXISTS (SELECT 1 FROM Messages WHERE MessageId = ?1)
        """;

    public const string DeleteOld = "DELETE FROM Mailbox WHERE Sequence <= (SELECT max(Sequence) FROM Mailbox) - ?1";
    public const string DeleteOfCustomer = "DELETE FROM Mailbox WHERE CustomerKey = ?1";
    public const string SelectPage = Columns + " WHERE Sequence < ?1 ORDER BY Sequence DESC LIMIT ?2";
    public const string SelectById = Columns + " WHERE MessageId = ?1 ORDER BY Sequence DESC LIMIT 1";
    private const string Columns = """SELECT Sequence, MessageId, "From", "To", Subject, Html, Text, Headers, Campaign, CustomerKey, At, IsTest FROM Mailbox""";

    public Task AddAsync(MailboxItem item)
        => writer.Run(transaction =>
        {
            transaction.Database.Statement(Insert)
                .Bind(1, item.MessageId).Bind(2, item.From).Bind(3, item.To).Bind(4, item.Subject).Bind(5, item.Campaign).Bind(6, item.CustomerKey)
                .Bind(7, item.At).Bind(8, item.IsTest ? 1 : 0).Bind(9, item.Headers).Bind(10, item.Text).Bind(11, item.Html).Run();
            return transaction.Database.Statement(DeleteOld).Bind(1, Storage.Limits.ListedItems).Run();
        });

    public IReadOnlyList<MailboxItem> List(long? before, int limit)
    {
        using var lease = pool.Rent();
        using var row = lease.Statement(SelectPage).Bind(1, before ?? long.MaxValue).Bind(2, limit);
        var items = new List<MailboxItem>();
        while (row.Step())
        {
            items.Add(Read(row));
        }

        return items;
    }

    public MailboxItem? Find(string messageId)
    {
        using var lease = pool.Rent();
        using var row = lease.Statement(SelectById).Bind(1, messageId);
        return row.Step() ? Read(row) : null;
    }

    public long Count()
    {
        using var lease = pool.Rent();
        return lease.Database.Scalar("SELECT count(*) FROM Mailbox") ?? 0;
    }

    private static MailboxItem Read(SqliteStatement row)
        => new(
            row.Int64(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Text(5), row.Text(6), row.Text(7), row.Text(8), row.Text(9),
            row.Int64(10), row.Int64(11) != 0);
}
