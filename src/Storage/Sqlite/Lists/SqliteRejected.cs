using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Writing;

namespace Triggers.Storage.Sqlite.Lists;

/// <summary>The newest events that could not be taken in, and the number of all.</summary>
internal sealed class SqliteRejected(StoreWriter writer, ReadPool pool) : IRejectedStore
{
    public const string Insert = "INSERT INTO Rejected (At, Source, Reason, Payload) VALUES (?1, ?2, ?3, ?4)";
    public const string DeleteOld = "DELETE FROM Rejected WHERE Sequence <= (SELECT max(Sequence) FROM Rejected) - ?1";
    public const string SelectAll = "SELECT Sequence, Reason, Payload FROM Rejected";
    public const string Blank = "UPDATE Rejected SET Reason = 'erased with its customer', Payload = '' WHERE Sequence = ?1";
    public const string SelectPage = "SELECT Sequence, At, Source, Reason, Payload FROM Rejected WHERE Sequence < ?1 ORDER BY Sequence DESC LIMIT ?2";

    public long Total
    {
        get
        {
            using var lease = pool.Rent();
            return lease.Database.Scalar("SELECT seq FROM sqlite_sequence WHERE name = 'Rejected'") ?? 0;
        }
    }

    public Task AddAsync(IReadOnlyList<RejectedEvent> events)
        => writer.Run(transaction =>
        {
            foreach (var item in events)
            {
                var payload = item.Payload.Length > Storage.Limits.RejectedPayloadChars ? item.Payload[..Storage.Limits.RejectedPayloadChars] : item.Payload;
                transaction.Database.Statement(Insert).Bind(1, item.At).Bind(2, item.Source).Bind(3, item.Reason).Bind(4, payload).Run();
            }

            return transaction.Database.Statement(DeleteOld).Bind(1, Storage.Limits.ListedItems).Run();
        });

    public IReadOnlyList<RejectedEvent> List(long? before, int limit)
    {
        using var lease = pool.Rent();
        using var row = lease.Statement(SelectPage).Bind(1, before ?? long.MaxValue).Bind(2, limit);
        var events = new List<RejectedEvent>();
        while (row.Step())
        {
            events.Add(new RejectedEvent(row.Int64(0), row.Int64(1), row.Text(2), row.Text(3), row.Text(4)));
        }

        return events;
    }
}
