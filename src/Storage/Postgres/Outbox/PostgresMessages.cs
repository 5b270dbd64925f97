using Npgsql;
using Triggers.Storage.Lists;
using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.Outbox;

/// <summary>Every message, newest first.</summary>
internal sealed class PostgresMessages(PostgresDatabase database) : IMessageStore
{
    private const string Columns = """
        SELECT sequence, message_id, customer_key, campaign, campaign_version, step_id, channel, template, address, status, reason, attempts, decided_at, closed_at FROM messages
        """;

    public const string SelectById = Columns + " WHERE message_id = $1";

    public MessageRow? Find(string messageId) => database.Query(SelectById, Read, messageId) is [var row] ? row : null;

    public IReadOnlyList<MessageRow> List(string? customerKey, string? campaign, MessageStatus? status, long? before, int limit)
    {
        var arguments = new List<object?> { before ?? long.MaxValue, limit };
        if (customerKey is not null)
        {
            arguments.Add(customerKey);
        }

        if (campaign is not null)
        {
            arguments.Add(campaign);
        }

        if (status is { } wanted)
        {
            arguments.Add(MessageStatusNames.Of(wanted));
        }

        return database.Query(Select(customerKey is not null, campaign is not null, status is not null), Read, [.. arguments]);
    }

    /// <summary>One text for each combination of filters.</summary>
    public static string Select(bool customer, bool campaign, bool status)
    {
        var next = 3;
        return Columns + " WHERE sequence < $1"
            + (customer ? $" AND customer_key = ${next++}" : "")
            + (campaign ? $" AND campaign = ${next++}" : "")
            + (status ? $" AND status = ${next}" : "")
            + " ORDER BY sequence DESC LIMIT $2";
    }

    private static MessageRow Read(NpgsqlDataReader row)
        => new(
            row.GetInt64(0), row.Text(1), row.Text(2), row.Text(3), row.GetInt32(4), row.Text(5), row.Text(6), row.Text(7), row.Text(8),
            MessageStatusNames.Read(row.Text(9)), row.Text(10), row.GetInt32(11), row.GetInt64(12), row.GetInt64(13));
}
