using Triggers.Engine.Records;
using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Writing;

namespace Triggers.Storage.Sqlite.Outbox;

/// <summary>The pump's work list.</summary>
internal sealed class SqliteOutbox(StoreWriter writer, StoreState state, ReadPool pool) : IOutbox
{
    public const string SelectDue = """
        SELECT MessageId, CustomerKey, Campaign, CampaignVersion, StepId, Channel, Template, Address, Data, DecidedAt, ExpiresAt, Attempts
        FROM Messages WHERE Status = 'queued' AND Channel = ?1 AND NextAttemptAt <= ?2 ORDER BY NextAttemptAt, Sequence
        """;

    public const string SelectNextAttempt = """
        SELECT NextAttemptAt FROM Messages WHERE Status = 'queued' AND Channel = ?1 AND NextAttemptAt > ?2 ORDER BY NextAttemptAt LIMIT 1
        """;

    public const string SelectCancelReason = "SELECT CancelReason FROM Messages WHERE MessageId = ?1";

    public const string SelectOldest = "SELECT DecidedAt FROM Messages WHERE Status = 'queued' ORDER BY Sequence LIMIT 1";

    public event Action<IReadOnlyList<QueuedMessage>>? Queued
    {
        add => state.Queued += value;
        remove => state.Queued -= value;
    }

    public IReadOnlyList<QueuedMessage> ReadDue(string channel, long now, int limit, IReadOnlySet<string> except)
    {
        var due = new List<QueuedMessage>();
        using var lease = pool.Rent();
        using var row = lease.Statement(SelectDue).Bind(1, channel).Bind(2, now);
        while (due.Count < limit && row.Step())
        {
            var messageId = row.Text(0);
            if (!except.Contains(messageId))
            {
                due.Add(new QueuedMessage(
                    messageId, row.Text(1), row.Text(2), row.Int32(3), row.Text(4), row.Text(5), row.Text(6), row.Text(7), row.Blob(8).ToArray(),
                    row.Int64(9), row.Int64(10), row.Int32(11)));
            }
        }

        return due;
    }

    public long NextAttempt(string channel, long after)
    {
        using var lease = pool.Rent();
        using var row = lease.Statement(SelectNextAttempt).Bind(1, channel).Bind(2, after);
        return row.Step() ? row.Int64(0) : long.MaxValue;
    }

    public string? CancelReason(string messageId)
    {
        using var lease = pool.Rent();
        using var row = lease.Statement(SelectCancelReason).Bind(1, messageId);

        // Erased meanwhile: not to be sent either.
        return row.Step() ? row.TextOrNull(0) : "erased";
    }

    public Task<int> CloseAsync(IReadOnlyList<OutboxClose> closed, RecordBatch outcomes)
        => writer.Run(transaction =>
        {
            var appended = MessageTable.Close(transaction, closed) ? outcomes : WithoutErased(transaction, outcomes);
            transaction.Append(appended);
            return appended.Count;
        });

    public Task RetryAsync(string messageId, int attempts, long nextAttemptAt, string reason)
        => writer.Run(transaction => transaction.Database.Statement(MessageTable.RetryMessage).Bind(1, messageId).Bind(2, attempts).Bind(3, nextAttemptAt).Bind(4, reason).Run());

    public Task<bool> ResendAsync(string messageId, long now, long expiresAt)
        => writer.Run(transaction =>
        {
            var rows = transaction.Database.Statement(MessageTable.ResendMessage).Bind(1, messageId).Bind(2, now).Bind(3, expiresAt).Run();
            transaction.CountQueued(rows);
            return rows > 0;
        });

    public (long Count, long OldestDecidedAt) Depth()
    {
        var count = state.QueuedMessages;
        if (count == 0)
        {
            return (0, 0);
        }

        using var lease = pool.Rent();
        using var row = lease.Statement(SelectOldest);
        return row.Step() ? (count, row.Int64(0)) : (0, 0);
    }

    private static RecordBatch WithoutErased(WriteTransaction transaction, RecordBatch outcomes)
    {
        var kept = new RecordBatch();
        transaction.AfterCommit(kept.Dispose);
        for (var i = 0; i < outcomes.Count; i++)
        {
            RecordView.Read(outcomes.Bytes[outcomes.Entries[i].Start..], out var view);
            using var row = transaction.Database.Statement(SqliteMessages.SelectExists).Bind(1, Convert.ToHexStringLower(view.MessageId));
            if (row.Step())
            {
                kept.AddRange(outcomes, i, 1);
            }
        }

        return kept;
    }
}
