using FsCheck;
using FsCheck.Fluent;
using Triggers.Engine.Tests.Customers;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Segments;

public sealed class SampleTests
{
    [Fact]
    public void Samples_alone_and_joined_with_all_else_equal_a_recount()
    {
        var definitions = Define(
        [
            ("a", "sample(50%)"),
            ("b", "not sample(30%, 'x')"),
            ("c", "sample(30%, 'x') and did('View', within 100s)"),
            ("d", "not segment('b')"),
            ("e", "not (sample(50%) or did('View'))"),
            ("f", "traits.drawn = true or traits.plan = 'pro'"),
            ("g", "segment('a') and not segment('c') and not segment('e')"),
            ("h", "sample(0%) or sample(100%, 'y') and not segment('d')"),
            ("i", "not segment('h')"),
        ]) with { ComputedTraits = Computed(("drawn", "sample(12.5%, 'y')")) };
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(100).WithEndSize(60).WithReplay(20_260_801, 9), Prop.ForAll(Arb.From(Gen.Choose(0, 1_000_000_000).ArrayOf()), steps =>
        {
            var (world, naive) = (new World(definitions) { RoundTrips = true }, new Naive(definitions));
            foreach (var step in steps)
            {
                var key = $"{(step % 4 == 0 ? 'a' : 'u')}:{step / 4 % 20}";
                world.RunTo(world.Now + (step / 80 % 50_000));
                if (step % 5 == 0)
                {
                    world.Identify(key, """{"plan":"pro"}""");
                    naive.SetTraits(key, """{"plan":"pro"}""");
                }
                else
                {
                    var name = step % 3 == 0 ? "View" : "Order";
                    world.Track(key, name);
                    naive.Add(key, NaiveEvent.Of(name, world.Now, "{}", ""));
                }

                Assert.All(world.Customers.Values, customer => Assert.All(definitions.Segments, segment =>
                    Assert.True(naive.Holds(customer.Key, segment.Condition, world.Now) == customer.IsIn(segment.Id), $"{customer.Key} in {segment.Id}: {customer.IsIn(segment.Id)}")));
            }
        }));
    }

    [Fact]
    public void A_share_is_that_share_of_all_customers_and_a_larger_one_has_the_smaller_in_it()
    {
        var world = new World(Define([("tenth", "sample(10%, 'x')"), ("fifth", "sample(20%, 'x')"), ("other", "sample(10%, 'z')"), ("unnamed", "sample(10%)"), ("both", "segment('tenth') and segment('other')"), ("outside", "segment('tenth') and not segment('fifth')")]));

        for (var person = 0; person < 20_000; person++)
        {
            world.Track($"u:{person}", "View");
        }

        Assert.InRange(world["segment/tenth/size"], 1_900, 2_100);
        Assert.InRange(world["segment/fifth/size"], 3_850, 4_150);
        Assert.InRange(world["segment/other/size"], 1_900, 2_100);
        Assert.InRange(world["segment/unnamed/size"], 1_900, 2_100);
        Assert.InRange(world["segment/both/size"], 150, 250);
        Assert.Equal(0, world["segment/outside/size"]);
    }

    [Fact]
    public void The_draw_of_a_customer_is_frozen()
    {
        var world = new World(Define([("a", "sample(50%)"), ("b", "sample(50%, 'new-checkout')")]));

        for (var person = 0; person < 20; person++)
        {
            world.Track($"u:{person}", "View");
        }

        string In(string segment) => string.Join(' ', Enumerable.Range(0, 20).Where(person => world.Of($"u:{person}").IsIn(segment)));
        Assert.Equal("0 1 3 4 7 8 10 11 17 18 19", In("a"));
        Assert.Equal("3 4 6 7 8 9 11 12 14 15 18", In("b"));
    }

    [Fact]
    public void Who_becomes_known_has_the_draw_of_the_user_id_from_then_on()
    {
        var world = new World(Define([("half", "sample(50%)")]));
        for (var person = 1; person <= 20; person++)
        {
            world.Track($"u:{person}", "View").Track($"a:{person}", "View");
        }

        var before = world.Customers.Values.ToDictionary(customer => customer.Key, customer => customer.IsIn("half"), StringComparer.Ordinal);
        for (var person = 1; person <= 20; person++)
        {
            world.Track($"u:{person}", "View", device: $"{person}");
        }

        Assert.Contains(Enumerable.Range(1, 20), person => before[$"u:{person}"] != before[$"a:{person}"]);
        Assert.All(Enumerable.Range(1, 20), person => Assert.Equal((before[$"u:{person}"], false), (world.Of($"u:{person}").IsIn("half"), world.Of($"a:{person}").IsIn("half"))));
        Assert.Equal(before.Count(item => item.Value && item.Key[0] == 'u'), world["segment/half/size"]);
    }
}
