using FsCheck;
using FsCheck.Fluent;
using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;
using Triggers.Engine.Tests.Customers;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Segments;

/// <summary>The functions on behaviour against a recount, over events that come late, twice and in any order, to a person and to the device that turns out to be theirs.</summary>
public sealed class AggregateTests
{
    private static readonly DefinitionSet s_definitions = Define(new[]
    {
        "count days('View', within 3d) >= 2", "count days('View') = 3", "count days('View', where properties.v > 5, within 50h) < 2", "count days('Order', within 2d) > count('View', within 1d)",
        "average('Order', properties.v, within 2d) >= 4", "average('Order', properties.v) < 5", "average('Order', properties.v, where exists(properties.c), within 30h) = 4.5", "sum('Order', properties.v, within 2d) > average('View', properties.v, within 1d)",
        "min('Order', properties.v, within 2d) < 3", "min('Order', properties.v) <= -2", "min('View', properties.v, within 20h) >= 4", "max('Order', properties.v, within 2d) > 6", "max('Order', properties.v) >= 9",
        "max('View', properties.v, where properties.c = 'red', within 1d) != 7", "max('View', properties.v, within 30h) > min('Order', properties.v, within 3d)",
        "distinct('View', properties.c, within 2d) >= 2", "distinct('View', properties.c) = 3", "distinct('Order', properties.v, within 25h) between 2 and 3", "distinct('View', properties.c, within 1d) < distinct('View', properties.v, within 1d)",
        "since last('View') > 1d", "since last('Order', where properties.v > 5) <= 36h", "since first('View') >= 3d", "since first('Order') < 2d", "since last('View') < since last('Order')", "since last('View') between 1h and 30h", "not since last('Order') = 1h",
        "last('View', properties.c) = 'red'", "last('View', properties.c, within 30h) != 'red'", "last('Order', properties.v) > 4", "first('View', properties.c) in ['blue', 5]", "first('Order', properties.v, where exists(properties.c)) = 7",
        "last('View', properties.v, within 1d) between 3 and 8", "last('View', properties.c, within 2d) = 'RED' ignoring case", "last('View', properties.c) = first('View', properties.c)", "last('View', properties.v) matches '^n'",
        "change(count('View', within 1d)) >= 2", "change(count('View', where properties.v > 3, within 30h)) < 1", "change(sum('Order', properties.v, within 2d)) > 1.5", "change(count('Order', within 1d)) = 1", "change(count('View', within 1d)) > change(count('Order', within 20h))", "not change(sum('View', properties.v, within 12h)) between 0.5 and 2",
        "most frequent('View', properties.c, within 2d) = 'red'", "most frequent('View', properties.c) = 'red'", "most frequent('View', properties.c, within 2d) in [5, true]", "most frequent('Order', properties.v, within 30h) > 4", "not most frequent('View', properties.v, where exists(properties.c), within 1d) = 7", "most frequent('View', properties.c) = last('View', properties.c)",
    }.Select((text, index) => ($"s{index}", text)));

    private static Gen<int[]> Steps => Gen.Choose(0, 1_000_000_000).ArrayOf();

