using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.Lists;

/// <summary>Statistics of events, added up by every process in one table, and the newest examples.</summary>
internal sealed class PostgresQuality(PostgresDatabase database) : IQualityStore
{
    public const string SelectExamplesToErase = "SELECT at, writer, number, customer_key, found FROM violation_examples";
    public const string DeleteExample = "DELETE FROM violation_examples WHERE at = $1 AND writer = $2 AND number = $3";
    public const string DeleteOfCustomer = "DELETE FROM violation_examples WHERE customer_key = $1";

    /// <summary>No row: the batch is there already. An answer that was lost leaves that in doubt.</summary>
    private const string Claim = """
        INSERT INTO quality_writers AS kept (writer, number, day) VALUES ($1, $2, $3)
        ON CONFLICT (writer) DO UPDATE SET number = excluded.number, day = excluded.day WHERE kept.number < excluded.number RETURNING 1
        """;

    private const string Upsert = """
        INSERT INTO quality_counts AS kept (slot, kind, name, path, rule, count, first_at, last_at, note)
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::text[])
        ON CONFLICT (slot, kind, name, path, rule) DO UPDATE SET
            count = kept.count + excluded.count, first_at = least(kept.first_at, excluded.first_at), last_at = greatest(kept.last_at, excluded.last_at),
            note = CASE WHEN excluded.last_at >= kept.last_at THEN excluded.note ELSE kept.note END
        """;

    private const string InsertExamples = """
        INSERT INTO violation_examples (at, writer, number, customer_key, source, event, path, rule, expected, found, action)
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])
        """;

    public const string DeleteOldDays = "DELETE FROM quality_counts WHERE slot < $1 AND kind <> 'hour'";

    // An hour's number is far above any day's, so that the hours are found without those.
    public const string DeleteOldHours = "DELETE FROM quality_counts WHERE slot > 100000 AND slot < $1 AND kind = 'hour'";

    private const string DeleteOldWriters = "DELETE FROM quality_writers WHERE day < $1";

    private const string DeleteOldExamples = """
        DELETE FROM violation_examples WHERE at < $1
            OR (at, writer, number) <= (SELECT at, writer, number FROM violation_examples ORDER BY at DESC, writer DESC, number DESC LIMIT 1 OFFSET $2)
        """;

    private const string SelectSums = """
        SELECT kind, name, path, rule, sum(count)::bigint, min(first_at), max(last_at), (array_agg(note ORDER BY last_at DESC))[1] FROM quality_counts
        WHERE (kind <> 'hour' AND slot >= $1) OR (kind = 'hour' AND slot >= $2) GROUP BY kind, name, path, rule
        """;

    private const string SelectExamples = """
        SELECT at, writer, number, customer_key, source, event, path, rule, expected, found, action FROM violation_examples
        WHERE at >= $1 ORDER BY at DESC, writer DESC, number DESC
        """;

    public Task AddAsync(QualityBatch batch)
    {
        // In one order everywhere, so that two processes never wait for each other in turn.
        var rows = batch.Counts
            .OrderBy(each => each.Slot).ThenBy(each => each.Kind, StringComparer.Ordinal).ThenBy(each => each.Name, StringComparer.Ordinal)
            .ThenBy(each => each.Path, StringComparer.Ordinal).ThenBy(each => each.Rule, StringComparer.Ordinal).ToArray();
        ViolationExample[] examples = [.. batch.Examples];
        return database.WriteAsync(async connection =>
        {
            var isNew = false;
            await new Statements().Read(Claim, _ => isNew = true, batch.Writer, batch.Number, batch.From.Day).RunAsync(connection).ConfigureAwait(false);
            var statements = new Statements();
            if (isNew && rows.Length > 0)
            {
                statements.Add(
                    Upsert, Array.ConvertAll(rows, each => each.Slot), Array.ConvertAll(rows, each => each.Kind), Array.ConvertAll(rows, each => each.Name),
                    Array.ConvertAll(rows, each => each.Path), Array.ConvertAll(rows, each => each.Rule), Array.ConvertAll(rows, each => each.Count),
                    Array.ConvertAll(rows, each => each.FirstAt), Array.ConvertAll(rows, each => each.LastAt), Array.ConvertAll(rows, each => each.Note));
            }

            if (isNew && examples.Length > 0)
            {
                statements.Add(
                    InsertExamples, Array.ConvertAll(examples, each => each.At), Array.ConvertAll(examples, each => each.Writer), Array.ConvertAll(examples, each => each.Number),
                    Array.ConvertAll(examples, each => each.CustomerKey), Array.ConvertAll(examples, each => each.Source), Array.ConvertAll(examples, each => each.Event),
                    Array.ConvertAll(examples, each => each.Path), Array.ConvertAll(examples, each => each.Rule), Array.ConvertAll(examples, each => each.Expected),
                    Array.ConvertAll(examples, each => each.Found), Array.ConvertAll(examples, each => each.Action));
            }

            await statements.Add(DeleteOldDays, batch.From.Day).Add(DeleteOldHours, batch.From.Hour).Add(DeleteOldWriters, batch.From.Day)
                .Add(DeleteOldExamples, batch.From.Example, (long)Storage.Limits.ViolationExamples).RunAsync(connection).ConfigureAwait(false);
            return isNew;
        });
    }

    public IReadOnlyList<QualityCount> Sum(QualityHorizon from)
        => database.Query(
            SelectSums,
            row => new QualityCount(0, row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.Text(7)),
            from.Day, from.Hour);

    public IReadOnlyList<ViolationExample> Examples(QualityHorizon from)
        => database.Query(
            SelectExamples,
            row => new ViolationExample(
                row.GetInt64(0), row.Text(1), row.GetInt64(2), row.Text(3), row.Text(4), row.Text(5), row.Text(6), row.Text(7), row.Text(8), row.Text(9), row.Text(10)),
            from.Example);
}
