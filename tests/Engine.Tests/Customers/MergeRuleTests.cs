using System.Text;
using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Customers;

public sealed class MergeRuleTests
{
    private static readonly DefinitionSet s_definitions = Define([("three", "count('View', within 7d) >= 3")]);

    [Fact]
    public void The_last_device_that_a_limit_allows_merges_and_the_next_stays_a_customer_of_its_own()
    {
        var world = With(new IdentityDefinition { DevicesRecently = 2, DevicesWithinMs = Hour });

        foreach (var device in (string[])["d1", "d2", "d3"])
        {
            world.Track("a:" + device, "View").Track("u:1", "Login", device: device);
        }

        world.Track("a:d3", "View");
        Assert.Equal(["d1", "d2"], world.Of("u:1").AnonymousIds);
        Assert.Equal(5, world.Of("u:1").EventTotal);
        Assert.Equal((2, (string?)null), (world.Of("a:d3").EventTotal, world.Of("a:d3").MergedInto));
        Assert.Equal(new KeyValuePair<string, MergeRule>("a:d3", MergeRule.DevicesRecently), Assert.Single(world.Of("u:1").RefusedKeys));
        var refused = Assert.Single(world.Decisions, item => item.Kind == DecisionKind.MergeRefused);
        Assert.Equal(("u:1", "a:d3", "more than 2 anonymous ids within 1h"), (refused.CustomerKey, refused.Subject, refused.Detail));
        Assert.Equal((7, 2), (world["events/total"], world["customers/total"]));
    }

    [Theory]
    [InlineData(Hour - Second, false)]
    [InlineData(Hour, true)]
    public void A_device_that_came_too_soon_merges_with_its_next_event_once_there_is_room(long later, bool merges)
    {
        var world = With(new IdentityDefinition { DevicesRecently = 1, DevicesWithinMs = Hour });
        world.Track("u:1", "Login", device: "d1").Wait(Minute).Track("a:d2", "View").Track("u:1", "Login", device: "d2");
        Assert.Equal(["d1"], world.Of("u:1").AnonymousIds);

        world.Wait(later - Minute).Track("u:1", "Login", device: "d2");

        Assert.Equal(merges ? "u:1" : null, world.Of("a:d2").MergedInto);
        Assert.Equal(merges ? 0 : 1, world.Of("u:1").RefusedKeys.Count);
    }

    [Fact]
    public void A_time_is_looked_at_by_when_events_happened_so_that_an_import_of_years_is_no_crowd()
    {
        var world = With(new IdentityDefinition { DevicesRecently = 2, DevicesWithinMs = 10 * Day });

        for (var month = 1; month <= 20; month++)
        {
            world.Track("u:1", "Login", at: Start - (month * 30 * Day), device: $"old{month}", historical: true);
        }

        world.Track("u:1", "Login", device: "d1").Track("u:1", "Login", device: "d2").Track("u:1", "Login", at: Start - (5 * Day), device: "d3");
        Assert.Equal(22, world.Of("u:1").AnonymousIds.Count);
        Assert.Equal("a:d3", Assert.Single(world.Of("u:1").RefusedKeys).Key);
    }

    [Fact]
    public void A_limit_for_ever_counts_what_was_merged_before_anybody_counted_and_keeps_counting_over_versions()
    {
        var world = With(new IdentityDefinition { DevicesEver = 3 });
        world.Track("u:1", "Login", device: "d1").Track("u:1", "Login", device: "d2");
        world.Activate(s_definitions with { Identity = new IdentityDefinition { DevicesEver = 3 }, Segments = [] });

        world.Wait(400 * Day).Track("u:1", "Login", device: "d3").Track("u:1", "Login", device: "d4");

        Assert.Equal(["d1", "d2", "d3"], world.Of("u:1").AnonymousIds);
        Assert.Equal(MergeRule.DevicesEver, Assert.Single(world.Of("u:1").RefusedKeys).Value);
    }

