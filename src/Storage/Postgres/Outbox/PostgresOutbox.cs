using System.Diagnostics;
using Npgsql;
using Triggers.Engine.Records;
using Triggers.Storage.Postgres.Data;
using Triggers.Storage.Postgres.Writing;

namespace Triggers.Storage.Postgres.Outbox;

/// <summary>The pump's work list.</summary>
internal sealed class PostgresOutbox(PostgresDatabase database, AppendWriter appends) : IOutbox
{
    private const string Columns = """
        SELECT message_id, customer_key, campaign, campaign_version, step_id, channel, template, address, data, decided_at, expires_at, attempts FROM messages
        """;

    public const string SelectDue = Columns + """
         WHERE status = 'queued' AND channel = $1 AND next_attempt_at <= $2 AND message_id <> ALL ($3) ORDER BY next_attempt_at, sequence LIMIT $4
        """;

    public const string SelectNextAttempt = """
        SELECT next_attempt_at FROM messages WHERE status = 'queued' AND channel = $1 AND next_attempt_at > $2 ORDER BY next_attempt_at LIMIT 1
        """;

    public const string SelectCancelReason = "SELECT cancel_reason FROM messages WHERE message_id = $1";

    public const string SelectDepth = """
        SELECT (SELECT count(*) FROM messages WHERE status = 'queued'), coalesce((SELECT decided_at FROM messages WHERE status = 'queued' ORDER BY sequence LIMIT 1), 0)
        """;

    private readonly Lock _lock = new();
    private (long Count, long OldestDecidedAt) _depth;
    private long _depthAt;
    private TimeSpan _depthCost;

    public event Action<IReadOnlyList<QueuedMessage>>? Queued;

    public void RaiseQueued(IReadOnlyList<QueuedMessage> messages) => Queued?.Invoke(messages);

    public IReadOnlyList<QueuedMessage> ReadDue(string channel, long now, int limit, IReadOnlySet<string> except)
        => database.Query(SelectDue, ReadQueued, channel, now, except.ToArray(), limit);

    public long NextAttempt(string channel, long after)
        => database.Query(SelectNextAttempt, row => row.GetInt64(0), channel, after) is [var next] ? next : long.MaxValue;

    // Erased meanwhile: not to be sent either.
    public string? CancelReason(string messageId)
        => database.Query(SelectCancelReason, row => row.TextOrNull(0), messageId) is [var reason] ? reason : "erased";

    public Task<int> CloseAsync(IReadOnlyList<OutboxClose> closed, RecordBatch outcomes) => appends.CloseAsync(closed, outcomes);

    public Task RetryAsync(string messageId, int attempts, long nextAttemptAt, string reason)
        => database.WriteAsync(MessageTable.RetryMessage, messageId, attempts, nextAttemptAt, reason);

    public async Task<bool> ResendAsync(string messageId, long now, long expiresAt)
        => await database.WriteAsync(MessageTable.ResendMessage, messageId, now, expiresAt).ConfigureAwait(false) > 0;

    /// <summary>Counted on the server; with very many queued the last answer is given again for a while, and while the server is away.</summary>
    public (long Count, long OldestDecidedAt) Depth()
    {
        lock (_lock)
        {
            if (_depthCost.TotalMilliseconds < 2 || Stopwatch.GetElapsedTime(_depthAt) > _depthCost * Limits.DepthRest)
            {
                var began = Stopwatch.GetTimestamp();
                try
                {
                    _depth = database.Query(SelectDepth, row => (row.GetInt64(0), row.GetInt64(1)))[0];
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

    /// <summary>Those of the given messages that are queued.</summary>
    public static List<QueuedMessage> QueuedOf(PostgresDatabase database, IEnumerable<string> messageIds)
        => messageIds.ToArray() is { Length: > 0 } ids ? database.Query(Columns + " WHERE message_id = ANY ($1) AND status = 'queued' ORDER BY sequence", ReadQueued, [ids]) : [];

    private static QueuedMessage ReadQueued(NpgsqlDataReader row)
        => new(
            row.Text(0), row.Text(1), row.Text(2), row.GetInt32(3), row.Text(4), row.Text(5), row.Text(6), row.Text(7), row.Bytes(8), row.GetInt64(9), row.GetInt64(10), row.GetInt32(11));
}
