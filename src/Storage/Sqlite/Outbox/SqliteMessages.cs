using Triggers.Storage.Lists;
using Triggers.Storage.Sqlite.Data;

namespace Triggers.Storage.Sqlite.Outbox;

/// <summary>Every message, newest first.</summary>
internal sealed class SqliteMessages(ReadPool pool) : IMessageStore
{
    private const string Columns = "SELECT Sequence, MessageId, CustomerKey, Campaign, CampaignVersion, StepId, Channel, Template, Address, Status, Reason, Attempts, DecidedAt, ClosedAt FROM Messages";

    public const string SelectById = Columns + " WHERE MessageId = ?1";

    public MessageRow? Find(string messageId)
    {
        using var lease = pool.Rent();
        using var row = lease.Statement(SelectById).Bind(1, messageId);
        return row.Step() ? Read(row) : null;
    }

    public IReadOnlyList<MessageRow> List(string? customerKey, string? campaign, MessageStatus? status, long? before, int limit)
    {
        using var lease = pool.Rent();
        using var row = lease.Statement(Select(customerKey is not null, campaign is not null, status is not null, MessageStatusNames.AreFew(status))).Bind(1, before ?? long.MaxValue).Bind(2, limit);
        var next = 3;
        if (customerKey is not null)
        {
            row.Bind(next++, customerKey);
        }

        if (campaign is not null)
        {
            row.Bind(next++, campaign);
        }

        if (status is { } wanted)
        {
            row.Bind(next, MessageStatusNames.Of(wanted));
        }

        var rows = new List<MessageRow>();
        while (row.Step())
        {
            rows.Add(Read(row));
        }

        return rows;
    }

    /// <summary>One text for each combination of filters; a plus keeps an index from being chosen over the narrower one.</summary>
    /// <param name="few">Few messages have the status: fewer than any campaign's.</param>
    public static string Select(bool customer, bool campaign, bool status, bool few = false)
    {
        var next = 3;
        return Columns + " WHERE Sequence < ?1"
            + (customer ? $" AND CustomerKey = ?{next++}" : "")
            + (campaign ? $" AND {(customer || few ? "+" : "")}Campaign = ?{next++}" : "")
            + (status ? $" AND {(customer || (campaign && !few) ? "+" : "")}Status = ?{next}" : "")
            + " ORDER BY Sequence DESC LIMIT ?2";
    }

    private static MessageRow Read(SqliteStatement row)
        => new(
            row.Int64(0), row.Text(1), row.Text(2), row.Text(3), row.Int32(4), row.Text(5), row.Text(6), row.Text(7), row.Text(8),
            MessageStatusNames.Read(row.Text(9)), row.Text(10), row.Int32(11), row.Int64(12), row.Int64(13));
}