    [Fact]
    public void Ids_that_sites_send_for_everybody_never_merge()
    {
        var world = With(new IdentityDefinition());

        world.Track("u:null", "View", device: "d1").Track("u:Undefined", "View", device: "d2").Track("u:1", "View", device: "guest").Send("u:1", EventType.Alias, other: "NULL");

        Assert.All((string[])["u:null", "u:Undefined", "u:1"], key => Assert.Empty(world.Of(key).AnonymousIds));
        Assert.False(world.Customers.ContainsKey("a:d1") || world.Customers.ContainsKey("a:guest"));
        Assert.Equal("a:guest a:NULL u:NULL", string.Join(' ', world.Of("u:1").RefusedKeys.Select(item => item.Key)));
        Assert.All(world.Of("u:1").RefusedKeys, item => Assert.Equal(MergeRule.Never, item.Value));
    }

    [Theory]
    [InlineData("test-*", "test-7", true)]
    [InlineData("test-*", "mytest-7", false)]
    [InlineData("*@example.com", "A@EXAMPLE.com", true)]
    [InlineData("*bot*", "a robot here", true)]
    [InlineData("*bot*", "a rob", false)]
    [InlineData("guest", "guests", false)]
    [InlineData("*a", "a", true)]
    public void A_star_stands_for_anything_at_either_end(string pattern, string id, bool never)
    {
        var world = With(new IdentityDefinition { Never = [pattern] });

        world.Track("u:1", "View", device: id);

        Assert.Equal(never ? 0 : 1, world.Of("u:1").AnonymousIds.Count);
    }

