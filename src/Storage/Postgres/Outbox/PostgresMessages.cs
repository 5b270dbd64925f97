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

        return database.Query(Select(customerKey is not null, campaign is not null, status is not null, MessageStatusNames.AreFew(status)), Read, [.. arguments]);
    }

    /// <summary>
    /// One text for each combination of filters. Compared as a row, the filter with the narrowest index is the only way to the order asked for: a plan made for any value takes a
    /// filter for a common one, and walks the whole table where it is not.
    /// </summary>
    /// <param name="few">Few messages have the status.</param>
    public static string Select(bool customer, bool campaign, bool status, bool few = false)
    {
        var filters = new List<string>();
        filters.AddRange(customer ? ["customer_key"] : []);
        filters.AddRange(campaign ? ["campaign"] : []);
        filters.AddRange(status ? ["status"] : []);
        if (filters.Count == 0)
        {
            return Columns + " WHERE sequence < $1 ORDER BY sequence DESC LIMIT $2";
        }

        var narrowest = few && !customer ? filters.Count - 1 : 0;
        return Columns + $" WHERE ({filters[narrowest]}, sequence) < (${narrowest + 3}, $1)"
            + string.Concat(filters.Select((filter, index) => $" AND {filter} {(index == narrowest ? ">=" : "=")} ${index + 3}"))
            + $" ORDER BY {filters[narrowest]} DESC, sequence DESC LIMIT $2";
    }

    private static MessageRow Read(NpgsqlDataReader row)
        => new(
            row.GetInt64(0), row.Text(1), row.Text(2), row.Text(3), row.GetInt32(4), row.Text(5), row.Text(6), row.Text(7), row.Text(8),
            MessageStatusNames.Read(row.Text(9)), row.Text(10), row.GetInt32(11), row.GetInt64(12), row.GetInt64(13));
}
