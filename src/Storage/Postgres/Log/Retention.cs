using System.Globalization;
using Npgsql;
using Triggers.Storage.Postgres.Data;
using Triggers.Storage.Postgres.Lists;
using Triggers.Storage.Postgres.Runs;
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

        var oldest = time.GetUtcNow().ToUnixTimeMilliseconds() - (options.LogRetentionDays * Limits.RangeMs);
        foreach (var day in database.Read(connection => ranges.Before(connection, oldest)))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!await database.WriteAsync(connection => DropAsync(connection, day)).ConfigureAwait(false))
            {
                // To look costs nobody else anything; to wait for readers does.
                _nextAt = Environment.TickCount64 + Limits.RetentionRetryMs;
                break;
            }

            await settings.RefreshAsync(changed: true).ConfigureAwait(false);
        }

        return false;
    }

    /// <summary>Drops a day, unless some floor stands in it, or other upkeep is under way.</summary>
    /// <exception cref="PostgresException">Somebody reads for so long that others would have to wait behind.</exception>
    private static async Task<bool> DropAsync(NpgsqlConnection connection, long day)
    {
        var chunks = TimeRanges.Name("log_chunks", day);
        if (!RunTable.TryLockUpkeep(connection)
            || PostgresDatabase.Query(connection, $"SELECT EXISTS (SELECT 1 FROM {chunks} c JOIN partitions p USING (partition) WHERE c.next_offset > p.floor)", row => row.GetBoolean(0))[0])
        {
            return false;
        }

        var statements = new Statements().Add(string.Create(CultureInfo.InvariantCulture, $"SET LOCAL lock_timeout = {Limits.DropLockMs}"));
        foreach (var parent in TimeRanges.Parents)
        {
            statements.Add($"DROP TABLE {TimeRanges.Name(parent, day)}");
        }

        var from = (day + 1) * Limits.RangeMs;
        await statements
            .Add("DELETE FROM log_runs WHERE at < $1", from)
            .Add(PostgresSettings.Upsert, HistoryBeginning.Setting, HistoryBeginning.Text(from))
            .RunAsync(connection).ConfigureAwait(false);
        return true;
    }
}
