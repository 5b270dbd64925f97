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

    public const string SelectNextAttempts = """
        SELECT NextAttemptAt, CustomerKey FROM Messages WHERE Status = 'queued' AND Channel = ?1 AND NextAttemptAt > ?2 ORDER BY NextAttemptAt
        """;

    public const string SelectLook = "SELECT CancelReason, CustomerKey FROM Messages WHERE MessageId = ?1 AND Status = 'queued'";

    public const string SelectQueued = "SELECT DecidedAt, CustomerKey FROM Messages WHERE Status = 'queued' ORDER BY Sequence";

    public const string SelectDepths = """
        SELECT d.Channel, d.Count, m.DecidedAt
        FROM (SELECT Channel, count(*) AS Count, min(Sequence) AS First FROM Messages WHERE Status = 'queued' GROUP BY Channel) d JOIN Messages m ON m.Sequence = d.First
        """;

    public const string SelectDeadLetters = "SELECT count(*) FROM Messages WHERE Status = 'failed'";

    public event Action<IReadOnlyList<QueuedMessage>>? Queued
    {
        add => state.Queued += value;
        remove => state.Queued -= value;
    }

    public IReadOnlyList<QueuedMessage> ReadDue(string channel, long now, int limit, IReadOnlySet<string> except, IReadOnlySet<int>? partitions = null)
    {
        var due = SelectDueRows(channel, now, limit, except, partitions);
        state.AwaitLanding();
        return due;
    }

    private List<QueuedMessage> SelectDueRows(string channel, long now, int limit, IReadOnlySet<string> except, IReadOnlySet<int>? partitions)
    {
        var due = new List<QueuedMessage>();
        using var lease = pool.Rent();
        using var row = lease.Statement(SelectDue).Bind(1, channel).Bind(2, now);
        while (due.Count < limit && row.Step())
        {
            var messageId = row.Text(0);
            if (!except.Contains(messageId) && IsIn(partitions, row.Text(1)))
            {
                due.Add(new QueuedMessage(
                    messageId, row.Text(1), row.Text(2), row.Int32(3), row.Text(4), row.Text(5), row.Text(6), row.Text(7), row.Blob(8).ToArray(),
                    row.Int64(9), row.Int64(10), row.Int32(11)));
            }
        }

        return due;
    }

    public long NextAttempt(string channel, long after, IReadOnlySet<int>? partitions = null)
    {
        using var lease = pool.Rent();
        using var row = lease.Statement(SelectNextAttempts).Bind(1, channel).Bind(2, after);
        while (row.Step())
        {
            if (IsIn(partitions, row.Text(1)))
            {
                return row.Int64(0);
            }
        }

        return long.MaxValue;
    }

    public OutboxLook? Look(string messageId)
    {
        using var lease = pool.Rent();
        using var row = lease.Statement(SelectLook).Bind(1, messageId);
        return row.Step() ? new OutboxLook(row.TextOrNull(0), EpochOf(row.Text(1))) : null;
    }

    public Task<int> CloseAsync(IReadOnlyList<OutboxClose> closed, RecordBatch outcomes)
        => writer.Run(transaction =>
        {
            var appended = MessageTable.Close(transaction, closed) is { Count: > 0 } others ? Without(others, transaction, outcomes) : outcomes;
            transaction.Append(appended);
            return appended.Count;
        });

    public Task RetryAsync(string messageId, int attempts, long nextAttemptAt, string reason)
        => writer.Run(transaction => transaction.Database.Statement(MessageTable.RetryMessage).Bind(1, messageId).Bind(2, attempts).Bind(3, nextAttemptAt).Bind(4, reason).Run());

    public Task<int> CancelAsync(long decidedBefore, long now, string reason)
        => writer.Run(transaction => transaction.Database.Statement(MessageTable.CancelDecidedBefore).Bind(1, reason).Bind(2, now).Bind(3, decidedBefore).Run());

    public Task<bool> ResendAsync(string messageId, long now, long expiresAt, string? cancelReason = null)
        => writer.Run(transaction =>
        {
            var rows = transaction.Database.Statement(MessageTable.ResendMessage).Bind(1, messageId).Bind(2, now).Bind(3, expiresAt).Bind(4, cancelReason).Run();
            transaction.CountQueued(rows);
            return rows > 0;
        });

    public (long Count, long OldestDecidedAt) Depth(IReadOnlySet<int>? partitions = null)
    {
        var all = state.QueuedMessages;
        if (all == 0)
        {
            return (0, 0);
        }

        using var lease = pool.Rent();
        using var row = lease.Statement(SelectQueued);
        if (partitions is null)
        {
            return row.Step() ? (all, row.Int64(0)) : (0, 0);
        }

        var (count, oldest) = (0L, 0L);
        while (row.Step())
        {
            if (IsIn(partitions, row.Text(1)))
            {
                oldest = count++ == 0 ? row.Int64(0) : oldest;
            }
        }

        return (count, oldest);
    }

    public IReadOnlyList<ChannelDepth> Depths()
    {
        var depths = new List<ChannelDepth>();
        using var lease = pool.Rent();
        using var row = lease.Statement(SelectDepths);
        while (row.Step())
        {
            depths.Add(new ChannelDepth(row.Text(0), row.Int64(1), row.Int64(2)));
        }

        return depths;
    }

    public long CountDeadLetters()
    {
        using var lease = pool.Rent();
        using var row = lease.Statement(SelectDeadLetters);
        return row.Step() ? row.Int64(0) : 0;
    }

    private int PartitionOf(string customerKey) => CustomerKey.PartitionOf(new CustomerKey(customerKey).Hash(), state.Partitions.Length);

    /// <summary>The table does not say the partition: a process alone has them all, and asks for all.</summary>
    private bool IsIn(IReadOnlySet<int>? partitions, string customerKey) => partitions is null || partitions.Contains(PartitionOf(customerKey));

    private long EpochOf(string customerKey)
    {
        lock (state.Gate)
        {
            return state.Partitions[PartitionOf(customerKey)].Epoch;
        }
    }

    private static RecordBatch Without(HashSet<string> others, WriteTransaction transaction, RecordBatch outcomes)
    {
        var kept = new RecordBatch();
        transaction.AfterCommit(kept.Dispose);
        for (var i = 0; i < outcomes.Count; i++)
        {
            RecordView.Read(outcomes.Bytes[outcomes.Entries[i].Start..], out var view);
            if (!others.Contains(Convert.ToHexStringLower(view.MessageId)))
            {
                kept.AddRange(outcomes, i, 1);
            }
        }

        return kept;
    }
}
