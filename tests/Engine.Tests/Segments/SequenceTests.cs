using FsCheck;
using FsCheck.Fluent;
using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Tests.Customers;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Segments;

/// <summary>One thing after another, and what did not follow: against a search through all events, and by example.</summary>
public sealed class SequenceTests
{
    private static readonly DefinitionSet s_definitions = Define(new[]
    {
        "sequence('View', then 'Order' within 12h, within 3d)", "sequence('View', then not 'Order' within 2h, within 2d)", "sequence('View', then not 'View' within 30h, within 3d)",
        "sequence('View' where properties.c = 'red', then 'View' within 1d where properties.v > 5, then 'Order' within 2d, within 4d)", "sequence('Order', then 'View' within 1d, then not 'Order' within 11h, within 3d)",
        "sequence('Order', then 'Order' within 2d, without 'View', within 4d)", "sequence('View', then 'View' within 1d, then not 'View' within 3h, without 'Order' where properties.v > 4, within 50h)",
        "not sequence('Order', then not 'View' within 10m, within 1d)", "sequence('View', then 'Order' within 1s, within 1h)",
    }.Select((text, index) => ($"s{index}", text)));

    /// <summary>Steps that share a value; and how far somebody came.</summary>
    private static readonly DefinitionSet s_shared = Define(new[]
    {
        "sequence('View', then 'Order' within 12h, same properties.c, within 3d)", "sequence('View', then 'Order', same properties.v, within 2d)", "sequence('View', then not 'Order' within 2h, same properties.c, within 2d)",
        "sequence('View', then 'View' within 1d, then 'Order' within 2d, same properties.c, without 'Order' where properties.v > 4, within 4d)", "sequence('Order', then 'View' within 1d, then not 'Order' within 11h, same properties.c, without 'View' where properties.v = 7, within 3d)",
        "not sequence('Order' where properties.v > 3, then 'Order' within 2d, same properties.c, within 50h)", "sequence('View', then 'View', then 'View', within 1d)",
        "funnel('View', then 'Order' within 12h, then 'View' within 1d, within 3d) >= 2", "funnel('View', then 'Order', then 'View', then 'Order', same properties.c, within 3d) = 2", "funnel('View', then 'View' within 1h, then 'Order', without 'Order' where properties.v < 3, within 2d) < 2",
        "funnel('Order', then 'View', within 2d) > funnel('View', then 'Order', same properties.c, within 2d)", "funnel('View', then 'Order', same properties.v, within 30h) between 1 and 1", "funnel('View' where properties.v > 5, then 'Order' within 2h, within 3d) in [0, 2]",
    }.Select((text, index) => ($"s{index}", text)));

    private static Gen<int[]> Steps => Gen.Choose(0, 1_000_000_000).ArrayOf();