    [Fact]
    public void An_id_that_everybody_has_is_told_of_a_few_times_and_its_state_stays_small()
    {
        var world = With(new IdentityDefinition());

        for (var device = 0; device < 1_000; device++)
        {
            world.Track("u:null", "View", device: $"d{device}");
        }

        Assert.Equal(Limits.RefusedKeysMax, world.Of("u:null").RefusedKeys.Count);
        Assert.Equal("a:d999", world.Of("u:null").RefusedKeys[^1].Key);
        Assert.Equal(Limits.RefusedKeysMax, world.Decisions.Count(item => item.Kind == DecisionKind.MergeRefused));
        Assert.InRange(BytesOf(world.Of("u:null")).Length, 0, 1_024);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Opposite_aliases_over_the_limit_leave_both_as_they_are(bool smallerFirst)
    {
        var world = With(new IdentityDefinition { PeopleEver = 1 });
        world.Track("u:a", "View").Track("u:b", "View").Track("u:c", "View").Send("u:a", EventType.Alias, other: "b");

        foreach (var (key, previous) in smallerFirst ? [("u:a", "c"), ("u:c", "a")] : new[] { ("u:c", "a"), ("u:a", "c") })
        {
            world.Send(key, EventType.Alias, other: previous);
        }

        Assert.Equal(("u:a", null), (world.Of("u:b").MergedInto, world.Of("u:c").MergedInto));
        Assert.Equal(new KeyValuePair<string, MergeRule>("u:c", MergeRule.PeopleEver), Assert.Single(world.Of("u:a").RefusedKeys));
        Assert.Equal(2, world["customers/total"]);
    }

    [Theory]
    [InlineData("u:a", "b")]
    [InlineData("u:b", "a")]
    public void Where_people_do_not_merge_an_alias_still_merges_a_device(string key, string previous)
    {
        var world = With(new IdentityDefinition { MergesPeople = false });
        world.Track("a:d", "View").Track("u:a", "View").Track("u:b", "View");

        world.Send(key, EventType.Alias, other: previous).Send(key, EventType.Alias, other: "d");

        Assert.All((string[])["u:a", "u:b"], each => Assert.Null(world.Of(each).MergedInto));
        Assert.Equal(key, world.Of("a:d").MergedInto);
        Assert.Contains(new KeyValuePair<string, MergeRule>("u:" + previous, MergeRule.PeopleNever), world.Of(key).RefusedKeys);
    }

    [Fact]
    public void Devices_of_an_absorbed_person_count_from_then_on()
    {
        var world = With(new IdentityDefinition { DevicesRecently = 4 });
        world.Track("u:a", "View", device: "d1").Track("u:b", "View", device: "d2").Track("u:b", "View", device: "d3").Send("u:a", EventType.Alias, other: "b");

        world.Track("u:a", "View", device: "d4");

        Assert.Equal("b d1 d2 d3", string.Join(' ', world.Of("u:a").AnonymousIds.Order(StringComparer.Ordinal)));
        Assert.Equal("a:d4", Assert.Single(world.Of("u:a").RefusedKeys).Key);
    }

    [Fact]
    public void In_any_order_of_arrival_a_limit_is_kept_and_no_event_is_lost()
    {
        for (var seed = 1UL; seed <= 100; seed++)
        {
            var world = Shuffled(seed);

            var alone = world.Customers.Values.Where(item => item.MergedInto is null && item.Exists).ToList();
            Assert.Equal(2, world.Of("u:b").AnonymousIds.Count);
            Assert.Equal(3, alone.Count);
            Assert.Equal((11, 11, 3), ((int)alone.Sum(item => item.EventTotal), world["events/total"], world["customers/total"]));
            Assert.Equal(alone.Count(item => item.IsIn("three")), world["segment/three/size"]);
        }
    }

    [Fact]
    public void What_a_limit_stopped_is_merged_by_hand()
    {
        var world = With(new IdentityDefinition { DevicesRecently = 1, MergesPeople = false });
        world.Track("u:1", "View", device: "d1").Track("a:d2", "View").Track("u:1", "View", device: "d2").Track("u:2", "View");

        world.Command("a:d2", CommandKind.Merge, "u:1").Command("u:2", CommandKind.Merge, "u:1").Track("a:d2", "View");

        Assert.Equal(("u:1", "u:1"), (world.Of("a:d2").MergedInto, world.Of("u:2").MergedInto));
        Assert.Equal((5, 1), (world.Of("u:1").EventTotal, world["customers/total"]));
        Assert.Empty(world.Of("u:1").RefusedKeys);
        Assert.Equal("a:d1 a:d2 u:2", string.Join(' ', world.Of("u:1").AbsorbedKeys.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void A_device_that_was_cut_off_stands_alone_whoever_asks_for_it()
    {
        var world = With(new IdentityDefinition());
        world.Track("a:tv", "View").Track("u:1", "View", device: "tv");

        Cut(world, "u:1", "a:tv");
        world.Track("a:tv", "View").Track("a:tv", "View").Track("u:1", "View", device: "tv").Track("u:2", "View", device: "tv");

        Assert.Equal((2, 3, 1), (world.Of("a:tv").EventTotal, world.Of("u:1").EventTotal, world.Of("u:2").EventTotal));
        Assert.Null(world.Of("a:tv").MergedInto);
        Assert.Equal(("a:tv", "u:1"), (Assert.Single(world.Of("u:1").SplitKeys), Assert.Single(world.Of("a:tv").SplitKeys)));
        Assert.Equal((6, 3), (world["events/total"], world["customers/total"]));
        Assert.Contains(world.Decisions, item => item is { Kind: DecisionKind.MergeRefused, CustomerKey: "a:tv", Subject: "u:2", Detail: "split by hand" });

        world.Command("a:tv", CommandKind.Merge, "u:2");
        Assert.Equal((3, "u:2"), (world.Of("u:2").EventTotal, world.Of("a:tv").MergedInto));
        Assert.Empty(world.Of("u:2").SplitKeys);
    }

    [Fact]
    public void What_comes_of_a_message_from_before_goes_to_the_customer_who_has_it()
    {
        var welcome = new CampaignDefinition { Id = "w", Trigger = new TriggerDefinition(TriggerKind.Event, "Go"), Steps = [new SendStep("1", "email", "t", null, null)], ContentHash = "w" };
        var world = new World(Define(campaigns: welcome)) { RoundTrips = true };
        world.Identify("a:tv", """{"email":"x@example.com"}""").Track("a:tv", "Go").Track("u:1", "View", device: "tv");

        Cut(world, "u:1", "a:tv");
        world.Outcome(world.Messages[0], OutcomeKind.Sent).Outcome(world.Messages[0], OutcomeKind.Unsubscribed);

        Assert.Equal((1, 1), (world["campaign/w/sent"], world["campaign/w/unsubscribed"]));
        Assert.Equal("email", Assert.Single(world.Of("u:1").OptedOut));
        Assert.Empty(world.Of("a:tv").OptedOut);
    }

    [Fact]
    public void A_device_forgets_of_whom_it_was_part_and_still_stands_alone()
    {
        var world = With(new IdentityDefinition());
        world.Track("a:tv", "View").Track("u:1", "View", device: "tv");
        Cut(world, "u:1", "a:tv");

        world.Command("u:1", CommandKind.Erase).Command("a:tv", CommandKind.Split).Track("u:2", "View", device: "tv").Track("a:tv", "View");

        Assert.Equal("a:tv", Assert.Single(world.Of("a:tv").SplitKeys));
        Assert.Equal((1, (string?)null), (world.Of("a:tv").EventTotal, world.Of("a:tv").MergedInto));
        world.Command("a:tv", CommandKind.Merge, "u:2").Command("a:tv", CommandKind.Split);
        Assert.Equal("u:2", world.Of("a:tv").MergedInto);
    }

    [Fact]
    public void Orders_that_make_no_sense_change_nothing()
    {
        var world = With(new IdentityDefinition());
        world.Track("u:a", "View", device: "d").Track("u:b", "View").Track("a:e", "View");

        world.Command("u:a", CommandKind.Merge, "u:b").Command("u:a", CommandKind.Merge, "a:e").Command("u:a", CommandKind.Merge, "u:a").Command("u:a", CommandKind.Merge)
            .Command("u:b", CommandKind.Split, "u:a").Command("a:e", CommandKind.Split, "u:b").Command("a:d", CommandKind.Merge, "u:b");

        Assert.Equal(("u:a", null, null, null), (world.Of("a:d").MergedInto, world.Of("u:a").MergedInto, world.Of("u:b").MergedInto, world.Of("a:e").MergedInto));
    }

    private static World With(IdentityDefinition identity) => new(s_definitions with { Identity = identity }) { RoundTrips = true };

    private static void Cut(World world, string holder, string key) => world.Command(key, CommandKind.Split, holder).Command(holder, CommandKind.Split, key);

    /// <summary>Three devices of two users that are one person, of which the limit allows two; keys interleaved at random, as partitions do.</summary>
    private static World Shuffled(ulong seed)
    {
        var world = With(new IdentityDefinition { DevicesEver = 2, PeopleEver = 1 });
        var lanes = new SortedDictionary<string, Queue<byte[]>>(StringComparer.Ordinal);
        using (var batch = new RecordBatch())
        {
            foreach (var device in (string[])["d1", "d2", "d3"])
            {
                batch.AddTrack(new CustomerKey("a:" + device), "View", Start, device + "1");
                batch.AddTrack(new CustomerKey("a:" + device), "View", Start + 1, device + "2");
                batch.AddTrack(new CustomerKey("u:b"), "View", Start + 5, device + "3", anonymousId: device);
            }

            batch.AddTrack(new CustomerKey("u:c"), "View", Start + 6, "c");
            batch.AddEvent("u:c"u8, EventType.Alias, RecordFlags.None, Start + 7, [], "7"u8, "d"u8, "test"u8, [], []);
            Enqueue(Split(batch));
        }

        world.Now = Start + Minute;
        while (lanes.Values.Where(lane => lane.Count > 0).ToList() is { Count: > 0 } open)
        {
            seed = (seed * 6364136223846793005) + 1442695040888963407;
            Enqueue(world.ApplyOne(open[(int)((seed >> 33) % (ulong)open.Count)].Dequeue(), queueOthers: false));
        }

        return world;

        void Enqueue(List<byte[]> records)
        {
            foreach (var record in records)
            {
                RecordView.Read(record, out var view);
                var key = Encoding.UTF8.GetString(view.Key);
                (lanes.TryGetValue(key, out var lane) ? lane : lanes[key] = new Queue<byte[]>()).Enqueue(record);
            }
        }
    }
}
