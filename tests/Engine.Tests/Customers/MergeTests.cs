using System.Text;
using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Customers;

public sealed class MergeTests
{
    private static readonly DefinitionSet s_definitions = Define([("three", "count('View', within 7d) >= 3"), ("ever", "sum('Buy', properties.total) >= 10"), ("none", "not did('View', within 7d)")]);

    [Fact]
    public void A_device_hands_over_what_it_did_and_forwards_from_then_on()
    {
        var world = new World(s_definitions);
        world.Track("a:d", "View", messageId: "1").Track("a:d", "View", messageId: "2").Track("a:d", "Buy", """{"total":4}""").Wait(Second);

        world.Track("u:1", "View", messageId: "3", device: "d").Wait(Second).Track("a:d", "Buy", """{"total":6}""", messageId: "4").Track("a:d", "View", messageId: "1");

        var customer = world.Of("u:1");
        Assert.Equal("u:1", world.Of("a:d").MergedInto);
        Assert.Equal(5, customer.EventTotal);
        Assert.True(customer.IsIn("three"));
        Assert.True(customer.IsIn("ever"));
        Assert.Equal("d", Assert.Single(customer.AnonymousIds));
        Assert.Equal((5, 1, 1, 1), (world["events/total"], world["events/duplicate"], world["customers/total"], world["customers/known"]));
        Assert.Equal((1, 1, 0, 1), (world["segment/three/size"], world["segment/ever/size"], world["segment/none/size"], world["lifecycle/new/size"]));
        Assert.Equal(Start, customer.FirstSeen);
    }