    [Fact]
    public void Every_function_equals_a_recount_at_every_second_at_which_it_changes() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(150).WithEndSize(40).WithReplay(20_260_303, 9), Prop.ForAll(Arb.From(Steps), steps => Recount.Live(s_definitions, steps, mergeAt: int.MaxValue)));

    [Fact]
    public void A_device_merged_in_between_changes_nothing_of_what_the_person_did() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(150).WithEndSize(40).WithReplay(20_260_304, 11), Prop.ForAll(Arb.From(Steps), steps => Recount.Live(s_definitions, steps, mergeAt: steps.Length / 2)));

    [Fact]
    public void More_values_than_are_told_apart_stay_at_the_limit()
    {
        var world = new World(Define([("s", "distinct('View', properties.c) >= 256"), ("t", "distinct('View', properties.c) > 256"), ("days", "count days('View') >= 300")]));
        for (var i = 0; i < 300; i++)
        {
            world.Wait(Day).Track("u:1", "View", $$"""{"c":"{{i}}x"}""");
        }

        Assert.Equal("s days", string.Join(' ', RoundTrip(world.Of("u:1")).Memberships(world.Program).Select(item => item.SegmentId)));
    }

    [Fact]
    public void Of_more_values_than_are_counted_the_one_seen_longest_ago_gives_way()
    {
        var world = new World(Define([("first", "most frequent('View', properties.c) = '0x'"), ("last", "most frequent('View', properties.c) = '299x'")]));
        world.Track("u:1", "View", """{"c":"0x"}""").Track("u:1", "View", """{"c":"0x"}""");
        for (var i = 1; i < 64; i++)
        {
            world.Wait(Day).Track("u:1", "View", $$"""{"c":"{{i}}x"}""");
        }

        Assert.True(world.Of("u:1").IsIn("first"));
        for (var i = 64; i < 300; i++)
        {
            world.Wait(Day).Track("u:1", "View", $$"""{"c":"{{i}}x"}""");
        }

        Assert.Equal("last", string.Join(' ', RoundTrip(world.Of("u:1")).Memberships(world.Program).Select(item => item.SegmentId)));
        Assert.InRange(BytesOf(world.Of("u:1")).Length, 64 * 25, (64 * 40) + 1_000);
    }

    [Fact]
    public void A_falling_price_keeps_a_bounded_number_of_values()
    {
        var world = new World(Define([("s", "max('View', properties.v, within 30d) > 5000"), ("t", "max('View', properties.v) >= 19999")]));
        for (var i = 0; i < 20_000; i++)
        {
            world.Wait(30_000).Track("u:1", "View", $$"""{"v":{{20_000 - i}}}""");
        }

        Assert.InRange(world.Of("u:1").Heap.UsedBytes, 0, 60_000);
        Assert.Equal("s t", string.Join(' ', world.Of("u:1").Memberships(world.Program).Select(item => item.SegmentId)));

        // 5001 was seen at the 15,000th event; a bucket is at most 43.2 min wide.
        var leaves = Start + (15_000 * 30_000L) + (30 * Day);
        world.RunTo(leaves - (44 * Minute));
        Assert.True(world.Of("u:1").IsIn("s"));
        world.RunTo(leaves + (44 * Minute));
        Assert.False(world.Of("u:1").IsIn("s"));
    }

    [Fact]
    public void A_new_function_is_collecting_for_whom_we_knew_before()
    {
        var world = new World(Define());
        world.Track("u:1", "View", """{"v":3}""").Wait(Hour);
        world.Activate(Define(
        [
            ("days", "count days('View', within 2d) >= 1"), ("low", "average('View', properties.v, within 2d) < 5"), ("max", "max('View', properties.v) > 5"), ("min", "min('View', properties.v) > 5"),
            ("last", "since last('View') > 1d"), ("first", "since first('View') > 1d"), ("new", "since first('View') <= 1d"), ("kinds", "distinct('View', properties.v) >= 2"), ("lastValue", "last('View', properties.v) = 7"), ("firstValue", "first('View', properties.v) = 7"), ("most", "most frequent('View', properties.v) = 7"),
        ]));
        world.Wait(Hour).Timer("u:1");
        Assert.Equal("days low max min last first new kinds lastValue firstValue most", Collecting());

        world.Track("u:1", "View", """{"v":7}""");
        Assert.Equal("low min first new kinds firstValue most", Collecting());
        Assert.Equal("days max lastValue", string.Join(' ', world.Of("u:1").Memberships(world.Program).Select(item => item.SegmentId)));
        world.RunTo(world.Now + Day + Second);

        Assert.True(world.Of("u:1").IsIn("last"));
        Assert.True(world.Of("u:1").IsIn("first"));
        Assert.Equal("low min kinds firstValue most", Collecting());

        string Collecting() => string.Join(' ', world.Program.Definitions.Segments.Where(segment => world.Of("u:1").IsCollecting(segment.Id)).Select(segment => segment.Id));
    }

    [Fact]
    public void A_change_does_not_take_for_nothing_what_a_shorter_window_let_go()
    {
        var world = new World(Define([("s", "count('View', within 1d) >= 9")]));
        world.Track("u:1", "View").Wait(36 * Hour).Track("u:1", "View").Wait(Hour);
        world.Activate(Define([("s", "count('View', within 1d) >= 9"), ("c", "change(count('View', within 1d)) >= 1")]));
        world.Timer("u:1");
        Assert.True(world.Of("u:1").IsCollecting("c"));

        world.RunTo(world.Now + Day + Second);
        Assert.False(world.Of("u:1").IsCollecting("c"));
        world.Track("u:1", "View");
        Assert.True(world.Of("u:1").IsIn("c"));
    }

    /// <summary>What each function keeps of ten events on ten days, in bytes of the stored state: docs/formats/customer.md names these figures.</summary>
    [Theory]
    [InlineData("count days('View', within 30d) > 30", 52)]
    [InlineData("average('View', properties.v, within 30d) > 30", 92)]
    [InlineData("max('View', properties.v) > 30", 16)]
    [InlineData("distinct('View', properties.v, within 30d) > 30", 122)]
    [InlineData("since last('View') < 3s", 15)]
    [InlineData("last('View', properties.v) > 30", 24)]
    [InlineData("first('View', properties.c) = 'blue'", 22)]
    [InlineData("most frequent('View', properties.c, within 30d) = 'blue'", 90)]
    [InlineData("sequence('View', then 'View' within 1s, same properties.v, within 30d)", 122)]
    [InlineData("change(count('View', within 30d)) > 30", 52)]
    public void A_function_costs_few_bytes(string text, int bytesMax)
    {
        var (with, without) = (new World(Define([("s", text)])), new World(Define([("s", "traits.a = 1")])));
        for (var i = 0; i < 10; i++)
        {
            foreach (var world in new[] { with, without })
            {
                world.Wait(Day).Track("u:1", "View", $$"""{"v":{{i}},"c":"red"}""");
            }
        }

        var due = with.Wait(4 * Second).Timer("u:1").Of("u:1");
        Assert.False(due.IsIn("s"));
        Assert.InRange(BytesOf(due).Length - BytesOf(without.Wait(4 * Second).Timer("u:1").Of("u:1")).Length, 10, bytesMax);
    }
}
