using Triggers.Engine.Expressions;
using Triggers.Engine.Records;
using Triggers.Runtime.Tests.Support;

namespace Triggers.Simulation.Tests;

/// <summary>Every incrementally kept segment against a naive recount over the real log, at many instants, across restarts.</summary>
public sealed class SegmentDifferentialTests
{
    private const string Segments = """
        few: count('Product Viewed', within 3m) >= 2
        dear: count('Product Viewed', where properties.price > 60, within 10m) >= 2
        ever: count('Product Viewed', where properties.price <= 60) > 3
        fresh: did('Product Added', within 2m) and not did('Order Completed', within 2m)
        spent: sum('Order Completed', properties.total, within 20m) >= 200
        total: sum('Order Completed', properties.total) > 300.5
        high: traits.level >= 3
        mixed: segment('high') and (segment('few') or not segment('spent'))
        none: count('Product Viewed', within 5m) = 0
        mailed: exists(traits.email) and did('Signed Up')
        """;

    [Theory]
    [ClassData(typeof(Seeds))]
    public Task Segments_equal_a_naive_recount_of_the_log(int seed) => RecountAsync(seed);

    internal static async Task RecountAsync(int seed)
    {
        await using var host = await ServerHarness.StartNewAsync(set =>
        {
            foreach (var file in Directory.GetFiles(set.Definitions.In("campaigns")))
            {
                File.Delete(file);
            }

            set.Definitions.Write("segments.yaml", Segments);
            set.CustomerMemoryBytes = 1;
        });
        var conditions = host.Server.Definitions.Current.Segments.ToDictionary(segment => segment.Id, segment => segment.Condition, StringComparer.Ordinal);
        var random = new Random(seed);
        var step = 0;
        foreach (var item in Script.Of(seed + 1000, 60))
        {
            using var batch = new RecordBatch();
            foreach (var happened in item.Events.Where(happened => !happened.Key.StartsWith("a:", StringComparison.Ordinal)))
            {
                (happened with { OtherId = "" }).AddTo(batch, host.Time.Ms);
            }

            if (batch.Count > 0)
            {
                await host.AppendAsync(batch);
            }

            await host.SettleAsync();
            await host.AdvanceAsync(item.Pass);
            if (step++ % 6 == 0)
            {
                if (random.Next(2) == 0)
                {
                    await host.CrashAndStartAsync();
                    await host.SettleAsync();
                }

                await CompareAsync(host, conditions, seed, step);
            }
        }
    }

    private static async Task CompareAsync(ServerHarness host, Dictionary<string, Expr> conditions, int seed, int step)
    {
        var naive = new NaiveRecount(host.Store);
        var now = host.Time.Ms;
        var sizes = conditions.Keys.ToDictionary(id => id, _ => 0L, StringComparer.Ordinal);
        foreach (var key in naive.Keys)
        {
            var customer = await host.CustomerAsync(key);
            var kept = customer.Segments.Select(segment => segment.Id).ToHashSet(StringComparer.Ordinal);
            foreach (var (id, condition) in conditions)
            {
                var holds = naive.Holds(key, condition, conditions, now);
                sizes[id] += holds ? 1 : 0;
                Assert.True(holds == kept.Contains(id), Seeds.Hint(seed, $"{key} is {(kept.Contains(id) ? "" : "not ")}in {id} at step {step}; the recount says {holds}: {Canonical.Of(condition)}"));
            }
        }

        foreach (var (id, size) in sizes)
        {
            Assert.True(size == host.Counter($"segment/{id}/size"), Seeds.Hint(seed, $"segment {id} has the size {host.Counter($"segment/{id}/size")} at step {step}; the recount says {size}"));
        }
    }
}
