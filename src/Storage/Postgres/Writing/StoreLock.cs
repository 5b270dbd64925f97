using System.Diagnostics;
using Npgsql;
using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.Writing;

/// <summary>
/// Keeps a second single-process server out of a store, and a cluster and a single process apart. It is held by the very connection that commits, so who
/// lost it with its connection cannot commit until it has it again.
/// </summary>
internal sealed class StoreLock(bool isShared)
{
    private const string Key = "hashtext('triggers/store'), hashtext(current_schema())";

    private const string SelectHolder = """
        SELECT coalesce(a.application_name, ''), coalesce(host(a.client_addr), 'this machine'), l.pid
        FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'advisory' AND l.granted AND l.classid::bigint = hashtext('triggers/store')::bigint & 4294967295
            AND l.objid::bigint = hashtext(current_schema())::bigint & 4294967295 AND l.objsubid = 2 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        LIMIT 1
        """;

    /// <summary>For one of a cluster's processes.</summary>
    public bool IsShared { get; } = isShared;

    /// <summary>null: it is ours; else who has it.</summary>
    public async Task<string?> TryTakeAsync(NpgsqlConnection connection, int patienceMs)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var taken = false;
            await new Statements().Read($"SELECT pg_try_advisory_lock{(IsShared ? "_shared" : "")}({Key})", row => taken = row.GetBoolean(0)).RunAsync(connection).ConfigureAwait(false);
            if (taken)
            {
                return null;
            }

            if (Stopwatch.GetElapsedTime(began).TotalMilliseconds >= patienceMs)
            {
                var holder = "unknown";
                await new Statements().Read(SelectHolder, row => holder = $"{row.GetString(0)} on {row.GetString(1)}, backend {row.GetInt32(2)}").RunAsync(connection).ConfigureAwait(false);
                return holder;
            }

            await Task.Delay(50).ConfigureAwait(false);
        }
    }
}
