using System.Globalization;
using Npgsql;
using Triggers.Storage.Postgres.Data;
using Triggers.Storage.Runs;

namespace Triggers.Storage.Postgres.Log;

/// <summary>
/// The child tables of the log, each for a span of <c>at</c>: made before they are needed, dropped when they are too old. Attaching one does not keep anybody from reading
/// or appending. Every query that reads the past plans for, and locks, all of them, so they are few: about ten of a retention, or twelve a year.
/// </summary>
/// <param name="retentionDays">What new tables are to suit; those that are there keep their span.</param>
internal sealed class TimeRanges(PostgresDatabase database, int retentionDays) : IDisposable
{
    /// <summary>Tables that are split by time.</summary>
    public static readonly string[] Parents = ["log_chunks", "log_pages", "log_checksums"];

    private const string SelectAll = """
        SELECT b.bounds[1], b.bounds[2] FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        CROSS JOIN LATERAL (SELECT regexp_match(pg_get_expr(c.relpartbound, c.oid), '(\d+)\D+(\d+)')::bigint[] AS bounds) b
        WHERE i.inhparent = 'log_chunks'::regclass ORDER BY 1
        """;

    private readonly long _span = retentionDays <= 0 ? Limits.RangeMsOfEver : MergeSpan.OfMs(retentionDays);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile HashSet<long> _knownDays = [];

    /// <summary>From the day of <paramref name="from"/> (ms) to that of <paramref name="to"/> there are tables.</summary>
    public async Task EnsureAsync(long from, long to)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            var known = _knownDays;
            for (var day = from / MergeSpan.DayMs; day <= to / MergeSpan.DayMs; day++)
            {
                if (!known.Contains(day))
                {
                    var range = await MakeAsync(day * MergeSpan.DayMs).ConfigureAwait(false);
                    for (var at = range.From; at < range.To; at += MergeSpan.DayMs)
                    {
                        known.Add(at / MergeSpan.DayMs);
                    }
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
    public void Forget() => _knownDays = [];

    /// <summary>Those whose records are all older than an instant (ms), the oldest first.</summary>
    public List<TimeRange> Before(long at) => database.Read(All).FindAll(range => range.To <= at);

    public void Dispose() => _turn.Dispose();

    /// <summary>The tables that hold a day: those that are there, or new ones, as long as their neighbours leave room for.</summary>
    private Task<TimeRange> MakeAsync(long day)
        => database.WriteAsync(async connection =>
        {
            var statements = new Statements().Read("SELECT pg_advisory_xact_lock(hashtext('triggers/ranges'), hashtext(current_schema()))", static _ => { });
            await statements.RunAsync(connection).ConfigureAwait(false);
            var all = All(connection);
            if (all.Find(each => each.From <= day && day < each.To) is { To: > 0 } there)
            {
                return there;
            }

            var from = all.FindAll(each => each.To <= day).Aggregate(day - (day % _span), (start, each) => Math.Max(start, each.To));
            var to = all.FindAll(each => each.From > day).Aggregate(day - (day % _span) + _span, (end, each) => Math.Min(end, each.From));
            var range = new TimeRange(from, to);
            var making = new Statements();
            foreach (var parent in Parents)
            {
                making.Add($"CREATE TABLE {range.Table(parent)} (LIKE {parent} INCLUDING ALL)")
                    .Add(string.Create(CultureInfo.InvariantCulture, $"ALTER TABLE {parent} ATTACH PARTITION {range.Table(parent)} FOR VALUES FROM ({from}) TO ({to})"));
            }

            await making.RunAsync(connection).ConfigureAwait(false);
            return range;
        });

    private static List<TimeRange> All(NpgsqlConnection connection) => PostgresDatabase.Query(connection, SelectAll, row => new TimeRange(row.GetInt64(0), row.GetInt64(1)));
}

/// <summary>A span of <c>at</c>, in whole UTC days.</summary>
/// <param name="From">Its first ms.</param>
/// <param name="To">The first after it.</param>
internal readonly record struct TimeRange(long From, long To)
{
    /// <summary>The child table that holds it.</summary>
    public string Table(string parent) => $"{parent}_{DateTimeOffset.FromUnixTimeMilliseconds(From).ToString("yyyyMMdd", CultureInfo.InvariantCulture)}";
}
