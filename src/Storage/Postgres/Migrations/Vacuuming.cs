using Npgsql;
using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.Migrations;

/// <summary>
/// Has the server vacuum messages by their number. Each leaves the indexes of what is queued when it is closed, and the pump steps over what has left until a vacuum takes it
/// away: by the share of a table that keeps the messages of years that would be after millions, and of indexes not even then. Whoever has set it otherwise is let be.
/// </summary>
internal static class Vacuuming
{
    private const string IsUnset = """
        SELECT NOT EXISTS (SELECT 1 FROM pg_class c CROSS JOIN LATERAL unnest(c.reloptions) o WHERE c.oid = 'messages'::regclass AND o LIKE 'autovacuum\_vacuum\_%')
        """;

    private const string Set = "ALTER TABLE messages SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200000, vacuum_index_cleanup = on)";

    /// <summary>In a transaction, one process at a time.</summary>
    /// <returns>false: nothing is to be committed.</returns>
    public static async Task<bool> TrySetAsync(NpgsqlConnection connection)
    {
        if (!PostgresDatabase.Query(connection, IsUnset, row => row.GetBoolean(0))[0])
        {
            return false;
        }

        try
        {
            await new Statements().Add("SET LOCAL lock_timeout = '2s'").Add(Set).RunAsync(connection).ConfigureAwait(false);
            return true;
        }
        catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.InsufficientPrivilege)
        {
            // Somebody vacuums right now, or the table is another role's: the store works without, and the next start tries again.
            return false;
        }
    }
}
