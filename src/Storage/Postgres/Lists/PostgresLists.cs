using Npgsql;
using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.Lists;

/// <summary>Static lists and who is on them. Whoever changes one locks its row first, so that counts are exact whichever process asks.</summary>
internal sealed class PostgresLists(PostgresDatabase database) : IListStore
{
    public const string SelectPending = "SELECT list, user_id, pending FROM list_members WHERE pending <> 0 ORDER BY list LIMIT $1";
    public const string SelectMembers = "SELECT user_id FROM list_members WHERE list = $1 AND user_id > $2 AND pending <> 2 ORDER BY user_id LIMIT $3";
    public const string CountErased = "UPDATE lists SET members = members - 1 WHERE id IN (SELECT list FROM list_members WHERE user_id = $1 AND pending <> 2)";
    public const string DeleteErased = "DELETE FROM list_members WHERE user_id = $1";
    private const string Columns = "SELECT id, created_at, changed_at, upload, members, (SELECT count(*) FROM list_members WHERE list = id AND pending <> 0), is_dropped FROM lists";
    private const string Lock = "SELECT 1 FROM lists WHERE id = $1 FOR UPDATE";
    private const string AddMembers = "UPDATE lists SET members = members + $2 WHERE id = $1";

    public IReadOnlyList<StoredList> All() => database.Query(Columns + " ORDER BY id", Read);

    public StoredList? Find(string id) => database.Query(Columns + " WHERE id = $1", Read, id) is [var list] ? list : null;

    public Task<long> BeginAsync(string id, long at) => database.WriteAsync(async connection =>
    {
        long upload = 0;
        await new Statements().Read(
            """
            INSERT INTO lists AS l (id, created_at, changed_at, upload, members, is_dropped) VALUES ($1, $2, $2, 1, 0, false)
            ON CONFLICT (id) DO UPDATE SET changed_at = excluded.changed_at, upload = l.upload + 1 RETURNING upload
            """, row => upload = row.GetInt64(0), id, at).RunAsync(connection).ConfigureAwait(false);
        return upload;
    });

    public Task<int> PutAsync(string id, long upload, IReadOnlyCollection<string> userIds) => database.WriteAsync(async connection =>
    {
        var users = userIds.ToArray();
        var known = 0;
        await new Statements().Read(Lock, static _ => { }, id)
            .Read("SELECT count(*)::integer FROM list_members WHERE list = $1 AND user_id = ANY ($2) AND pending <> 2", row => known = row.GetInt32(0), id, users)
            .RunAsync(connection).ConfigureAwait(false);
        var put = users.Length - known;
        await new Statements()
            .Add(
                """
                INSERT INTO list_members AS m (list, user_id, upload, pending) SELECT $1, u, $3, 1 FROM unnest($2::text[]) u
                ON CONFLICT (list, user_id) DO UPDATE SET upload = excluded.upload, pending = CASE m.pending WHEN 2 THEN 1 ELSE m.pending END
                """, id, users, upload)
            .Add(AddMembers, id, (long)put).RunAsync(connection).ConfigureAwait(false);
        return put;
    });

    public Task<int> TakeAsync(string id, IReadOnlyCollection<string> userIds)
        => TakeOffAsync(id, "UPDATE list_members SET pending = 2 WHERE list = $1 AND user_id = ANY ($2) AND pending <> 2", [userIds.ToArray()]);

    public Task<int> TakeOlderAsync(string id, long upload, int limit) => TakeOffAsync(
        id,
        """
        UPDATE list_members SET pending = 2 WHERE list = $1 AND user_id IN
            (SELECT user_id FROM list_members WHERE list = $1 AND upload < $2 AND pending <> 2 ORDER BY user_id LIMIT $3)
        """,
        [upload, limit]);

    public async Task<bool> DropAsync(string id, long at)
        => await database.WriteAsync("UPDATE lists SET is_dropped = true, changed_at = $2 WHERE id = $1", id, at).ConfigureAwait(false) > 0;

    public IReadOnlyList<ListOrder> Pending(int limit) => database.Query(SelectPending, row => new ListOrder(row.Text(0), row.Text(1), row.GetInt32(2) == 1), limit);

    public Task DoneAsync(IReadOnlyList<ListOrder> orders) => database.WriteAsync(async connection =>
    {
        var statements = new Statements();
        foreach (var list in orders.GroupBy(order => order.List, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            statements.Read(Lock, static _ => { }, list.Key);
        }

        foreach (var list in orders.GroupBy(order => order.List, StringComparer.Ordinal))
        {
            statements.Add("UPDATE list_members SET pending = 0 WHERE list = $1 AND user_id = ANY ($2) AND pending = 1", list.Key, list.Where(order => order.Joins).Select(order => order.UserId).ToArray());
            statements.Add("DELETE FROM list_members WHERE list = $1 AND user_id = ANY ($2) AND pending = 2", list.Key, list.Where(order => !order.Joins).Select(order => order.UserId).ToArray());
        }

        await statements.Add("DELETE FROM lists WHERE is_dropped AND NOT EXISTS (SELECT 1 FROM list_members WHERE list = id)").RunAsync(connection).ConfigureAwait(false);
        return true;
    });

    public Task<bool> ForgetAsync(string userId) => database.WriteAsync(async connection =>
    {
        await new Statements().Add(CountErased, userId).RunAsync(connection).ConfigureAwait(false);
        var command = PostgresDatabase.Command(connection, DeleteErased, userId);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteNonQueryAsync().ConfigureAwait(false) > 0;
        }
    });

    public IReadOnlyList<string> Members(string id, string? after, int limit) => database.Query(SelectMembers, row => row.Text(0), id, after ?? "", limit);

    private Task<int> TakeOffAsync(string id, string update, object?[] arguments) => database.WriteAsync(async connection =>
    {
        await new Statements().Read(Lock, static _ => { }, id).RunAsync(connection).ConfigureAwait(false);
        int taken;
        var command = PostgresDatabase.Command(connection, update, [id, .. arguments]);
        await using (command.ConfigureAwait(false))
        {
            taken = await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }

        await new Statements().Add(AddMembers, id, (long)-taken).RunAsync(connection).ConfigureAwait(false);
        return taken;
    });

    private static StoredList Read(NpgsqlDataReader row)
        => new(row.Text(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetBoolean(6));
}
