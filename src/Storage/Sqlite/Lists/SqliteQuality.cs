using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Writing;

namespace Triggers.Storage.Sqlite.Lists;

/// <summary>Statistics of events, added up in their table, and the newest examples.</summary>
internal sealed class SqliteQuality(StoreWriter writer, ReadPool pool) : IQualityStore
{
    public const string SelectExamplesToErase = "SELECT At, Writer, Number, CustomerKey, Found FROM ViolationExamples";
    public const string DeleteExample = "DELETE FROM ViolationExamples WHERE At = ?1 AND Writer = ?2 AND Number = ?3";
    public const string DeleteOfCustomer = "DELETE FROM ViolationExamples WHERE CustomerKey = ?1";

    private const string Claim = """
        INSERT INTO QualityWriters (Writer, Number, Day) VALUES (?1, ?2, ?3)
        ON CONFLICT (Writer) DO UPDATE SET Number = excluded.Number, Day = excluded.Day WHERE QualityWriters.Number < excluded.Number
        """;

    private const string Upsert = """
        INSERT INTO QualityCounts (Slot, Kind, Name, Path, Rule, Count, FirstAt, LastAt, Note) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        ON CONFLICT (Slot, Kind, Name, Path, Rule) DO UPDATE SET
            Count = Count + excluded.Count, FirstAt = min(FirstAt, excluded.FirstAt), Note = CASE WHEN excluded.LastAt >= LastAt THEN excluded.Note ELSE Note END,
            LastAt = max(LastAt, excluded.LastAt)
        """;

    private const string InsertExample = """
        INSERT INTO ViolationExamples (At, Writer, Number, CustomerKey, Source, Event, Path, Rule, Expected, Found, Action) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        """;

    public const string DeleteOldDays = "DELETE FROM QualityCounts WHERE Slot < ?1 AND Kind <> 'hour'";

    // An hour's number is far above any day's, so that the hours are found without those.
    public const string DeleteOldHours = "DELETE FROM QualityCounts WHERE Slot > 100000 AND Slot < ?1 AND Kind = 'hour'";

    private const string DeleteOldWriters = "DELETE FROM QualityWriters WHERE Day < ?1";

    private const string DeleteOldExamples = "DELETE FROM ViolationExamples WHERE At < ?1";

    private const string DeleteFurtherExamples = """
        DELETE FROM ViolationExamples WHERE (At, Writer, Number) <= (SELECT At, Writer, Number FROM ViolationExamples ORDER BY At DESC, Writer DESC, Number DESC LIMIT 1 OFFSET ?1)
        """;

    // The note is that of the last one: it stands behind its instant, in as many digits as all of them have.
    private const string SelectSums = """
        SELECT Kind, Name, Path, Rule, sum(Count), min(FirstAt), max(LastAt), substr(max(printf('%020d', LastAt) || Note), 21) FROM QualityCounts
        WHERE (Kind <> 'hour' AND Slot >= ?1) OR (Kind = 'hour' AND Slot >= ?2) GROUP BY Kind, Name, Path, Rule
        """;

    private const string SelectExamples = """
        SELECT At, Writer, Number, CustomerKey, Source, Event, Path, Rule, Expected, Found, Action FROM ViolationExamples WHERE At >= ?1 ORDER BY At DESC, Writer DESC, Number DESC
        """;

    public Task AddAsync(QualityBatch batch) => writer.RunInBackground(transaction =>
    {
        var database = transaction.Database;
        var from = batch.From;
        database.Statement(DeleteOldDays).Bind(1, from.Day).Run();
        database.Statement(DeleteOldHours).Bind(1, from.Hour).Run();
        database.Statement(DeleteOldWriters).Bind(1, from.Day).Run();
        database.Statement(DeleteOldExamples).Bind(1, from.Example).Run();
        if (database.Statement(Claim).Bind(1, batch.Writer).Bind(2, batch.Number).Bind(3, from.Day).Run() == 0)
        {
            return false;
        }

        foreach (var count in batch.Counts)
        {
            database.Statement(Upsert)
                .Bind(1, count.Slot).Bind(2, count.Kind).Bind(3, count.Name).Bind(4, count.Path).Bind(5, count.Rule).Bind(6, count.Count).Bind(7, count.FirstAt).Bind(8, count.LastAt)
                .Bind(9, count.Note).Run();
        }

        foreach (var example in batch.Examples)
        {
            database.Statement(InsertExample)
                .Bind(1, example.At).Bind(2, example.Writer).Bind(3, example.Number).Bind(4, example.CustomerKey).Bind(5, example.Source).Bind(6, example.Event).Bind(7, example.Path)
                .Bind(8, example.Rule).Bind(9, example.Expected).Bind(10, example.Found).Bind(11, example.Action).Run();
        }

        database.Statement(DeleteFurtherExamples).Bind(1, Storage.Limits.ViolationExamples).Run();
        return true;
    });

    public IReadOnlyList<QualityCount> Sum(QualityHorizon from)
    {
        using var lease = pool.Rent();
        using var row = lease.Statement(SelectSums).Bind(1, from.Day).Bind(2, from.Hour);
        var counts = new List<QualityCount>();
        while (row.Step())
        {
            counts.Add(new QualityCount(0, row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Int64(4), row.Int64(5), row.Int64(6), row.Text(7)));
        }

        return counts;
    }

    public IReadOnlyList<ViolationExample> Examples(QualityHorizon from)
    {
        using var lease = pool.Rent();
        using var row = lease.Statement(SelectExamples).Bind(1, from.Example);
        var examples = new List<ViolationExample>();
        while (row.Step())
        {
            examples.Add(new ViolationExample(
                row.Int64(0), row.Text(1), row.Int64(2), row.Text(3), row.Text(4), row.Text(5), row.Text(6), row.Text(7), row.Text(8), row.Text(9), row.Text(10)));
        }

        return examples;
    }
}