    [Fact]
    public void A_device_merges_once_and_a_second_person_on_it_is_refused()
    {
        var world = new World(s_definitions);

        world.Track("a:d", "View").Track("u:1", "View", device: "d").Track("u:2", "View", device: "d").Track("a:d", "View");

        Assert.Equal((3, 1), (world.Of("u:1").EventTotal, world.Of("u:2").EventTotal));
        var refused = Assert.Single(world.Decisions, item => item.Kind == DecisionKind.MergeRefused);
        Assert.Equal(("a:d", "u:2"), (refused.CustomerKey, refused.Subject));
        Assert.Empty(world.Of("u:2").AnonymousIds);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Opposite_aliases_agree_on_the_smaller_key(bool smallerFirst)
    {
        var world = new World(s_definitions);
        world.Track("u:a", "View").Track("u:b", "View").Track("u:b", "View");

        foreach (var (key, previous) in smallerFirst ? [("u:a", "b"), ("u:b", "a")] : new[] { ("u:b", "a"), ("u:a", "b") })
        {
            world.Send(key, EventType.Alias, other: previous);
        }

        world.Track("u:b", "View");
        Assert.Equal("u:a", world.Of("u:b").MergedInto);
        Assert.Equal(6, world.Of("u:a").EventTotal);
        Assert.True(world.Of("u:a").IsIn("three"));
        Assert.Equal((1, 1), (world["customers/total"], world["segment/three/size"]));
    }

    [Fact]
    public void An_alias_to_a_person_not_seen_yet_is_settled_when_they_are()
    {
        var world = new World(s_definitions);

        world.Track("u:b", "View").Send("u:b", EventType.Alias, other: "a");
        Assert.Null(world.Of("u:b").MergedInto);
        world.Track("u:a", "View");

        Assert.Equal("u:a", world.Of("u:b").MergedInto);
        Assert.Equal((3, 1), (world.Of("u:a").EventTotal, world["customers/total"]));
    }

    [Fact]
    public void An_alias_from_a_device_merges_the_device()
    {
        var world = new World(s_definitions);

        world.Track("a:device", "View").Send("u:z", EventType.Alias, other: "device").Track("a:device", "View");

        Assert.Equal("u:z", world.Of("a:device").MergedInto);
        Assert.Equal(3, world.Of("u:z").EventTotal);
        Assert.Equal(1, world["customers/total"]);
    }

    [Fact]
    public void Of_two_runs_through_one_campaign_the_first_goes_on()
    {
        var cart = new CampaignDefinition
        {
            Id = "cart",
            Trigger = new TriggerDefinition(TriggerKind.Event, "Add"),
            Steps = [new WaitStep("1", Hour), new SendStep("2", "email", "t", null, null)],
            ContentHash = "c",
        };
        var world = new World(Define(campaigns: cart));
        world.Track("a:d", "Add").Wait(Minute).Identify("u:1", """{"email":"x@example.com"}""").Track("u:1", "Add").Wait(Minute);

        world.Track("u:1", "View", device: "d").RunTo(Start + (2 * Hour));

        var message = Assert.Single(world.Messages);
        Assert.Equal(("u:1", Start + Hour), (message.CustomerKey, message.DecidedAt));
        Assert.Equal((2, 0, 1, 1), (world["campaign/cart/entered"], world["campaign/cart/active"], world["campaign/cart/exited"], world["campaign/cart/completed"]));
    }

    [Fact]
    public void Outcomes_and_opt_outs_of_a_device_follow_it()
    {
        var welcome = new CampaignDefinition { Id = "w", Trigger = new TriggerDefinition(TriggerKind.Event, "Go"), Steps = [new SendStep("1", "email", "t", null, null)], ContentHash = "w" };
        var world = new World(Define(campaigns: welcome));
        world.Identify("a:d", """{"email":"x@example.com"}""").Track("a:d", "Go").Track("u:1", "View", device: "d");

        world.Outcome(world.Messages[0], OutcomeKind.Sent).Outcome(world.Messages[0], OutcomeKind.Unsubscribed);

        Assert.Equal((1, 1), (world["campaign/w/sent"], world["campaign/w/unsubscribed"]));
        Assert.Equal("email", Assert.Single(world.Of("u:1").OptedOut));
        Assert.Contains(world.Cancelled, line => line == "a:d  email unsubscribed");
    }

    [Theory]
    [InlineData(CommandKind.Unsubscribe, "u:1  email unsubscribed", "a:d  email unsubscribed")]
    [InlineData(CommandKind.Suppress, "u:1   suppressed", "a:d   suppressed")]
    public void What_a_device_has_not_sent_yet_is_cancelled_when_its_person_wants_no_messages(CommandKind order, string own, string devices)
    {
        var campaign = new CampaignDefinition
        {
            Id = "c", ContentHash = "c", Trigger = new TriggerDefinition(TriggerKind.Event, "View"), Steps = [new SendStep("1", "email", "t", null, null)],
        };
        var world = new World(Define(campaigns: campaign));
        world.Track("u:1", "Other").Command("u:1", order, order == CommandKind.Unsubscribe ? "email" : "");
        world.Identify("a:d", """{"email":"ann@example.com"}""").Track("a:d", "View");
        Assert.Single(world.Messages);
        Assert.Equal(own, Assert.Single(world.Cancelled));

        world.Identify("u:1", "{}", device: "d");

        Assert.Equal("u:1", world.Of("a:d").MergedInto);
        Assert.Contains(world.Cancelled, line => line == devices);
    }

    [Fact]
    public void Erasing_a_person_erases_their_devices_and_takes_them_out_of_every_total()
    {
        var world = new World(s_definitions);
        world.Track("a:d", "View").Track("u:1", "View", device: "d").Track("u:1", "View");

        world.Command("u:1", CommandKind.Erase);

        Assert.True(world.Of("u:1").IsEmpty);
        Assert.True(world.Of("a:d").IsEmpty);
        Assert.All(world.Counters.Where(item => !item.Key.StartsWith("events/", StringComparison.Ordinal)), item => Assert.Equal(0, item.Value));
        world.Track("u:1", "View");
        Assert.Equal((1, 1), (world.Of("u:1").EventTotal, world["customers/total"]));
    }

    /// <param name="asked">By an event from a device, or by an alias to a person.</param>
    [Theory]
    [InlineData("a:d")]
    [InlineData("u:2")]
    public void What_is_handed_over_to_a_person_who_was_erased_meanwhile_brings_nothing_back(string asked)
    {
        var campaign = new CampaignDefinition { Id = "c", ContentHash = "c", Trigger = new TriggerDefinition(TriggerKind.SegmentEntered, "buyers"), Steps = [new SendStep("1", "email", "t", null, null)] };
        var world = new World(Define([("buyers", "did('Buy')")], campaigns: campaign)) { RoundTrips = true };
        world.Identify(asked, """{"email":"ann@example.com"}""").Track(asked, "View").Track("u:1", "Buy");
        using var batch = new RecordBatch();
        batch.AddEvent("u:1"u8, EventType.Alias, RecordFlags.GeneratedId, Start, [], [], Utf8(asked[2..]), [], [], []);
        batch.AddCommand("u:1"u8, CommandKind.Erase, "");
        var (alias, erase) = (Split(batch)[0], Split(batch)[1]);

        var links = world.ApplyOne(alias, queueOthers: false);
        var orders = world.ApplyOne(erase, queueOthers: false);
        var (messages, events) = (world.Messages.Count, world["events/total"]);
        foreach (var handedOver in links.SelectMany(link => world.ApplyOne(link, queueOthers: false)).ToList())
        {
            world.ApplyOne(handedOver);
        }

        Assert.False(world.Of("u:1").Exists);
        orders.ForEach(order => world.ApplyOne(order));
        world.Apply(new RecordBatch());

        Assert.All(world.Customers.Values, customer => Assert.True(customer.IsEmpty));
        Assert.Equal((0, 0, messages, events), (world["customers/total"], world["segment/buyers/size"], world.Messages.Count, world["events/total"]));
        Assert.Single(world.Decisions, item => item.Kind == DecisionKind.Erased && item.CustomerKey == "u:1");
        world.Track(asked, "View").Send("u:1", EventType.Alias, other: asked[2..]);
        Assert.Equal((2, "u:1"), (world.Of("u:1").EventTotal, world.Of(asked).MergedInto));
    }

    [Fact]
    public void Who_was_asked_and_belongs_to_somebody_else_forgets_only_that_an_erased_person_asked()
    {
        var world = new World(s_definitions) { RoundTrips = true };
        world.Track("a:d", "View").Track("u:2", "View", device: "d").Track("u:1", "View", device: "d").Send("u:1", EventType.Alias, other: "never-seen");
        Assert.Equal("u:2", world.Of("a:d").MergedInto);

        world.Command("u:1", CommandKind.Erase);

        Assert.All(new[] { "u:1", "u:never-seen" }, key => Assert.True(world.Of(key).IsEmpty, key));
        Assert.Equal(("u:2", 2, 1), (world.Of("a:d").MergedInto, world.Of("u:2").EventTotal, world["customers/total"]));
        Assert.DoesNotContain("u:1", Encoding.UTF8.GetString(BytesOf(world.Of("u:2"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_comes_back_before_all_that_were_asked_have_answered_stays()
    {
        var world = new World(s_definitions);
        world.Track("u:2", "View", device: "d").Track("u:1", "View", device: "d");
        using var batch = new RecordBatch();
        batch.AddCommand("u:1"u8, CommandKind.Erase, "");

        var orders = world.ApplyOne(Split(batch)[0], queueOthers: false);
        world.Track("u:1", "Back", device: "d");
        orders.ForEach(order => world.ApplyOne(order));
        world.Apply(new RecordBatch());

        Assert.Equal((1, "u:2"), (world.Of("u:1").EventTotal, world.Of("a:d").MergedInto));
    }

    [Fact]
    public void A_message_that_waits_while_its_customer_is_erased_counts_as_skipped()
    {
        var welcome = new CampaignDefinition { Id = "w", Trigger = new TriggerDefinition(TriggerKind.Event, "Go"), Reentry = new ReentryRule(0), Steps = [new SendStep("1", "email", "t", null, null)], ContentHash = "w" };
        var world = new World(Define(campaigns: welcome));
        world.Identify("a:d", """{"email":"x@example.com"}""").Track("a:d", "Go").Track("a:d", "Go").Track("a:d", "Go").Track("u:1", "View", device: "d");
        world.Outcome(world.Messages[0], OutcomeKind.Sent).Outcome(world.Messages[1], OutcomeKind.Failed);

        world.Command("u:1", CommandKind.Erase);

        Assert.Equal((3, 1, 1), (world["messages/decided"], world["messages/sent"], world["messages/failed"]));
        Assert.Equal((1, 1), (world["messages/skipped"], world["campaign/w/skipped/erased"]));
    }

    [Fact]
    public void Any_order_of_arrival_ends_in_the_same_customer()
    {
        string? expected = null;
        for (var seed = 1UL; seed <= 200; seed++)
        {
            var outcome = Shuffled(seed);
            expected ??= outcome;
            Assert.Equal(expected, outcome);
        }
    }

    /// <summary>Two devices, two users that are one person: events of each key in order, keys interleaved at random, as partitions do.</summary>
    private static string Shuffled(ulong seed)
    {
        var world = new World(s_definitions);
        var lanes = new SortedDictionary<string, Queue<byte[]>>(StringComparer.Ordinal);
        using (var batch = new RecordBatch())
        {
            batch.AddTrack(new CustomerKey("a:d1"), "View", Start, "1");
            batch.AddTrack(new CustomerKey("a:d1"), "Buy", Start + 1, "2", """{"total":3}""");
            batch.AddTrack(new CustomerKey("a:d1"), "View", Start + 2, "1");
            batch.AddTrack(new CustomerKey("a:d2"), "View", Start + 3, "3");
            batch.AddTrack(new CustomerKey("a:d2"), "Buy", Start + 4, "4", """{"total":7.5}""");
            batch.AddTrack(new CustomerKey("u:b"), "View", Start + 5, "5", anonymousId: "d1");
            batch.AddTrack(new CustomerKey("u:c"), "View", Start + 6, "6", anonymousId: "d2");
            batch.AddEvent("u:c"u8, EventType.Alias, RecordFlags.None, Start + 7, [], "7"u8, "b"u8, "test"u8, [], []);
            batch.AddEvent("u:b"u8, EventType.Alias, RecordFlags.None, Start + 8, [], "8"u8, "c"u8, "test"u8, [], []);
            batch.AddTrack(new CustomerKey("u:c"), "View", Start + 9, "9", anonymousId: "d2");
            Enqueue(Split(batch));
        }

        world.Now = Start + Minute;
        while (lanes.Values.Where(lane => lane.Count > 0).ToList() is { Count: > 0 } open)
        {
            seed = (seed * 6364136223846793005) + 1442695040888963407;
            Enqueue(world.ApplyOne(open[(int)((seed >> 33) % (ulong)open.Count)].Dequeue(), queueOthers: false));
        }

        var customer = world.Of("u:b");
        Assert.All(world.Customers.Values.Where(item => item.Key != "u:b"), item => Assert.NotNull(item.MergedInto));
        return string.Join('\n',
            customer.EventTotal, string.Join(',', customer.EventCounts), string.Join(',', customer.Memberships(world.Program)), string.Join(',', customer.AnonymousIds.Order(StringComparer.Ordinal)),
            customer.FirstSeen, customer.LastSeen, string.Join(',', world.Counters.Where(item => item.Value != 0)));

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
