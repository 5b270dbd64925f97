using System.Globalization;
using Npgsql;
using Triggers.Storage.Postgres.Data;
using Triggers.Storage.Postgres.Lists;
using Triggers.Storage.Postgres.Runs;
using Triggers.Storage.Runs;
using Triggers.Storage.Upkeep;

namespace Triggers.Storage.Postgres.Log;

/// <summary>Makes the log's child tables before they are needed, and drops those that are older than they have to be kept, once every floor has passed them.</summary>
internal sealed class Retention(PostgresDatabase database, TimeRanges ranges, PostgresStoreOptions options, PostgresSettings settings, TimeProvider time) : IUpkeep
{
    private long _nextAt;

    public string Name => "tables of the log";

    /// <summary>The next step looks, whenever the last one did.</summary>
    public void LookNow() => _nextAt = 0;

    public async Task<bool> StepAsync(CancellationToken cancellation)
    {
        if (Environment.TickCount64 < _nextAt)
        {
            return false;
        }

        _nextAt = Environment.TickCount64 + Limits.RetentionLookMs;
        await ranges.EnsureAsync(time).ConfigureAwait(false);
        if (options.LogRetentionDays <= 0)
        {
            return false;
        }

        // Whatever keeps a table from being dropped, it is tried again soon.
        _nextAt = Environment.TickCount64 + Limits.RetentionRetryMs;
        foreach (var range in ranges.Before(time.GetUtcNow().ToUnixTimeMilliseconds() - (options.LogRetentionDays * MergeSpan.DayMs)))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!await database.WriteAsync(connection => DropAsync(connection, range)).ConfigureAwait(false))
            {
                return false;
            }

            await settings.RefreshAsync(changed: true).ConfigureAwait(false);
        }

        _nextAt = Environment.TickCount64 + Limits.RetentionLookMs;
        return false;
    }

    /// <summary>Drops a range's tables, unless some floor stands in it, or other upkeep is under way.</summary>
    /// <exception cref="PostgresException">Somebody reads for so long that others would have to wait behind.</exception>
    private static async Task<bool> DropAsync(NpgsqlConnection connection, TimeRange range)
    {
        if (!RunTable.TryLockUpkeep(connection)
            || PostgresDatabase.Query(connection, $"SELECT EXISTS (SELECT 1 FROM {range.Table("log_chunks")} c JOIN partitions p USING (partition) WHERE c.next_offset > p.floor)", row => row.GetBoolean(0))[0])
        {
            return false;
        }

        var statements = new Statements().Add(string.Create(CultureInfo.InvariantCulture, $"SET LOCAL lock_timeout = {Limits.DropLockMs}"));
        foreach (var parent in TimeRanges.Parents)
        {
            statements.Add($"DROP TABLE {range.Table(parent)}");
        }

        await statements
            .Add("DELETE FROM log_runs WHERE at < $1", range.To)
            .Add(PostgresSettings.Upsert, HistoryBeginning.Setting, HistoryBeginning.Text(range.To))
            .RunAsync(connection).ConfigureAwait(false);
        return true;
    }
}
