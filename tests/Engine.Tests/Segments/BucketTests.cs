using Triggers.Engine.Expressions;
using Triggers.Engine.Tests.Customers;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Segments;

public sealed class BucketTests
{
    [Fact]
    public void Thousands_of_instants_keep_a_bounded_state_and_counts_within_a_thousandth_of_the_window()
    {
        var short_ = (AggregateExpr)((CompareExpr)Parse("count('View', within 1h) >= 1")).Left;
        var long_ = (AggregateExpr)((CompareExpr)Parse("count('View', within 30d) >= 1")).Left;
        var world = new World(Define([("s", "count('View', within 1h) >= 1"), ("l", "count('View', within 30d) >= 1"), ("sum", "sum('View', properties.v, within 30d) >= 1")]));
        var instants = new List<long>();
        ulong seed = 42;
        for (var i = 0; i < 20_000; i++)
        {
            seed = (seed * 6364136223846793005) + 1442695040888963407;
            world.Now += (long)((seed >> 40) % 300_000);
            var late = (seed >> 33) % 10 == 0 ? (long)((seed >> 20) % 7_200_000) : 0;
            world.Track("u:1", "View", """{"v":1}""", at: world.Now - late);
            instants.Add(world.Now - late);
        }

        var customer = world.Of("u:1");
        foreach (var (aggregate, width) in new[] { (short_, Hour / 1000), (long_, 30 * Day / 1000) })
        {
            var boundary = world.Now / 1000 * 1000 - aggregate.Window.LengthMs;
            var value = customer.Look(world.Program, aggregate, world.Now);
            Assert.InRange(value.Count, instants.Count(instant => instant > boundary + width), instants.Count(instant => instant > boundary - width));
            Assert.True(value.IsApproximate);
        }

        Assert.Equal(20_000, customer.EventTotal);
        Assert.InRange(customer.Heap.UsedBytes, 0, 100_000);
        Assert.Equal(customer.Look(world.Program, long_, world.Now).Count, RoundTrip(customer).Look(world.Program, long_, world.Now).Count);
    }

    [Fact]
    public void Up_to_256_instants_are_exact()
    {
        var world = new World(Define([("s", "count('View', within 30d) >= 200")]));
        for (var i = 0; i < 256; i++)
        {
            world.Wait(7_777).Track("u:1", "View");
        }

        var first = Start + 7_777;
        world.RunTo(first + (30 * Day) + (55 * 7_777));
        Assert.True(world.Of("u:1").IsIn("s"));
        Assert.Equal((first + (30 * Day) + (56 * 7_777) + 999) / 1000 * 1000, world.Of("u:1").Due);
        world.RunTo(world.Of("u:1").Due);
        Assert.False(world.Of("u:1").IsIn("s"));
    }
}
