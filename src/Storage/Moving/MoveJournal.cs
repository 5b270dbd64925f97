using Npgsql;
using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Moving;

/// <summary>How far a move is: a row of the target that is committed with each slice.</summary>
/// <param name="Step">The last that wrote something; empty: none.</param>
/// <param name="VerifiedAt">ms since 1970; 0: not yet.</param>
internal sealed record MoveJournal(string StoreId, string Fingerprint, string Step, string Position, long Items, long VerifiedAt)
{
    public static async Task<MoveJournal?> ReadAsync(NpgsqlConnection connection)
    {
        MoveJournal? journal = null;
        await new Statements().Read(
            "SELECT store_id, fingerprint, step, position, items, verified_at FROM store_move",
            row => journal = new MoveJournal(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt64(4), row.GetInt64(5))).RunAsync(connection).ConfigureAwait(false);
        return journal;
    }

    public static void Begin(Statements statements, SqliteSource source, TimeProvider time)
        => statements.Add(
            "INSERT INTO store_move (store_id, fingerprint, step, position, items, started_at, verified_at) VALUES ($1, $2, '', '', 0, $3, 0)",
            source.Info.StoreId, source.Fingerprint, time.GetUtcNow().ToUnixTimeMilliseconds());

    public static Task MoveAsync(NpgsqlConnection connection, string step, Slice slice)
        => new Statements().Add("UPDATE store_move SET step = $1, position = $2, items = items + $3", step, slice.Position, slice.Items).RunAsync(connection);

    public static Task FinishAsync(NpgsqlConnection connection, TimeProvider time)
        => new Statements().Add("UPDATE store_move SET verified_at = $1", time.GetUtcNow().ToUnixTimeMilliseconds()).RunAsync(connection);

    /// <summary>For who opens the store, once it holds its lock: what it read of it before may be of the time before the move.</summary>
    /// <exception cref="StoreUnfinishedException">Half of it was moved.</exception>
    public static void RefuseUnfinished(PostgresDatabase database, StoreInfo info)
    {
        if (database.Query("SELECT NOT EXISTS (SELECT 1 FROM store_move WHERE verified_at = 0) AND store_id = $1 FROM store", row => row.GetBoolean(0), info.StoreId) is not [true])
        {
            throw new StoreUnfinishedException(database.Where);
        }
    }
}
