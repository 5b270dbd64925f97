using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Storage.Lists;
using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.Outbox;

/// <summary>The statements that change messages, each run in somebody's transaction.</summary>
internal static class MessageTable
{
    public const string InsertMessages = """
        INSERT INTO messages (message_id, partition, customer_key, campaign, campaign_version, step_id, channel, template, address, status, reason,
            attempts, decided_at, expires_at, next_attempt_at, closed_at, data)
        SELECT message_id, partition, customer_key, campaign, campaign_version, step_id, channel, template, address, 'queued', '',
            0, decided_at, expires_at, least(decided_at, $13), 0, data
        FROM unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[], $11::bigint[], $12::bytea[])
            AS m (message_id, partition, customer_key, campaign, campaign_version, step_id, channel, template, address, decided_at, expires_at, data)
        ON CONFLICT (message_id) DO NOTHING RETURNING message_id
        """;

    public const string CancelMessages = """
        UPDATE messages SET cancel_reason = $1, next_attempt_at = least(next_attempt_at, $2)
        WHERE status = 'queued' AND cancel_reason IS NULL AND campaign = coalesce($3::text, campaign) AND channel = coalesce($4::text, channel)
        """;

    public const string CancelDecidedBefore = """
        UPDATE messages SET cancel_reason = $1, next_attempt_at = least(next_attempt_at, $2) WHERE status = 'queued' AND cancel_reason IS NULL AND decided_at < $3
        """;

    public const string CancelOfCustomer = CancelMessages + " AND customer_key = $5";

    public const string CloseMessages = """
        UPDATE messages m SET status = c.status, reason = c.reason, closed_at = c.at, attempts = c.attempts, data = CASE WHEN c.status = 'failed' THEN m.data ELSE '' END
        FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::int[]) AS c (message_id, status, reason, at, attempts)
        WHERE m.message_id = c.message_id AND m.status = 'queued'
        """;

    /// <summary>Locked, so that an erasure or another process's close that meets this one comes before or behind it.</summary>
    public const string LockQueued = "SELECT message_id FROM messages WHERE message_id = ANY ($1) AND status = 'queued' ORDER BY message_id FOR UPDATE";

    public const string RetryMessage = "UPDATE messages SET attempts = $2, next_attempt_at = $3, reason = $4 WHERE message_id = $1 AND status = 'queued'";

    public const string ResendMessage = """
        UPDATE messages SET status = 'queued', reason = '', cancel_reason = $4, attempts = 0, next_attempt_at = $2, expires_at = $3, closed_at = 0
        WHERE message_id = $1 AND status = 'failed'
        """;

    public const string DeleteOfCustomer = "DELETE FROM messages WHERE customer_key = ANY ($1)";

    /// <summary>A decision whose id is there already is the same decision: it is left alone. A fresh message is due, whatever a clock that jumped back shows.</summary>
    public static void Insert(Statements statements, List<MessageDecision> messages, int partitions, long now, List<QueuedMessage> queued)
    {
        if (messages.Count == 0)
        {
            return;
        }

        var byId = new Dictionary<string, MessageDecision>(messages.Count, StringComparer.Ordinal);
        foreach (var message in messages)
        {
            byId.TryAdd(message.MessageId, message);
        }

        var rows = byId.Values.ToArray();
        statements.Read(
            InsertMessages,
            row => queued.Add(ToQueued(byId[row.Text(0)])),
            Column(rows, each => each.MessageId), Column(rows, each => (short)CustomerKey.PartitionOf(new CustomerKey(each.CustomerKey).Hash(), partitions)), Column(rows, each => each.CustomerKey),
            Column(rows, each => each.Campaign), Column(rows, each => each.CampaignVersion), Column(rows, each => each.StepId), Column(rows, each => each.Channel),
            Column(rows, each => each.Template), Column(rows, each => each.Address), Column(rows, each => each.DecidedAt), Column(rows, each => each.ExpiresAt), Column(rows, each => each.Data), now);
    }

    /// <summary>Behind the inserts of the same commit: where a decision and a cancellation meet, not sending is the safe side. What is cancelled is due at once.</summary>
    public static void Cancel(Statements statements, List<Cancellation> cancellations, long now)
    {
        foreach (var (customerKey, campaign, channel, reason) in cancellations)
        {
            if (customerKey is null)
            {
                statements.Add(CancelMessages, reason, now, campaign, channel);
            }
            else
            {
                statements.Add(CancelOfCustomer, reason, now, campaign, channel, customerKey);
            }
        }
    }

    public static void Close(Statements statements, IReadOnlyList<OutboxClose> closed)
    {
        if (closed.Count > 0)
        {
            // In the order of ids, so that two transactions seldom wait for each other.
            var rows = closed.OrderBy(each => each.MessageId, StringComparer.Ordinal).ToArray();
            statements.Add(
                CloseMessages, Column(rows, each => each.MessageId), Column(rows, each => MessageStatusNames.Of(each.Status)), Column(rows, each => each.Reason),
                Column(rows, each => each.At), Column(rows, each => each.Attempts));
        }
    }

    private static QueuedMessage ToQueued(MessageDecision message)
        => new(
            message.MessageId, message.CustomerKey, message.Campaign, message.CampaignVersion, message.StepId, message.Channel, message.Template, message.Address,
            message.Data, message.DecidedAt, message.ExpiresAt, 0);

    private static T[] Column<TRow, T>(TRow[] rows, Converter<TRow, T> value) => Array.ConvertAll(rows, value);
}
