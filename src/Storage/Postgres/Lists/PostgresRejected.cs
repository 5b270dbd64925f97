using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.Lists;

/// <summary>The newest events that could not be taken in, and the number of all.</summary>
internal sealed class PostgresRejected(PostgresDatabase database) : IRejectedStore
{
    /// <summary>The total's row is locked first: sequences are dense.</summary>
    public const string Count = "UPDATE rejected_total SET total = total + $1 RETURNING total";

    public const string Insert = "INSERT INTO rejected (sequence, at, source, reason, payload) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[])";
    public const string SelectAll = "SELECT sequence, reason, payload FROM rejected";
    public const string Blank = "UPDATE rejected SET reason = 'erased with its customer', payload = '' WHERE sequence = ANY ($1)";
    public const string DeleteOld = "DELETE FROM rejected WHERE sequence <= $1";
    public const string SelectPage = "SELECT sequence, at, source, reason, payload FROM rejected WHERE sequence < $1 ORDER BY sequence DESC LIMIT $2";

    public long Total => database.Query("SELECT total FROM rejected_total", row => row.GetInt64(0))[0];

    public Task AddAsync(IReadOnlyList<RejectedEvent> events)
        => database.WriteAsync(async connection =>
        {
            long total = 0;
            await new Statements().Read(Count, row => total = row.GetInt64(0), (long)events.Count).RunAsync(connection).ConfigureAwait(false);
            var first = total - events.Count + 1;
            await new Statements()
                .Add(
                    Insert, events.Select((_, index) => first + index).ToArray(), events.Select(each => each.At).ToArray(), events.Select(each => each.Source).ToArray(),
                    events.Select(each => each.Reason).ToArray(), events.Select(each => Cut(each.Payload)).ToArray())
                .Add(DeleteOld, total - Storage.Limits.ListedItems)
                .RunAsync(connection).ConfigureAwait(false);
            return true;
        });

    public IReadOnlyList<RejectedEvent> List(long? before, int limit)
        => database.Query(SelectPage, row => new RejectedEvent(row.GetInt64(0), row.GetInt64(1), row.Text(2), row.Text(3), row.Text(4)), before ?? long.MaxValue, limit);

    private static string Cut(string payload) => payload.Length > Storage.Limits.RejectedPayloadChars ? payload[..Storage.Limits.RejectedPayloadChars] : payload;
}
