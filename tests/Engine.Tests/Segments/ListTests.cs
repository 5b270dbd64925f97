using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Records;
using Triggers.Engine.Tests.Customers;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Segments;

public sealed class ListTests
{
    private static readonly DefinitionSet s_lists = Define(
    [
        ("x", "list('x')"),
        ("x-not-y", "list('x') and not list('y')"),
        ("y-lately", "list('y') and did('View', within 100s)"),
        ("neither", "not (segment('x') or list('y'))"),
        ("marked", "traits.mark = true"),
    ]) with { ComputedTraits = Computed(("mark", "list('y')")) };

    private static readonly DefinitionSet s_none = Define([("active", "did('View', within 100s)")]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Membership_equals_a_recount_whoever_was_seen_and_whatever_is_in_force(int seed)
    {
        var random = new Random(seed);
        var world = new World(s_lists) { RoundTrips = true };
        var asks = true;
        var on = new HashSet<(string Key, string List)>();
        var viewed = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var step = 0; step < 1_500; step++)
        {
            var key = $"u:{random.Next(12)}";
            var list = random.Next(2) == 0 ? "x" : "y";
            switch (random.Next(20))
            {
                case < 6:
                    world.Command(key, CommandKind.JoinList, list);
                    on.Add((key, list));
                    break;
                case < 10:
                    world.Command(key, CommandKind.LeaveList, list);
                    on.Remove((key, list));
                    break;
                case < 15:
                    world.Track(key, "View");
                    viewed[key] = world.Now;
                    break;
                case 15:
                    world.Command(key, CommandKind.Erase);
                    on.RemoveWhere(item => item.Key == key);
                    viewed.Remove(key);
                    break;
                case 16:
                    world.Activate((asks = !asks) ? s_lists : s_none);
                    world.Customers.Keys.ToList().ForEach(each => world.Timer(each));
                    break;
                default:
                    world.RunTo(world.Now + random.Next(60_000));
                    break;
            }

            foreach (var customer in world.Customers.Values)
            {
                bool x = on.Contains((customer.Key, "x")), y = on.Contains((customer.Key, "y"));
                Assert.Equal((x ? "x" : "") + (y ? "y" : ""), string.Concat(customer.Lists.Select(each => each.Id)));
                var known = viewed.TryGetValue(customer.Key, out var last);
                Assert.Equal(known, customer.Exists);
                if (asks && known)
                {
                    // A view at a millisecond leaves the window with the second that ends behind it.
                    var lately = last + 100_000 > world.Now / 1000 * 1000;
                    (string, bool)[] expected = [("x", x), ("x-not-y", x && !y), ("y-lately", y && lately), ("neither", !x && !y), ("marked", y)];
                    Assert.All(expected, each => Assert.True(each.Item2 == customer.IsIn(each.Item1), $"seed {seed}, step {step}: {customer.Key} in {each.Item1}: {customer.IsIn(each.Item1)}"));
                }
            }
        }

        var sizes = world.Customers.Values.Count(customer => asks && customer.Exists && customer.IsIn("x"));
        Assert.True(!asks || world["segment/x/size"] == sizes);
    }

    [Fact]
    public void Whoever_is_put_on_a_list_enters_at_once_and_whoever_was_never_seen_enters_when_seen()
    {
        var world = new World(Define([("vip", "list('vip')")], campaigns: new CampaignDefinition { Id = "welcome", Trigger = new TriggerDefinition(TriggerKind.SegmentEntered, "vip"), ContentHash = "welcome" }));
        world.Track("u:ann", "View").Command("u:ann", CommandKind.JoinList, "vip").Command("u:bob", CommandKind.JoinList, "vip");

        Assert.Equal(1, world["campaign/welcome/entered"]);
        Assert.False(world.Of("u:bob").Exists);
        Assert.False(world.Of("u:bob").IsEmpty);
        Assert.Equal(1, world["customers/total"]);

        world.Track("u:bob", "View").Command("u:bob", CommandKind.JoinList, "vip");

        Assert.Equal(2, world["campaign/welcome/entered"]);
        Assert.Equal(2, world["segment/vip/size"]);
    }

