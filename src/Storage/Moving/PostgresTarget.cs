using Npgsql;
using Triggers.Storage.Moving.Steps;
using Triggers.Storage.Postgres;
using Triggers.Storage.Postgres.Data;
using Triggers.Storage.Postgres.Log;
using Triggers.Storage.Postgres.Migrations;
using Triggers.Storage.Postgres.Writing;

namespace Triggers.Storage.Moving;

/// <summary>
/// The schema that is moved to. All is written on one connection, which holds the store's lock; the journal moves in the transaction of each slice, so an interrupted
/// move goes on where it stopped.
/// </summary>
internal sealed class PostgresTarget : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly TimeRanges _ranges;

    private PostgresTarget(PostgresDatabase database, NpgsqlConnection connection, TimeRanges ranges)
    {
        Database = database;
        _connection = connection;
        _ranges = ranges;
    }

    public PostgresDatabase Database { get; }

    /// <exception cref="DatabaseLockedException">Another process has it.</exception>
    public static async Task<PostgresTarget> OpenAsync(PostgresStoreOptions place, TimeProvider time)
    {
        // Sorting a large partition to read it may take longer than any query of a server.
        var settings = PostgresDatabase.Parse(place.ConnectionString);
        settings.CommandTimeout = 0;
        var database = PostgresDatabase.Create(settings.ConnectionString);
        NpgsqlConnection? connection = null;
        try
        {
            await Migrator.ApplyAsync(database, time).ConfigureAwait(false);
            connection = await database.OpenSessionAsync().ConfigureAwait(false);
            if (await new StoreLock(isShared: false).TryTakeAsync(connection, Postgres.Limits.LockPatienceMs).ConfigureAwait(false) is { } holder)
            {
                throw new DatabaseLockedException(database.Where, holder, isCluster: false);
            }

            await new Statements().Add("SET synchronous_commit = on").RunAsync(connection).ConfigureAwait(false);
            return new PostgresTarget(database, connection, new TimeRanges(database, place.LogRetentionDays));
        }
        catch
        {
            if (connection is not null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }

            await database.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public Task<MoveJournal?> ReadJournalAsync() => MoveJournal.ReadAsync(_connection);

    /// <summary>Nobody ever appended or saved anything here.</summary>
    public bool IsEmpty()
    {
        string[] tables = ["log_chunks", "log_runs", "customers", "counters", .. MovedTable.All.Select(table => table.Target)];
        var isUsed = $"SELECT EXISTS (SELECT 1 FROM log_heads WHERE head > 0) OR {string.Join(" OR ", tables.Select(table => $"EXISTS (SELECT 1 FROM {table})"))}";
        return !PostgresDatabase.Query(_connection, isUsed, row => row.GetBoolean(0))[0];
    }

    /// <summary>
    /// What is few: who the store is, where its partitions stand, its counters and how far its numbers are. Heads get the instant of the newest record of all: what
    /// comes next may bear no smaller one, in whatever partition. Counters, which SQLite does not keep by partition, are the first one's.
    /// </summary>
    public Task BeginAsync(SqliteSource source, TimeProvider time)
    {
        var (info, partitions, counters) = (source.Info, source.State.Partitions, source.State.Counters.Totals());
        var numbers = Enumerable.Range(0, partitions.Length).Select(number => (short)number).ToArray();
        var statements = new Statements()
            .Add("UPDATE store SET store_id = $1, secret = $2, partitions = $3, created_at = $4", info.StoreId, info.Secret, (short)info.Partitions, info.CreatedAt)
            .Add("DELETE FROM log_heads").Add("DELETE FROM partitions")
            .Add(
                "INSERT INTO log_heads (partition, head, at) SELECT partition, head, $3 FROM unnest($1::smallint[], $2::bigint[]) AS h (partition, head)",
                numbers, Array.ConvertAll(partitions, each => each.Head), source.State.LastAt)
            .Add(
                """
                INSERT INTO partitions (partition, epoch, cursor_offset, floor, floor_state, customers)
                SELECT p.*, 0 FROM unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[]) AS p
                """,
                numbers, Array.ConvertAll(partitions, each => each.Epoch), Array.ConvertAll(partitions, each => each.Cursor), Array.ConvertAll(partitions, each => each.Floor),
                Array.ConvertAll(partitions, each => each.FloorState))
            .Add(PartitionTable.Count, new short[counters.Count], counters.Keys.ToArray(), counters.Values.ToArray())
            .Add("UPDATE rejected_total SET total = $1", source.LastSequence("Rejected"));
        foreach (var table in (string[])["Messages", "Mailbox"])
        {
            // The name is folded to lower case by the server.
            if (source.LastSequence(table) is > 0 and var last)
            {
                statements.Read($"SELECT setval(pg_get_serial_sequence('{table}', 'sequence'), $1)", static _ => { }, last);
            }
        }

        MoveJournal.Begin(statements, source, time);
        return statements.RunAsync(_connection);
    }

    public async Task WriteAsync(string step, Slice slice)
    {
        foreach (var at in slice.Instants)
        {
            await _ranges.EnsureAsync(at, at).ConfigureAwait(false);
        }

        var transaction = await _connection.BeginTransactionAsync().ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await slice.WriteAsync(_connection).ConfigureAwait(false);
            await MoveJournal.MoveAsync(_connection, step, slice).ConfigureAwait(false);
            await transaction.CommitAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The planner knows what a server's first queries meet.</summary>
    public Task AnalyzeAsync()
        => new Statements().Add($"ANALYZE log_heads, log_chunks, log_runs, log_pages, log_checksums, customers, {string.Join(", ", MovedTable.All.Select(table => table.Target))}").RunAsync(_connection);

    public Task FinishAsync(TimeProvider time) => MoveJournal.FinishAsync(_connection, time);

    public async ValueTask DisposeAsync()
    {
        _ranges.Dispose();
        await _connection.DisposeAsync().ConfigureAwait(false);
        await Database.DisposeAsync().ConfigureAwait(false);
    }
}
