using Triggers.Engine.Records;
using Triggers.Storage.Postgres;
using Triggers.Tests.Shared;

namespace Triggers.Storage.Tests.Postgres;

/// <summary>The log's child tables: few, without a gap, whatever was there before.</summary>
[NeedsPostgres]
public sealed class TimeRangesTests
{
    private const long DayMs = 86_400_000;
    private static readonly CustomerKey Ann = CustomerKey.User("ann");

    [EngineTheory]
    [InlineData(0, 12, 14)]
    [InlineData(30, 122, 124)]
    [InlineData(365, 10, 12)]
    public async Task A_year_of_appends_makes_few_of_them(int retentionDays, int least, int most)
    {
        await using var harness = await PostgresHarness.OpenAsync(options => options with { LogRetentionDays = retentionDays });
        for (var day = 0; day < 365; day++)
        {
            await harness.AppendAsync((Ann, $"{day}"));
            harness.Time.Ms += DayMs;
        }

        Assert.Equal(365, (await harness.ReadAllAsync()).Count);
        Assert.InRange((await TablesAsync(harness)).Count, least, most);
    }

    [EngineFact]
    public async Task Those_of_another_retention_and_of_an_older_version_stay_and_the_new_ones_fill_what_they_leave()
    {
        await using var harness = await PostgresHarness.OpenAsync(options => options with { LogRetentionDays = 70 });
        await harness.AppendAsync((Ann, "weekly"));

        // An older version made one a day; these two stand in the way of a table of seven.
        var taken = (harness.Time.Ms / DayMs) + 60;
        var server = await PostgresServer.SharedAsync();
        foreach (var parent in (string[])["log_chunks", "log_pages", "log_checksums"])
        {
            foreach (var day in (long[])[taken, taken + 3])
            {
                await server.ExecuteAsync(
                    $"CREATE TABLE {harness.Schema}.{parent}_{day} PARTITION OF {harness.Schema}.{parent} FOR VALUES FROM ({day * DayMs}) TO ({(day + 1) * DayMs})");
            }
        }

        for (var step = 1; step <= 40; step++)
        {
            harness.Time.Ms += 2 * DayMs;
            await harness.AppendAsync((Ann, $"{step}"));
        }

        var ranges = await TablesAsync(harness);
        Assert.Equal(ranges.Skip(1).Select(range => range.From), ranges.SkipLast(1).Select(range => range.To));
        Assert.Contains((taken * DayMs, (taken + 1) * DayMs), ranges);
        Assert.Contains(((taken + 1) * DayMs, (taken + 3) * DayMs), ranges);
        Assert.Equal(41, (await harness.ReadAllAsync()).Count);
    }

    private static async Task<List<(long From, long To)>> TablesAsync(PostgresHarness harness)
    {
        var server = await PostgresServer.SharedAsync();
        var bounds = (string)(await server.ScalarAsync(
            $"SELECT string_agg(pg_get_expr(c.relpartbound, c.oid), ';') FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = '{harness.Schema}.log_chunks'::regclass"))!;
        return [.. bounds.Split(';').Select(each => each.Split('\'')).Select(parts => (From: long.Parse(parts[1], null), To: long.Parse(parts[3], null))).OrderBy(range => range.From)];
    }
}