    [Fact]
    public void Whoever_is_taken_off_a_list_leaves_at_once()
    {
        var world = new World(Define([("vip", "list('vip')")], campaigns:
        [
            new CampaignDefinition { Id = "stay", Trigger = new TriggerDefinition(TriggerKind.SegmentEntered, "vip"), Exit = Parse("not list('vip')"), Steps = [new WaitStep("0", Day)], ContentHash = "stay" },
            new CampaignDefinition { Id = "bye", Trigger = new TriggerDefinition(TriggerKind.SegmentExited, "vip"), ContentHash = "bye" },
        ]));
        world.Track("u:ann", "View").Command("u:ann", CommandKind.JoinList, "vip").Command("u:ann", CommandKind.LeaveList, "vip");

        Assert.Equal((1, 1, 1), (world["campaign/stay/entered"], world["campaign/stay/exited"], world["campaign/bye/entered"]));
        Assert.Empty(world.Of("u:ann").Lists);
        Assert.Equal(0, world["segment/vip/size"]);
    }

    [Fact]
    public void A_list_that_a_new_segment_asks_for_is_known_and_triggers_nothing()
    {
        var world = new World(s_none);
        world.Track("u:ann", "View").Command("u:ann", CommandKind.JoinList, "vip");
        world.Activate(s_none);
        world.Timer("u:ann");
        world.Activate(Define([("vip", "list('vip')")], campaigns: new CampaignDefinition { Id = "welcome", Trigger = new TriggerDefinition(TriggerKind.SegmentEntered, "vip"), ContentHash = "welcome" }));
        world.Timer("u:ann");

        Assert.True(world.Of("u:ann").IsIn("vip"));
        Assert.Equal(0, world["campaign/welcome/entered"]);
    }

    [Fact]
    public void Merged_persons_are_on_the_lists_of_both()
    {
        var world = new World(s_lists);
        world.Track("u:a", "View").Track("u:b", "View").Command("u:a", CommandKind.JoinList, "x").Wait(1000).Command("u:b", CommandKind.JoinList, "x").Command("u:b", CommandKind.JoinList, "y");
        world.Send("u:a", EventType.Alias, other: "b");

        Assert.Equal("u:a", world.Of("u:b").MergedInto);
        Assert.Equal([new ListMembership("x", Start), new ListMembership("y", Start + 1000)], world.Of("u:a").Lists);
        Assert.True(world.Of("u:a").IsIn("marked"));

        world.Command("u:b", CommandKind.LeaveList, "y");

        Assert.False(world.Of("u:a").IsIn("marked"));
        Assert.Equal(1, world["segment/x/size"]);
    }

    [Fact]
    public void Erasure_forgets_the_lists_of_those_who_were_never_seen_too()
    {
        var world = new World(s_lists);
        world.Command("u:a", CommandKind.JoinList, "x").Command("u:a", CommandKind.Erase);

        Assert.True(world.Of("u:a").IsEmpty);
    }

    [Fact]
    public void A_trait_that_looks_like_a_list_is_none()
    {
        var world = new World(Define([("first", "first('View', properties.x) = 'a'")]));
        world.Track("u:a", "View", """{"x":"list('x')"}""");

        Assert.Empty(world.Of("u:a").Lists);
    }

    [Fact]
    public void Everybody_who_asks_for_a_list_is_named()
    {
        var mentions = ListMentions.In(s_lists);

        Assert.Equal("segment x: x, segment x-not-y: x, segment x-not-y: y, segment y-lately: y, segment neither: y, computed trait mark: y", string.Join(", ", mentions.Select(each => $"{each.Kind} {each.Id}: {each.List}")));
    }
}
