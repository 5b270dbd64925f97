using System.Diagnostics;
using Npgsql;
using Triggers.Engine.Records;
using Triggers.Storage.Postgres.Data;
using Triggers.Storage.Postgres.Writing;

namespace Triggers.Storage.Postgres.Outbox;

/// <summary>The pump's work list.</summary>
internal sealed class PostgresOutbox(PostgresDatabase database, AppendWriter appends) : IOutbox
{
    private const string Names = "message_id, customer_key, campaign, campaign_version, step_id, channel, template, address, data, decided_at, expires_at, attempts";
    private const string Columns = "SELECT " + Names + " FROM messages";

    public const string SelectDue = Columns + """
         WHERE status = 'queued' AND channel = $1 AND next_attempt_at <= $2 AND message_id <> ALL ($3) ORDER BY next_attempt_at, sequence LIMIT $4
        """;

    /// <summary>Each partition's first ones, then the first of those: what other processes have queued is not even looked at.</summary>
    public const string SelectDueOfPartitions = $"""
        SELECT {Names} FROM unnest($5::smallint[]) AS own (number) CROSS JOIN LATERAL (
            SELECT {Names}, next_attempt_at, sequence FROM messages
            WHERE status = 'queued' AND partition = own.number AND channel = $1 AND next_attempt_at <= $2 AND message_id <> ALL ($3) ORDER BY next_attempt_at, sequence LIMIT $4) AS due
        ORDER BY next_attempt_at, sequence LIMIT $4
        """;

    public const string SelectNextAttempt = """
        SELECT next_attempt_at FROM messages WHERE status = 'queued' AND channel = $1 AND next_attempt_at > $2 ORDER BY next_attempt_at LIMIT 1
        """;

    public const string SelectNextAttemptOfPartitions = """
        SELECT next_attempt_at FROM unnest($3::smallint[]) AS own (number) CROSS JOIN LATERAL (
            SELECT next_attempt_at FROM messages WHERE status = 'queued' AND partition = own.number AND channel = $1 AND next_attempt_at > $2 ORDER BY next_attempt_at LIMIT 1) AS next
        ORDER BY next_attempt_at LIMIT 1
        """;

    public const string SelectLook = "SELECT m.cancel_reason, p.epoch FROM messages m JOIN partitions p USING (partition) WHERE m.message_id = $1 AND m.status = 'queued'";

    public const string SelectDepth = "SELECT count(*), coalesce(min(decided_at), 0) FROM messages WHERE status = 'queued'";

    public const string SelectDepthOfPartitions = """
        SELECT coalesce(sum(count), 0)::bigint, coalesce(min(oldest), 0) FROM unnest($1::smallint[]) AS own (number) CROSS JOIN LATERAL (
            SELECT count(*), min(decided_at) AS oldest FROM messages WHERE status = 'queued' AND partition = own.number) AS queued
        """;

    public const string SelectDepths = """
        SELECT d.channel, d.count, m.decided_at
        FROM (SELECT channel, count(*) AS count, min(sequence) AS first FROM messages WHERE status = 'queued' GROUP BY channel) d JOIN messages m ON m.sequence = d.first
        """;

    public const string SelectDeadLetters = "SELECT count(*) FROM messages WHERE status = 'failed'";

    private readonly Lock _lock = new();
    private (long Count, long OldestDecidedAt) _depth;
    private IReadOnlySet<int>? _depthOf;
    private long _depthAt;
    private TimeSpan _depthCost;

    public event Action<IReadOnlyList<QueuedMessage>>? Queued;

    public void RaiseQueued(IReadOnlyList<QueuedMessage> messages) => Queued?.Invoke(messages);

    public IReadOnlyList<QueuedMessage> ReadDue(string channel, long now, int limit, IReadOnlySet<string> except, IReadOnlySet<int>? partitions = null)
        => partitions is null
            ? database.Query(SelectDue, ReadQueued, channel, now, except.ToArray(), limit)
            : database.Query(SelectDueOfPartitions, ReadQueued, channel, now, except.ToArray(), limit, Numbers(partitions));