    [Fact]
    public void Every_sequence_is_found_as_a_search_through_all_events_finds_it() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(250).WithEndSize(40).WithReplay(20_260_305, 13), Prop.ForAll(Arb.From(Steps), steps => Recount.Live(s_definitions, steps, mergeAt: int.MaxValue)));

    [Fact]
    public void A_device_merged_in_between_puts_its_steps_where_they_belong() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(250).WithEndSize(40).WithReplay(20_260_306, 15), Prop.ForAll(Arb.From(Steps), steps => Recount.Live(s_definitions, steps, mergeAt: steps.Length / 2)));

    [Fact]
    public void Every_chain_that_shares_a_value_is_found_as_a_search_through_all_events_finds_it() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(250).WithEndSize(40).WithReplay(20_260_307, 17), Prop.ForAll(Arb.From(Steps), steps => Recount.Live(s_shared, steps, mergeAt: int.MaxValue)));

    [Fact]
    public void A_device_merged_in_between_shares_its_values() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(250).WithEndSize(40).WithReplay(20_260_308, 19), Prop.ForAll(Arb.From(Steps), steps => Recount.Live(s_shared, steps, mergeAt: steps.Length / 2)));

    [Fact]
    public void The_same_product_is_the_same_one_and_an_order_of_no_product_is_an_order_of_all()
    {
        var world = new World(Define(
        [
            ("s", "sequence('Product Viewed', then 'Product Added' within 1h, then not 'Order Completed' within 2h, same properties.product_id, without 'Product Removed', within 7d)"),
            ("f", "funnel('Product Viewed', then 'Product Added' within 1h, then 'Order Completed' within 1d, same properties.product_id, within 7d) = 2"),
        ]));
        foreach (var key in new[] { "u:other", "u:lamp", "u:ordered", "u:removed" })
        {
            world.Track(key, "Product Viewed", """{"product_id":"lamp"}""");
        }

        world.Wait(Minute).Track("u:other", "Product Added", """{"product_id":"desk"}""").Track("u:lamp", "Product Added", """{"product_id":"l\u0061mp"}""").Track("u:ordered", "Product Added", """{"product_id":"lamp"}""");
        world.Track("u:removed", "Product Removed", """{"product_id":"lamp"}""").Wait(1).Track("u:removed", "Product Added", """{"product_id":"lamp"}""");
        world.Wait(Hour).Track("u:ordered", "Order Completed", """{"products":[{"product_id":"lamp"}]}""").Track("u:lamp", "Order Completed", """{"product_id":"desk"}""");
        world.RunTo(world.Now + (3 * Hour));

        Assert.Equal("u:lamp", string.Join(' ', world.Customers.Values.Where(customer => customer.IsIn("s")).Select(customer => customer.Key)));
        Assert.Equal("u:lamp u:ordered u:removed", string.Join(' ', world.Customers.Values.Where(customer => customer.IsIn("f")).Select(customer => customer.Key)));
    }

    [Fact]
    public void Of_more_instants_than_are_kept_the_newest_decide_in_whatever_order_they_came()
    {
        var definitions = Define([("new", "sequence('View', then 'Order', same properties.c, within 30d)"), ("old", "sequence('View' where properties.c = '0x', then 'Order' where properties.c = '0x', same properties.c, within 30d)")]);
        var events = Enumerable.Range(0, Limits.SequenceInstantsMax + 60).Select(i => (At: Start + (i * Minute), Value: $"{i}x")).ToList();
        var sizes = new HashSet<int>();
        foreach (var order in new[] { events, [.. events.AsEnumerable().Reverse()], [.. events.OrderBy(item => item.At % 7)] })
        {
            var world = new World(definitions, Start + Day);
            foreach (var (at, value) in order)
            {
                world.Track("u:1", "View", $$"""{"c":"{{value}}"}""", at: at);
            }

            world.Track("u:1", "Order", """{"c":"0x"}""");
            Assert.False(world.Of("u:1").IsIn("new"));
            Assert.True(world.Of("u:1").IsIn("old"));
            world.Track("u:1", "Order", """{"c":"200x"}""");
            Assert.True(RoundTrip(world.Of("u:1")).IsIn("new"));
            sizes.Add(BytesOf(world.Of("u:1")).Length);
        }

        Assert.InRange(Assert.Single(sizes), 1_000, 9_000);
    }

    [Fact]
    public void A_sequence_since_entry_looks_at_one_run_of_a_campaign()
    {
        var campaign = new CampaignDefinition
        {
            Id = "c", ContentHash = "c", Trigger = new TriggerDefinition(TriggerKind.Event, "Start"), Exit = Parse("sequence('View', then 'Order' within 1d, since entry)", Triggers.Engine.Expressions.ExpressionScope.Campaign),
            Steps = [new WaitStep("0", 20 * Day), new SendStep("1", "webhook", "t", null, "https://example.com")],
        };
        var world = new World(Define(campaigns: campaign));
        world.Track("u:1", "View").Wait(Minute).Track("u:1", "Start").Wait(Minute).Track("u:1", "Order");
        world.Track("u:2", "Start").Wait(Minute).Track("u:2", "View").Wait(Minute).Track("u:2", "Order");
        world.RunTo(Start + (30 * Day));

        Assert.Equal("u:1", Assert.Single(world.Messages).CustomerKey);
    }

    [Fact]
    public void What_did_not_follow_is_known_at_the_second_its_time_is_over_and_a_late_event_takes_it_back()
    {
        var campaign = new CampaignDefinition { Id = "c", ContentHash = "c", Trigger = new TriggerDefinition(TriggerKind.SegmentEntered, "s"), Steps = [new SendStep("1", "webhook", "t", null, "https://example.com")] };
        var world = new World(Define([("s", "sequence('Checkout Started', then not 'Order Completed' within 2h, within 7d)")], campaigns: campaign));

        world.Wait(300).Track("u:1", "Checkout Started").Track("u:2", "Checkout Started").Wait(Hour).Track("u:2", "Order Completed");
        world.RunTo(Start + (2 * Hour));
        Assert.False(world.Of("u:1").IsIn("s"));
        world.RunTo(Start + (2 * Hour) + Second);

        Assert.True(world.Of("u:1").IsIn("s"));
        Assert.False(world.Of("u:2").IsIn("s"));
        Assert.Equal(Start + (2 * Hour) + Second, Assert.Single(world.Messages).DecidedAt);
        world.Wait(Minute).Track("u:1", "Order Completed", at: Start + Hour);
        Assert.False(world.Of("u:1").IsIn("s"));
        Assert.Equal([DecisionKind.SegmentEntered, DecisionKind.SegmentExited], world.Decisions.Where(item => item.Subject == "s").Select(item => item.Kind));
    }

    [Fact]
    public void A_new_sequence_knows_what_happened_and_collects_what_did_not()
    {
        var world = new World(Define());
        world.Track("u:1", "Login").Wait(Hour);
        world.Activate(Define([("both", "sequence('View', then 'Order' within 1d, within 7d)"), ("not", "sequence('View', then not 'Order' within 1d, within 7d)")]));
        world.Track("u:1", "View").Wait(Hour).Track("u:1", "Order").Wait(Hour).Track("u:1", "View");

        Assert.True(world.Of("u:1").IsIn("both"));
        Assert.True(world.Of("u:1").IsCollecting("not"));
        world.RunTo(Start + Hour + (7 * Day));

        Assert.True(world.Of("u:1").IsIn("not"));
    }

    [Fact]
    public void Steps_share_what_is_kept_with_counts_of_the_same_events()
    {
        var alone = new World(Define([("s", "count('View', within 7d) >= 9"), ("t", "count('Order', within 7d) >= 9")]));
        var both = new World(Define([("s", "count('View', within 7d) >= 9"), ("t", "count('Order', within 7d) >= 9"), ("u", "sequence('Order', then 'View' within 1d, within 7d)")]));
        foreach (var world in new[] { alone, both })
        {
            world.Track("u:1", "View").Wait(Hour).Track("u:1", "Order");
        }

        Assert.Equal(BytesOf(alone.Of("u:1")).Length, BytesOf(both.Of("u:1")).Length);
    }
}
