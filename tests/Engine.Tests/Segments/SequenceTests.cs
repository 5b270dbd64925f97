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

    private static Gen<int[]> Steps => Gen.Choose(0, 1_000_000_000).ArrayOf();

    [Fact]
    public void Every_sequence_is_found_as_a_search_through_all_events_finds_it() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(250).WithEndSize(40).WithReplay(20_260_305, 13), Prop.ForAll(Arb.From(Steps), steps => Recount.Live(s_definitions, steps, mergeAt: int.MaxValue)));

    [Fact]
    public void A_device_merged_in_between_puts_its_steps_where_they_belong() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(250).WithEndSize(40).WithReplay(20_260_306, 15), Prop.ForAll(Arb.From(Steps), steps => Recount.Live(s_definitions, steps, mergeAt: steps.Length / 2)));

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