    public long NextAttempt(string channel, long after, IReadOnlySet<int>? partitions = null)
    {
        var found = partitions is null
            ? database.Query(SelectNextAttempt, row => row.GetInt64(0), channel, after)
            : database.Query(SelectNextAttemptOfPartitions, row => row.GetInt64(0), channel, after, Numbers(partitions));
        return found is [var next] ? next : long.MaxValue;
    }

    public OutboxLook? Look(string messageId)
        => database.Query(SelectLook, row => new OutboxLook(row.TextOrNull(0), row.GetInt64(1)), messageId) is [var look] ? look : null;

    public Task<int> CloseAsync(IReadOnlyList<OutboxClose> closed, RecordBatch outcomes) => appends.CloseAsync(closed, outcomes);

    public Task RetryAsync(string messageId, int attempts, long nextAttemptAt, string reason)
        => database.WriteAsync(MessageTable.RetryMessage, messageId, attempts, nextAttemptAt, reason);

    public Task<int> CancelAsync(long decidedBefore, long now, string reason) => database.WriteAsync(MessageTable.CancelDecidedBefore, reason, now, decidedBefore);

    public async Task<bool> ResendAsync(string messageId, long now, long expiresAt, string? cancelReason = null)
        => await database.WriteAsync(MessageTable.ResendMessage, messageId, now, expiresAt, cancelReason).ConfigureAwait(false) > 0;

    /// <summary>Counted on the server; with very many queued the last answer is given again for a while, and while the server is away.</summary>
    public (long Count, long OldestDecidedAt) Depth(IReadOnlySet<int>? partitions = null)
    {
        lock (_lock)
        {
            var age = Stopwatch.GetElapsedTime(_depthAt);
            if (_depthCost.TotalMilliseconds < 2 || !ReferenceEquals(partitions, _depthOf) || age > _depthCost * Limits.DepthRest || age > Limits.DepthAgeMax)
            {
                var began = Stopwatch.GetTimestamp();
                try
                {
                    _depth = partitions is null
                        ? database.Query(SelectDepth, row => (row.GetInt64(0), row.GetInt64(1)))[0]
                        : database.Query(SelectDepthOfPartitions, row => (row.GetInt64(0), row.GetInt64(1)), Numbers(partitions))[0];
                    _depthOf = partitions;
                }
                catch (Exception error) when (Failures.IsUnavailable(error))
                {
                    // Known again when it is back.
                }

                _depthAt = Stopwatch.GetTimestamp();
                _depthCost = Stopwatch.GetElapsedTime(began);
            }

            return _depth;
        }
    }

    public IReadOnlyList<ChannelDepth> Depths() => database.Query(SelectDepths, row => new ChannelDepth(row.Text(0), row.GetInt64(1), row.GetInt64(2)));

    public long CountDeadLetters() => database.Query(SelectDeadLetters, row => row.GetInt64(0))[0];

    /// <summary>Those of the given messages that are queued.</summary>
    public static List<QueuedMessage> QueuedOf(PostgresDatabase database, IEnumerable<string> messageIds)
        => messageIds.ToArray() is { Length: > 0 } ids ? database.Query(Columns + " WHERE message_id = ANY ($1) AND status = 'queued' ORDER BY sequence", ReadQueued, [ids]) : [];

    private static short[] Numbers(IReadOnlySet<int> partitions) => [.. partitions.Select(partition => (short)partition)];

    private static QueuedMessage ReadQueued(NpgsqlDataReader row)
        => new(
            row.Text(0), row.Text(1), row.Text(2), row.GetInt32(3), row.Text(4), row.Text(5), row.Text(6), row.Text(7), row.Bytes(8), row.GetInt64(9), row.GetInt64(10), row.GetInt32(11));
}
