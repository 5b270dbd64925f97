using FsCheck;
using FsCheck.Fluent;
using Triggers.Engine.Tests.Customers;
using Triggers.Engine.Tests.Definitions;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Measuring;

/// <summary>What models of purchases read of a customer, against a recount of the orders.</summary>
public sealed class PurchasesTests
{
    [Fact]
    public void Purchases_equal_a_recount_with_late_repeated_and_merged_orders() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60).WithEndSize(60).WithReplay(20_261_122, 29), Prop.ForAll(Arb.From(Gen.Choose(0, 1_000_000_000).ArrayOf()), steps =>
        {
            var world = new World(Folder.Valid(Folder.Load(("value.yaml", "{ order: Order, amount: properties.total, currency: EUR }")))) { RoundTrips = true };
            var orders = new List<(string Person, long At, int Total)>();
            foreach (var step in steps)
            {
                world.RunTo(world.Now + (step % 5 * Hour * 3) + 1000);
                var key = (step / 5 % 4) switch { 0 => "a:device", 1 => "u:ann", 2 => "u:ben", _ => "u:cleo" };
                var at = world.Now - (step / 20 % 3 == 0 ? step / 60 % 6 * Day : 0);
                var (total, currency) = (step / 360 % 90, step / 32_400 % 4);
                world.Track(key, "Order", currency == 0 ? $$"""{"total":{{total}},"currency":"USD"}""" : currency == 1 ? $$"""{"total":{{total}},"currency":"EUR"}""" : $$"""{"total":{{total}}}""", $"m{orders.Count}", at);
                world.Track(key, "Order", """{"total":999}""", $"m{orders.Count}", at);
                orders.Add((key, at, currency == 0 ? -1 : total));
            }

            var isJoined = steps.Length % 2 == 1;
            if (isJoined)
            {
                world.Identify("u:ann", "{}", "device");
            }

            var counted = orders.Where(order => order.Total >= 0).ToLookup(order => isJoined && order.Person == "a:device" ? "u:ann" : order.Person, StringComparer.Ordinal);
            foreach (var (key, customer) in world.Customers.Where(item => item.Value.MergedInto is null))
            {
                var bought = customer.PurchasesIn(world.Program, world.Now);
                var mine = counted[key].ToList();
                if (mine.Count == 0)
                {
                    Assert.Null(bought);
                    continue;
                }

                var days = mine.GroupBy(order => order.At / Day).Select(day => day.Max(order => order.At)).Order().ToArray();
                Assert.Equal((mine.Min(order => order.At), days.Length, mine.Sum(order => order.Total), false), (bought!.First, (int)bought.Count, (int)bought.Worth, bought.IsCollecting));
                Assert.Equal(days, bought.Days);
            }
        }));

    [Fact]
    public void Without_a_value_file_nobody_bought()
    {
        var world = new World(Define());
        world.Track("u:ann", "Order", """{"total":5}""");

        Assert.Null(world.Of("u:ann").PurchasesIn(world.Program, world.Now));
    }
}
