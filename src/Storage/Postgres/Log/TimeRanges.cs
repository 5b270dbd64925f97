using System.Globalization;
using Npgsql;
using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.Log;

/// <summary>
/// The child tables of the log, one a day of <c>at</c>: made before they are needed, dropped when they are too old. Attaching one does not keep anybody from
/// reading or appending.
/// </summary>
internal sealed class TimeRanges(PostgresDatabase database) : IDisposable
{
    /// <summary>Tables that are split by time.</summary>
    public static readonly string[] Parents = ["log_chunks", "log_pages", "log_checksums"];

    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile HashSet<long> _known = [];

    /// <summary>From the day of <paramref name="from"/> (ms) to that of <paramref name="to"/> there are tables.</summary>
    public async Task EnsureAsync(long from, long to)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            var known = _known;
            for (var day = from / Limits.RangeMs; day <= to / Limits.RangeMs; day++)
            {
                if (!known.Contains(day))
                {
                    await CreateAsync(day).ConfigureAwait(false);
                    known.Add(day);
                }
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Those for whatever an append may be stamped with now: the clock's time, or that of the newest record if it is ahead.</summary>
    public async Task EnsureAsync(TimeProvider time)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var heads = await database.ReadAsync(connection => Task.FromResult(PostgresDatabase.Query(connection, "SELECT max(at) FROM log_heads", row => row.GetInt64(0)))).ConfigureAwait(false);
        await EnsureAsync(Math.Min(now, heads[0] == 0 ? now : heads[0]), Math.Max(now, heads[0]) + Limits.RangeAheadMs).ConfigureAwait(false);
    }

    /// <summary>Another process made or dropped some.</summary>
    public void Forget() => _known = [];

    /// <summary>Child tables whose records are all older than an instant (ms), by the day that names them.</summary>
    public List<long> Before(NpgsqlConnection connection, long at)
    {
        var days = PostgresDatabase.Query(
            connection, "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'log_chunks'::regclass", row => DayOf(row.GetString(0)));
        return days.FindAll(day => (day + 1) * Limits.RangeMs <= at);
    }

    public static string Name(string parent, long day)
        => $"{parent}_{DateTimeOffset.FromUnixTimeMilliseconds(day * Limits.RangeMs).ToString("yyyyMMdd", CultureInfo.InvariantCulture)}";

    public void Dispose() => _turn.Dispose();

    private static long DayOf(string name)
        => new DateTimeOffset(DateTime.ParseExact(name[^8..], "yyyyMMdd", CultureInfo.InvariantCulture), TimeSpan.Zero).ToUnixTimeMilliseconds() / Limits.RangeMs;

    private Task<bool> CreateAsync(long day)
        => database.WriteAsync(async connection =>
        {
            var statements = new Statements().Read("SELECT pg_advisory_xact_lock(hashtext('triggers/ranges'), hashtext(current_schema()))", static _ => { });
            await statements.RunAsync(connection).ConfigureAwait(false);
            foreach (var parent in Parents)
            {
                var name = Name(parent, day);
                if (PostgresDatabase.Query(connection, "SELECT to_regclass($1) IS NOT NULL", row => row.GetBoolean(0), name)[0])
                {
                    continue;
                }

                await new Statements()
                    .Add($"CREATE TABLE {name} (LIKE {parent} INCLUDING ALL)")
                    .Add(string.Create(CultureInfo.InvariantCulture, $"ALTER TABLE {parent} ATTACH PARTITION {name} FOR VALUES FROM ({day * Limits.RangeMs}) TO ({(day + 1) * Limits.RangeMs})"))
                    .RunAsync(connection).ConfigureAwait(false);
            }

            return true;
        });
}
