using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Tests.Customers;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Segments;

public sealed class SegmentTests
{
    [Fact]
    public void A_count_in_a_window_enters_at_its_line_and_leaves_on_time_with_no_event()
    {
        var world = new World(Define([("hot", "count('View', where properties.price > 50, within 7d) >= 3")]));

        world.Track("u:1", "View", """{"price":60}""").Wait(Hour).Track("u:1", "View", """{"price":70}""").Track("u:1", "View", """{"price":10}""");
        Assert.False(world.Of("u:1").IsIn("hot"));
        world.Wait(Hour + 500).Track("u:1", "View", """{"price":"a lot"}""").Track("u:1", "View", """{"price":51}""");

        Assert.True(world.Of("u:1").IsIn("hot"));
        Assert.Equal(1, world["segment/hot/size"]);
        Assert.Equal(Start + (7 * Day), world.Of("u:1").Due);
        world.RunTo(Start + (7 * Day));
        Assert.False(world.Of("u:1").IsIn("hot"));
        Assert.Equal(0, world["segment/hot/size"]);
        Assert.Equal([DecisionKind.SegmentEntered, DecisionKind.SegmentExited], world.Decisions.Where(item => item.Subject == "hot").Select(item => item.Kind));
    }

    [Fact]
    public void Sums_are_exact_and_leave_with_their_events()
    {
        var world = new World(Define([("big", "sum('Order Completed', properties.total, within 365d) >= 0.3")]));

        world.Track("u:1", "Order Completed", """{"total":0.1}""").Wait(Day).Track("u:1", "Order Completed", """{"total":0.2}""");

        Assert.True(world.Of("u:1").IsIn("big"));
        world.RunTo(Start + (365 * Day));
        Assert.False(world.Of("u:1").IsIn("big"));
    }

    [Fact]
    public void A_segment_on_another_follows_it_in_the_same_turn()
    {
        var world = new World(Define([("buyer", "did('Order', within 1d)"), ("vip", "segment('buyer') and traits.plan = 'pro'"), ("rest", "not segment('vip')")]));

        world.Identify("u:1", """{"plan":"pro"}""");
        Assert.True(world.Of("u:1").IsIn("rest"));
        world.Track("u:1", "Order");

        Assert.True(world.Of("u:1").IsIn("vip"));
        Assert.False(world.Of("u:1").IsIn("rest"));
        world.RunTo(Start + Day);
        Assert.False(world.Of("u:1").IsIn("vip"));
        Assert.True(world.Of("u:1").IsIn("rest"));
        Assert.Equal((0, 0, 1), (world["segment/buyer/size"], world["segment/vip/size"], world["segment/rest/size"]));
    }

    [Fact]
    public void A_new_customer_whom_the_first_event_takes_out_of_what_holds_for_others_is_in_what_builds_on_that()
    {
        var world = new World(Define([("viewer", "did('View')"), ("rest", "not segment('viewer')"), ("all but the rest", "not segment('rest')")]));

        world.Track("u:1", "View");

        Assert.True(world.Of("u:1").IsIn("all but the rest"));
    }

    [Fact]
    public void A_late_event_is_placed_by_when_it_occurred()
    {
        var world = new World(Define([("two", "count('View', within 1d) >= 2")]));

        world.Track("u:1", "View").Wait(Hour).Track("u:1", "View", at: Start - (22 * Hour)).Track("u:1", "View", at: Start - (30 * Hour));

        Assert.True(world.Of("u:1").IsIn("two"));
        Assert.Equal(Start + (2 * Hour), world.Of("u:1").Due);
        world.RunTo(Start + (2 * Hour));
        Assert.False(world.Of("u:1").IsIn("two"));
    }

    [Fact]
    public void The_same_message_id_counts_once_for_a_day()
    {
        var world = new World(Define([("one", "count('View') >= 1")]));

        world.Track("u:1", "View", messageId: "m1").Wait(Hour).Track("u:1", "View", messageId: "m1").Wait(Day).Track("u:1", "View", messageId: "m1");

        Assert.Equal((2, 1), (world["events/total"], world["events/duplicate"]));
        Assert.Equal(2, world.Of("u:1").EventTotal);
    }
}
