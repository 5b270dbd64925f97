using Triggers.Engine.Effects;
using Triggers.Storage.Lists;
using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Writing;

namespace Triggers.Storage.Sqlite.Outbox;

/// <summary>The statements that change messages, each run by the writer in somebody's transaction.</summary>
internal static class MessageTable
{
    public const string InsertMessage = """
        INSERT INTO Messages (MessageId, CustomerKey, Campaign, CampaignVersion, StepId, Channel, Template, Address, Status, Reason, CancelReason,
            Attempts, DecidedAt, ExpiresAt, NextAttemptAt, ClosedAt, Data)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'queued', '', NULL, 0, ?9, ?10, ?11, 0, ?12)
        ON CONFLICT (MessageId) DO NOTHING
        """;

    public const string CancelOfCustomer = """
        UPDATE Messages SET CancelReason = ?1, NextAttemptAt = min(NextAttemptAt, ?2)
        WHERE CustomerKey = ?3 AND Status = 'queued' AND CancelReason IS NULL AND (?4 IS NULL OR Campaign = ?4) AND (?5 IS NULL OR Channel = ?5)
        """;

    public const string CancelOfEverybody = """
        UPDATE Messages SET CancelReason = ?1, NextAttemptAt = min(NextAttemptAt, ?2)
        WHERE Status = 'queued' AND CancelReason IS NULL AND (?4 IS NULL OR Campaign = ?4) AND (?5 IS NULL OR Channel = ?5)
        """;

    public const string CancelDecidedBefore = """
        UPDATE Messages SET CancelReason = ?1, NextAttemptAt = min(NextAttemptAt, ?2) WHERE Status = 'queued' AND CancelReason IS NULL AND DecidedAt < ?3
        """;

    public const string CloseMessage = """
        UPDATE Messages SET Status = ?2, Reason = ?3, ClosedAt = ?4, Attempts = ?5, Data = CASE WHEN ?2 = 'failed' THEN Data ELSE x'' END
        WHERE MessageId = ?1 AND Status = 'queued'
        """;

    public const string RetryMessage = "UPDATE Messages SET Attempts = ?2, NextAttemptAt = ?3, Reason = ?4 WHERE MessageId = ?1 AND Status = 'queued'";

    public const string ResendMessage = """
        UPDATE Messages SET Status = 'queued', Reason = '', CancelReason = ?4, Attempts = 0, NextAttemptAt = ?2, ExpiresAt = ?3, ClosedAt = 0
        WHERE MessageId = ?1 AND Status = 'failed'
        """;

    public const string DeleteOfCustomer = "DELETE FROM Messages WHERE CustomerKey = ?1";

    public const string CountQueuedOfCustomer = "SELECT count(*) FROM Messages WHERE CustomerKey = ?1 AND Status = 'queued'";

    /// <summary>A decision whose id is there already is the same decision: it is left alone.</summary>
    public static void Insert(WriteTransaction transaction, List<MessageDecision> messages)
    {
        foreach (var message in messages)
        {
            // The clock may have jumped back behind the decision: a fresh message is due whatever it shows.
            var inserted = transaction.Database.Statement(InsertMessage)
                .Bind(1, message.MessageId).Bind(2, message.CustomerKey).Bind(3, message.Campaign).Bind(4, message.CampaignVersion)
                .Bind(5, message.StepId).Bind(6, message.Channel).Bind(7, message.Template).Bind(8, message.Address)
                .Bind(9, message.DecidedAt).Bind(10, message.ExpiresAt).Bind(11, Math.Min(message.DecidedAt, transaction.Now)).Bind(12, message.Data)
                .Run();
            if (inserted > 0)
            {
                transaction.CountQueued(1);
                transaction.Queue(new QueuedMessage(
                    message.MessageId, message.CustomerKey, message.Campaign, message.CampaignVersion, message.StepId, message.Channel,
                    message.Template, message.Address, message.Data, message.DecidedAt, message.ExpiresAt, 0));
            }
        }
    }

    /// <summary>
    /// Runs after the inserts of the same commit: where a decision and a cancellation meet in one commit, not sending is the safe side.
    /// What is cancelled is due at once, since it waits for nothing any more.
    /// </summary>
    public static void Cancel(WriteTransaction transaction, List<Cancellation> cancellations)
    {
        foreach (var cancellation in cancellations)
        {
            var everybody = cancellation.CustomerKey is null;
            var statement = transaction.Database.Statement(everybody ? CancelOfEverybody : CancelOfCustomer)
                .Bind(1, cancellation.Reason).Bind(2, transaction.Now).Bind(4, cancellation.Campaign).Bind(5, cancellation.Channel);
            if (!everybody)
            {
                statement.Bind(3, cancellation.CustomerKey);
            }

            statement.Run();
        }
    }

    /// <summary>Ids of those that were not queued (closed before, or erased).</summary>
    public static HashSet<string> Close(WriteTransaction transaction, IReadOnlyList<OutboxClose> closed)
    {
        var others = new HashSet<string>(StringComparer.Ordinal);
        foreach (var close in closed)
        {
            var rows = transaction.Database.Statement(CloseMessage)
                .Bind(1, close.MessageId).Bind(2, MessageStatusNames.Of(close.Status)).Bind(3, close.Reason).Bind(4, close.At).Bind(5, close.Attempts).Run();
            transaction.CountQueued(-rows);
            if (rows == 0)
            {
                others.Add(close.MessageId);
            }
        }

        return others;
    }

    /// <summary>Removes a customer's messages, sent or not.</summary>
    public static void Erase(WriteTransaction transaction, string customerKey)
    {
        using (var count = transaction.Database.Statement(CountQueuedOfCustomer).Bind(1, customerKey))
        {
            count.Step();
            transaction.CountQueued(-count.Int32(0));
        }

        transaction.Database.Statement(DeleteOfCustomer).Bind(1, customerKey).Run();
    }
}
