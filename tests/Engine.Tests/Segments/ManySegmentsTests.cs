using FsCheck;
using FsCheck.Fluent;
using Triggers.Engine.Tests.Customers;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Segments;

/// <summary>Customers in so many segments that they are searched and watched by blocks.</summary>
public sealed class ManySegmentsTests
{
    private const int Segments = 400;

    [Fact]
    public void Every_one_of_hundreds_is_entered_and_left_at_its_second()
    {
        var definitions = Define(Enumerable.Range(1, Segments).Select(number => ($"s-{number}", number % 2 == 0 ? $"did('E{number % 5}', within {number * 7}s)" : $"not did('E{number % 5}', within {number * 11}s)")));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(15).WithEndSize(60).WithReplay(20_261_122, 7), Prop.ForAll(Arb.From(Gen.Choose(0, 1_000_000_000).ArrayOf()), steps =>
        {
            var (world, twin) = (new World(definitions) { RoundTrips = true }, new World(definitions));
            var last = new long[5];
            foreach (var step in steps)
            {
                var name = step % 5;
                foreach (var each in new[] { world, twin })
                {
                    each.RunTo(each.Now + (step / 5 % 900 * Second));
                    each.Track("u:ann", $"E{name}");
                }

                last[name] = twin.Now;
                for (var number = 1; number <= Segments; number++)
                {
                    var since = twin.Now - last[number % 5];
                    var isIn = number % 2 == 0 ? last[number % 5] > 0 && since < number * 7 * Second : last[number % 5] == 0 || since >= number * 11 * Second;
                    Assert.Equal(isIn, twin.Of("u:ann").IsIn($"s-{number}"));
                }
            }

            Assert.Equal(world.Trace, twin.Trace);
        }));
    }

    [Fact]
    public void Each_of_hundreds_of_behaviours_counts_its_own_events()
    {
        var world = new World(Define(Enumerable.Range(0, Segments).Select(number => ($"s-{number}", $"count('E{number}', within 1d) >= 3"))));
        var random = new Random(7);
        var counts = new int[Segments];
        for (var step = 0; step < Segments * 5; step++)
        {
            var number = random.Next(Segments);
            world.Track("u:ann", $"E{number}");
            counts[number]++;
            Assert.Equal(counts[number] >= 3, world.Of("u:ann").IsIn($"s-{number}"));
        }

        Assert.All(counts.Index(), item => Assert.Equal(item.Item >= 3, world.Of("u:ann").IsIn($"s-{item.Index}")));
    }
}
