using FsCheck;
using FsCheck.Fluent;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;
using Triggers.Engine.Expressions.Functions;
using Triggers.Engine.Measuring;
using Triggers.Engine.Tests.Customers;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Measuring;

public sealed class TopTests
{
    [Fact]
    public void After_a_measurement_and_its_walk_everybody_stands_where_a_recount_over_all_customers_puts_them()
    {
        var definitions = Define([
            ("best", "top(20%, sum('Order', properties.total, within 100s))"),
            ("engaged", "top(30%, score)"),
            ("busy", "top(25%, traits.orders)"),
            ("rich", "top(50%, traits.wealth)"),
            ("mix", "segment('busy') and not segment('best')"),
        ], scoring: Scoring(halfLife: 0)) with { ComputedTraits = Computed(("orders", "count('Order')")) };
        var tops = definitions.Segments.Where(segment => segment.Condition is TopExpr).Select(segment => (segment.Id, Top: (TopExpr)segment.Condition)).ToList();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60).WithEndSize(80).WithReplay(20_261_122, 11), Prop.ForAll(Arb.From(Gen.Choose(0, 1_000_000_000).ArrayOf()), steps =>
        {
            var (world, naive) = (new World(definitions) { RoundTrips = true }, new Naive(definitions));
            foreach (var step in steps)
            {
                var key = $"u:{step / 7 % 30}";
                world.RunTo(world.Now + (step / 300 % 20_000));
                if (step % 7 == 0)
                {
                    var wealth = $$"""{"wealth":"{{step / 11 % 50}}"}""";
                    world.Identify(key, wealth);
                    naive.SetTraits(key, wealth);
                }
                else
                {
                    var properties = $$"""{"total":{{step / 13 % 100}}}""";
                    world.Track(key, "Order", properties);
                    naive.Add(key, NaiveEvent.Of("Order", world.Now, properties, ""));
                }

                if (step % 5 == 0)
                {
                    Measure(world);
                    foreach (var (id, top) in tops)
                    {
                        var numbers = world.Customers.Keys.Select(person => (person, Number: naive.NumberOf(person, top.Number, world.Now))).Where(item => item.Number is not null).ToList();
                        foreach (var (person, number) in numbers)
                        {
                            // Never more than the share is above; those of one number are in or out together.
                            var withEqual = numbers.Count(other => other.Number >= number);
                            Assert.Equal(withEqual <= top.Percent / 100 * numbers.Count, world.Of(person).IsIn(id));
                        }

                        foreach (var person in world.Customers.Keys.Where(person => !numbers.Exists(item => item.person == person)))
                        {
                            Assert.False(world.Of(person).IsIn(id));
                        }
                    }

                    Assert.All(world.Customers.Values, customer => Assert.Equal(customer.IsIn("busy") && !customer.IsIn("best"), customer.IsIn("mix")));
                }
            }
        }));
    }

    [Fact]
    public void Until_the_line_is_known_it_is_collecting_then_it_is_known_in_silence_and_from_then_on_a_moved_line_moves_idle_customers()
    {
        var world = new World(Define([("best", "top(50%, sum('Order', properties.total))"), ("others", "not segment('best')")]));
        world.Track("u:small", "Order", """{"total":10}""").Track("u:large", "Order", """{"total":20}""");

        Assert.True(world.Of("u:large").IsCollecting("best") && world.Of("u:large").IsCollecting("others"));
        Measure(world);
        Assert.Equal((true, false), (world.Of("u:large").IsIn("best"), world.Of("u:small").IsIn("best")));
        Assert.Equal((1, 1), (world["segment/best/size"], world["segment/others/size"]));
        Assert.DoesNotContain(world.Decisions, decision => decision.Subject is "best" or "others");

        world.Track("u:larger", "Order", """{"total":30}""").Track("u:largest", "Order", """{"total":40}""");
        world.Wait(Hour);
        Measure(world);

        Assert.Equal("u:larger u:largest", string.Join(' ', world.Customers.Values.Where(customer => customer.IsIn("best")).Select(customer => customer.Key)));
        Assert.Contains(world.Decisions, decision => decision is { Kind: Effects.DecisionKind.SegmentExited, Subject: "best" } && decision.At == world.Now);
    }

    [Fact]
    public void A_score_that_fades_leaves_the_top_at_its_second_without_a_new_measurement()
    {
        var world = new World(Define([("hot", "top(50%, score)")], scoring: Scoring(Hour)));
        world.Track("u:a", "Order").Track("u:b", "Order").Track("u:b", "Order");
        Measure(world);
        Assert.True(world.Of("u:b").IsIn("hot"));

        world.RunTo(world.Now + (61 * Minute));

        Assert.False(world.Of("u:b").IsIn("hot"));
    }

    [Fact]
    public void Only_customers_whom_a_moved_line_concerns_are_told()
    {
        var world = new World(Define([("best", "top(50%, count('Order'))")]));
        for (var person = 1; person <= 8; person++)
        {
            for (var order = 0; order < person; order++)
            {
                world.Track($"u:{person}", "Order");
            }
        }

        Assert.Equal(8, Measure(world));
        Assert.Equal(0, Measure(world));
        world.Track("u:1", "Order").Track("u:1", "Order").Track("u:1", "Order").Track("u:1", "Order").Track("u:1", "Order");

        // Six orders are in at once by the known line; then the line moves past those of five.
        Assert.Equal(1, Measure(world));
        Assert.False(world.Of("u:5").IsIn("best"));
    }

    [Theory]
    [InlineData("top(0%, score)", "above 0% and below 100%")]
    [InlineData("top(100%, score)", "above 0% and below 100%")]
    [InlineData("top(score)", "Expected a percentage")]
    [InlineData("top(10%)", "the number that customers are ordered by")]
    [InlineData("top(10%, 5)", "is none")]
    [InlineData("top(10%, lifecycle)", "is none")]
    [InlineData("top(10%, traits.x, did('Order'))", "Expected `among` and a condition")]
    [InlineData("top(10%, traits.x, among score)", "Expected a condition")]
    [InlineData("quintile(lifecycle) > 1", "is none")]
    [InlineData("previous(score) = 1", "is none")]
    [InlineData("rfm group(traits.a, traits.b) = 'x'", "the monetary quintile")]
    [InlineData("top(10%, any(traits.x))", "is none")]
    public void What_has_no_order_is_refused(string text, string message) =>
        Assert.Contains(ExpressionParser.Parse(text, ExpressionScope.Customer).Errors, error => error.Message.Contains(message, StringComparison.Ordinal));

    [Fact]
    public void It_reads_back_as_it_is_written() =>
        Assert.Equal("top(0.5%, sum('Order', properties.total, within 365d))", Canonical.Of(Parse("top( 0.5 %, sum('Order',properties.total,within 365d) )")));

    private static ScoringDefinition Scoring(long halfLife) => new() { HalfLifeMs = halfLife, Rules = [new ScoreRule("Order", null, 1, null)] };

    /// <summary>As the runtime does: looks at all customers, tells the lines, and sends a timer to whom they concern; how many that were.</summary>
    internal static int Measure(World world)
    {
        var halves = new[] { new Measurement(world.Program, 64), new Measurement(world.Program, 64) };
        foreach (var customer in world.Customers.Values)
        {
            halves[customer.Hash % 2].Take(customer, world.Now);
        }

        halves[0].Merge(halves[1]);
        world.Tell(halves[0].Lines().Where(line => line.Line is not null).Select(line => KeyValuePair.Create(line.Key, line.Line!.Value)));
        var behind = world.Customers.Values.Where(customer => customer.IsBehind(world.Program, world.Now)).Select(customer => customer.Key).ToList();
        behind.ForEach(key => world.Timer(key));
        return behind.Count;
    }
}
