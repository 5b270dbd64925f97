using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions.Functions;
using Triggers.Engine.Tests.Customers;
using Triggers.Engine.Tests.Definitions;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Measuring;

/// <summary>What value.yaml brings: quintiles and groups as a recount over all customers has them, and the group before.</summary>
public sealed class RfmTests
{
    private const string ValueYaml = "{ order: Order, amount: properties.total, within: 10m }";

    private static DefinitionSet Definitions => Folder.Valid(Folder.Load(("value.yaml", ValueYaml), ("segments.yaml", """
        best: traits.rfm-group = 'champions'
        lapsed: traits.rfm-previous-group = 'champions' and not traits.rfm-group = 'champions'
        recent: traits.rfm-recency >= 4
        """)));

    [Fact]
    public void Quintiles_groups_and_the_group_before_equal_a_recount_over_all_customers() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(40).WithEndSize(90).WithReplay(20_261_122, 13), Prop.ForAll(Arb.From(Gen.Choose(0, 1_000_000_000).ArrayOf()), steps =>
        {
            var world = new World(Definitions) { RoundTrips = true };
            var orders = new List<(string Person, long At, int Total)>();
            var seen = new Dictionary<string, (string? Group, string? Former)>(StringComparer.Ordinal);
            foreach (var step in steps)
            {
                var person = $"u:{step / 7 % 25}";
                world.RunTo(world.Now + 1000 + (step / 300 % 40_000));
                if (step % 4 == 0)
                {
                    world.Track(person, "View");
                }
                else
                {
                    world.Track(person, "Order", $$"""{"total":{{step / 13 % 60}}}""");
                    orders.Add((person, world.Now, step / 13 % 60));
                }

                if (step % 3 != 0)
                {
                    continue;
                }

                // Whoever left or changed the window between measurements did so by the lines of then; the group before is that.
                foreach (var (key, customer) in world.Customers)
                {
                    seen[key] = (Trait(world, key, "rfm-group"), Trait(world, key, "rfm-previous-group"));
                }

                TopTests.Measure(world);
                var buyers = orders.Where(order => order.At > Floor(world.Now) - (10 * Minute)).GroupBy(order => order.Person, StringComparer.Ordinal)
                    .ToDictionary(group => group.Key, group => (Recency: (double)group.Max(order => order.At), Frequency: (double)group.Count(), Monetary: (double)group.Sum(order => order.Total)), StringComparer.Ordinal);
                foreach (var (key, customer) in world.Customers)
                {
                    var shown = $"{Trait(world, key, "rfm-recency")} {Trait(world, key, "rfm-frequency")} {Trait(world, key, "rfm-monetary")} {Trait(world, key, "rfm-group")}";
                    if (!buyers.TryGetValue(key, out var mine))
                    {
                        Assert.Equal("   ", shown);
                        continue;
                    }

                    var r = Fifth(mine.Recency, buyers.Values.Select(buyer => buyer.Recency));
                    var f = Fifth(mine.Frequency, buyers.Values.Select(buyer => buyer.Frequency));
                    var m = Fifth(mine.Monetary, buyers.Values.Select(buyer => buyer.Monetary));
                    Assert.Equal($"{r} {f} {m} {RfmGroups.Of(r, f, m)}", shown);
                    Assert.Equal((RfmGroups.Of(r, f, m) == "champions", r >= 4), (customer.IsIn("best"), customer.IsIn("recent")));
                    var (group, former) = seen[key];
                    if (group is not null && group != RfmGroups.Of(r, f, m))
                    {
                        Assert.Equal(group, Trait(world, key, "rfm-previous-group"));
                        Assert.Equal(group == "champions", customer.IsIn("lapsed"));
                    }
                    else if (group is not null)
                    {
                        Assert.Equal(former, Trait(world, key, "rfm-previous-group"));
                    }
                }
            }
        }));

    [Fact]
    public void Every_combination_has_a_group_and_every_group_a_combination()
    {
        var all = Enumerable.Range(0, 125).Select(index => RfmGroups.Of((index / 25) + 1, (index / 5 % 5) + 1, (index % 5) + 1)).ToHashSet(StringComparer.Ordinal);

        Assert.Equal(string.Join(' ', RfmGroups.All.Order(StringComparer.Ordinal)), string.Join(' ', all.Order(StringComparer.Ordinal)));
        Assert.Equal("champions lost new cannot-lose", $"{RfmGroups.Of(5, 5, 4)} {RfmGroups.Of(1, 1, 1)} {RfmGroups.Of(5, 1, 1)} {RfmGroups.Of(1, 5, 5)}");
    }

    [Fact]
    public void What_a_value_was_before_is_kept_also_where_time_alone_changes_it()
    {
        var lifecycle = new LifecycleDefinition { NewForMs = Hour, Away = [new("at risk", 2 * Hour), new("dormant", 3 * Hour)], WonBackForMs = Hour };
        var world = new World(Define([("fallen", "previous(lifecycle) = 'active' and lifecycle = 'at risk'")], lifecycle: lifecycle));
        world.Track("u:1", "View");

        world.RunTo(Start + Hour + 1);
        Assert.False(world.Of("u:1").IsIn("fallen"));
        world.RunTo(Start + (2 * Hour) + 1000);
        Assert.True(world.Of("u:1").IsIn("fallen"));
        world.RunTo(Start + (3 * Hour) + 1000);

        Assert.False(world.Of("u:1").IsIn("fallen"));
    }

    [Fact]
    public void A_trait_that_value_yaml_brings_is_not_defined_twice()
    {
        var result = Folder.Load(("value.yaml", ValueYaml), ("traits.yaml", "revenue: count('Order')"));

        Assert.Contains(result.Errors, error => error.File == "value.yaml" && error.Message.Contains("'revenue'", StringComparison.Ordinal));
    }

    [Fact]
    public void Orders_of_another_currency_do_not_count()
    {
        var world = new World(Folder.Valid(Folder.Load(("value.yaml", "{ order: Order, amount: properties.total, currency: EUR }"))));

        world.Track("u:1", "Order", """{"total":10,"currency":"EUR"}""").Track("u:1", "Order", """{"total":20}""").Track("u:1", "Order", """{"total":40,"currency":"USD"}""");

        Assert.Equal("30 2 15", $"{Trait(world, "u:1", "revenue")} {Trait(world, "u:1", "orders")} {Trait(world, "u:1", "average-order")}");
    }

    private static long Floor(long instant) => instant / 1000 * 1000;

    /// <summary>One, and for each of the four lines whether more than its share, oneself included, would have to be above.</summary>
    private static int Fifth(double mine, IEnumerable<double> all)
    {
        var numbers = all.ToList();
        return 1 + ((double[])[80, 60, 40, 20]).Count(percent => numbers.Count(other => other >= mine) <= percent / 100 * numbers.Count);
    }

    /// <summary>As text without quotes; null: absent.</summary>
    private static string? Trait(World world, string key, string id)
    {
        var json = Encoding.UTF8.GetString(world.Of(key).ComputedTraitsAt(world.Program, world.Now).Single(trait => trait.Id == id).Json.Span);
        return json == "null" ? null : json.Trim('"');
    }
}
