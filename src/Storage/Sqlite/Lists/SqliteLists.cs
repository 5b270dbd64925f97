using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Writing;

namespace Triggers.Storage.Sqlite.Lists;

/// <summary>Static lists and who is on them.</summary>
internal sealed class SqliteLists(StoreWriter writer, ReadPool pool) : IListStore
{
    public const string SelectPending = "SELECT List, UserId, Pending FROM ListMembers INDEXED BY ListMembersPending WHERE Pending <> 0 ORDER BY List LIMIT ?1";
    public const string SelectMembers = "SELECT UserId FROM ListMembers WHERE List = ?1 AND UserId > ?2 AND Pending <> 2 ORDER BY UserId LIMIT ?3";
    public const string CountErased = "UPDATE Lists SET Members = Members - 1 WHERE Id IN (SELECT List FROM ListMembers WHERE UserId = ?1 AND Pending <> 2)";
    public const string DeleteErased = "DELETE FROM ListMembers WHERE UserId = ?1";
    private const string Columns = "SELECT Id, CreatedAt, ChangedAt, Upload, Members, (SELECT count(*) FROM ListMembers WHERE List = Id AND Pending <> 0), IsDropped FROM Lists";
    private const string SelectPendingOf = "SELECT Pending FROM ListMembers WHERE List = ?1 AND UserId = ?2";
    private const string AddMembers = "UPDATE Lists SET Members = Members + ?2 WHERE Id = ?1";
    private const string Take = "UPDATE ListMembers SET Pending = 2 WHERE List = ?1 AND UserId = ?2 AND Pending <> 2";

    public IReadOnlyList<StoredList> All()
    {
        using var lease = pool.Rent();
        return Read(lease.Statement(Columns + " ORDER BY Id"));
    }

    public StoredList? Find(string id)
    {
        using var lease = pool.Rent();
        return Read(lease.Statement(Columns + " WHERE Id = ?1").Bind(1, id)) is [var list] ? list : null;
    }

    public Task<long> BeginAsync(string id, long at) => writer.Run(transaction =>
    {
        transaction.Database.Statement("""
            INSERT INTO Lists (Id, CreatedAt, ChangedAt, Upload, Members, IsDropped) VALUES (?1, ?2, ?2, 1, 0, 0)
            ON CONFLICT (Id) DO UPDATE SET ChangedAt = excluded.ChangedAt, Upload = Upload + 1
            """).Bind(1, id).Bind(2, at).Run();
        using var row = transaction.Database.Statement("SELECT Upload FROM Lists WHERE Id = ?1").Bind(1, id);
        row.Step();
        return row.Int64(0);
    });

    public Task<int> PutAsync(string id, long upload, IReadOnlyCollection<string> userIds) => writer.Run(transaction =>
    {
        var put = 0;
        foreach (var user in userIds)
        {
            put += IsOn(transaction, id, user) ? 0 : 1;
            transaction.Database.Statement("""
                INSERT INTO ListMembers (List, UserId, Upload, Pending) VALUES (?1, ?2, ?3, 1)
                ON CONFLICT (List, UserId) DO UPDATE SET Upload = excluded.Upload, Pending = CASE Pending WHEN 2 THEN 1 ELSE Pending END
                """).Bind(1, id).Bind(2, user).Bind(3, upload).Run();
        }

        transaction.Database.Statement(AddMembers).Bind(1, id).Bind(2, put).Run();
        return put;
    });

    public Task<int> TakeAsync(string id, IReadOnlyCollection<string> userIds) => writer.Run(transaction => TakeOff(transaction, id, userIds));

    public Task<int> TakeOlderAsync(string id, long upload, int limit) => writer.Run(transaction =>
    {
        var users = new List<string>();
        using (var row = transaction.Database.Statement("SELECT UserId FROM ListMembers WHERE List = ?1 AND Upload < ?2 AND Pending <> 2 ORDER BY UserId LIMIT ?3").Bind(1, id).Bind(2, upload).Bind(3, limit))
        {
            while (row.Step())
            {
                users.Add(row.Text(0));
            }
        }

        return TakeOff(transaction, id, users);
    });

    public Task<bool> DropAsync(string id, long at) => writer.Run(transaction =>
        transaction.Database.Statement("UPDATE Lists SET IsDropped = 1, ChangedAt = ?2 WHERE Id = ?1").Bind(1, id).Bind(2, at).Run() > 0);

    public IReadOnlyList<ListOrder> Pending(int limit)
    {
        using var lease = pool.Rent();
        using var row = lease.Statement(SelectPending).Bind(1, limit);
        var orders = new List<ListOrder>();
        while (row.Step())
        {
            orders.Add(new ListOrder(row.Text(0), row.Text(1), row.Int32(2) == 1));
        }

        return orders;
    }

    public Task DoneAsync(IReadOnlyList<ListOrder> orders) => writer.Run(transaction =>
    {
        foreach (var order in orders)
        {
            var sql = order.Joins
                ? "UPDATE ListMembers SET Pending = 0 WHERE List = ?1 AND UserId = ?2 AND Pending = 1"
                : "DELETE FROM ListMembers WHERE List = ?1 AND UserId = ?2 AND Pending = 2";
            transaction.Database.Statement(sql).Bind(1, order.List).Bind(2, order.UserId).Run();
        }

        return transaction.Database.Statement("DELETE FROM Lists WHERE IsDropped = 1 AND NOT EXISTS (SELECT 1 FROM ListMembers WHERE List = Id)").Run();
    });

    public Task<bool> ForgetAsync(string userId) => writer.Run(transaction => Forget(transaction, userId));

    public static bool Forget(WriteTransaction transaction, string userId)
    {
        transaction.Database.Statement(CountErased).Bind(1, userId).Run();
        return transaction.Database.Statement(DeleteErased).Bind(1, userId).Run() > 0;
    }

    public IReadOnlyList<string> Members(string id, string? after, int limit)
    {
        using var lease = pool.Rent();
        using var row = lease.Statement(SelectMembers).Bind(1, id).Bind(2, after ?? "").Bind(3, limit);
        var users = new List<string>();
        while (row.Step())
        {
            users.Add(row.Text(0));
        }

        return users;
    }

    private static bool IsOn(WriteTransaction transaction, string id, string user)
    {
        using var row = transaction.Database.Statement(SelectPendingOf).Bind(1, id).Bind(2, user);
        return row.Step() && row.Int32(0) != 2;
    }

    private static int TakeOff(WriteTransaction transaction, string id, IEnumerable<string> users)
    {
        var taken = 0;
        foreach (var user in users)
        {
            taken += transaction.Database.Statement(Take).Bind(1, id).Bind(2, user).Run();
        }

        transaction.Database.Statement(AddMembers).Bind(1, id).Bind(2, -taken).Run();
        return taken;
    }

    private static List<StoredList> Read(SqliteStatement row)
    {
        var lists = new List<StoredList>();
        using (row)
        {
            while (row.Step())
            {
                lists.Add(new StoredList(row.Text(0), row.Int64(1), row.Int64(2), row.Int64(3), row.Int64(4), row.Int64(5), row.Int64(6) != 0));
            }
        }

        return lists;
    }
}
