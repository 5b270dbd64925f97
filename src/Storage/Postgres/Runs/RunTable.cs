using Npgsql;
using Triggers.Storage.Postgres.Data;
using Triggers.Storage.Runs;

namespace Triggers.Storage.Postgres.Runs;

/// <summary>The statements on sorted runs and their pages, and on the unsorted chunks behind them.</summary>
internal static class RunTable
{
    /// <summary>Every page that may hold a hash: those that begin with it, and the ones that begin with the nearest smaller hash; run after run.</summary>
    public const string SelectPagesOfHash = """
        SELECT r.id, p.first_hash, p.first_offset, p.at, p.bytes FROM log_runs r CROSS JOIN LATERAL (
            SELECT first_hash, first_offset, at, bytes FROM log_pages
            WHERE partition = r.partition AND run = r.id AND at = r.at AND first_hash <= $2
                AND first_hash >= coalesce((SELECT max(first_hash) FROM log_pages WHERE partition = r.partition AND run = r.id AND at = r.at AND first_hash < $2), $2)) p
        WHERE r.partition = $1 AND r.next_offset > $3 AND r.first_offset < $4 ORDER BY r.next_offset, p.first_hash, p.first_offset
        """;

    public const string SelectPages = """
        SELECT p.bytes FROM log_runs r JOIN log_pages p ON p.partition = r.partition AND p.run = r.id AND p.at = r.at
        WHERE r.partition = $1 AND r.next_offset > $2 AND r.first_offset < $3 ORDER BY r.next_offset, p.first_hash, p.first_offset
        """;

    public const string SelectNextPage = """
        SELECT first_hash, first_offset, bytes FROM log_pages
        WHERE partition = $1 AND run = $2 AND at = $3 AND (first_hash, first_offset) > ($4, $5) ORDER BY first_hash, first_offset LIMIT 1
        """;

    public const string SelectChunks = """
        SELECT next_offset, count, at, bytes FROM log_chunks WHERE partition = $1 AND next_offset > $2 AND next_offset - count < $3 ORDER BY next_offset
        """;

    public const string InsertRun = "INSERT INTO log_runs (partition, first_offset, next_offset, at, bytes) VALUES ($1, $2, $3, $4, 0) RETURNING id";

    public const string InsertPages = """
        INSERT INTO log_pages (partition, run, first_hash, first_offset, at, bytes)
        SELECT $1, $2, p.first_hash, p.first_offset, $3, p.bytes FROM unnest($4::bigint[], $5::bigint[], $6::bytea[]) AS p (first_hash, first_offset, bytes)
        """;

    public const string DeleteRuns = """
        WITH gone AS (DELETE FROM log_runs WHERE id = ANY ($1) RETURNING partition, id, at)
        DELETE FROM log_pages p USING gone g WHERE p.partition = g.partition AND p.run = g.id AND p.at = g.at
        """;

    /// <summary>A walk along a run.</summary>
    public static RunCursor Cursor(NpgsqlConnection connection, int partition, long run, long at)
        => new((hash, offset) => PostgresDatabase.Query(
            connection, SelectNextPage, row => new RunCursor.Page(row.GetInt64(0), row.GetInt64(1), row.Bytes(2)), (short)partition, run, at, hash, offset) is [var page] ? page : null);

    /// <summary>Only one process at a time sorts, merges, erases and drops. Taken for the running transaction.</summary>
    public static bool TryLockUpkeep(NpgsqlConnection connection)
        => PostgresDatabase.Query(connection, "SELECT pg_try_advisory_xact_lock(hashtext('triggers/upkeep'), hashtext(current_schema()))", row => row.GetBoolean(0))[0];
}
