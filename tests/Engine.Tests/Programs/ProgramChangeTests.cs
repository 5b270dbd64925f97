using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Engine.Tests.Customers;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Programs;

public sealed class ProgramChangeTests
{
    private static readonly CampaignDefinition s_onEnter = new()
    {
        Id = "c",
        ContentHash = "c",
        Trigger = new TriggerDefinition(TriggerKind.SegmentEntered, "s"),
        Steps = [new SendStep("1", "webhook", "t", null, "https://example.com")],
    };

    [Fact]
    public void Members_by_a_changed_definition_enter_without_triggering()
    {
        var world = new World(Define([("s", "traits.plan = 'team'")], campaigns: s_onEnter));
        world.Identify("u:1", """{"plan":"pro"}""").Wait(Hour);

        world.Activate(Define([("s", "traits.plan = 'pro'")], campaigns: s_onEnter));
        world.Wait(Minute).Timer("u:1");

        Assert.True(world.Of("u:1").IsIn("s"));
        Assert.Equal((1, 0), (world["segment/s/size"], world["campaign/c/entered"]));
        Assert.Empty(world.Messages);
        Assert.Equal(2, world.Of("u:1").ProgramVersion);
    }

    [Fact]
    public void A_new_behaviour_is_neither_true_nor_false_until_its_window_was_observed()
    {
        var world = new World(Define());
        world.Track("u:old", "View").Wait(Hour);
        world.Activate(Define([("s", "not did('Order', within 7d)"), ("t", "did('Order', within 7d)")], campaigns: s_onEnter));
        var activated = world.Now;
        world.Wait(Hour).Track("u:new", "View").Track("u:old", "View");

        Assert.False(world.Of("u:old").IsIn("s"));
        Assert.True(world.Of("u:old").IsCollecting("s"));
        Assert.True(world.Of("u:new").IsIn("s"));
        world.RunTo(activated + (7 * Day));
        Assert.True(world.Of("u:old").IsIn("s"));
        Assert.False(world.Of("u:old").IsCollecting("t"));
        Assert.Equal((2, 1), (world["segment/s/size"], world["campaign/c/entered"]));
    }

    [Fact]
    public void A_partial_count_decides_once_it_can_only_grow()
    {
        var world = new World(Define());
        world.Track("u:1", "View").Wait(Hour);
        world.Activate(Define([("s", "count('View', within 7d) >= 2"), ("few", "count('View', within 7d) < 2")], campaigns: s_onEnter));

        world.Wait(Hour).Track("u:1", "View");
        Assert.True(world.Of("u:1").IsCollecting("s"));
        world.Track("u:1", "View");

        Assert.True(world.Of("u:1").IsIn("s"));
        Assert.False(world.Of("u:1").IsCollecting("few"));
        Assert.Single(world.Messages);
    }

    [Fact]
    public void A_merge_with_somebody_known_for_longer_is_collecting_and_triggers_nothing()
    {
        var exits = s_onEnter with { Id = "x", ContentHash = "x", Trigger = new TriggerDefinition(TriggerKind.SegmentExited, "s") };
        var world = new World(Define());
        world.Track("a:d", "View").Wait(Hour);
        world.Activate(Define([("s", "not did('Order', within 7d)")], campaigns: exits));
        world.Wait(Hour).Track("u:1", "View");
        Assert.True(world.Of("u:1").IsIn("s"));

        world.Track("u:1", "View", device: "d");

        Assert.True(world.Of("u:1").IsCollecting("s"));
        Assert.Equal((0, 0), (world["segment/s/size"], world["campaign/x/entered"]));
    }

    [Fact]
    public void A_wider_window_over_a_known_behaviour_needs_no_collecting()
    {
        var world = new World(Define([("s", "count('View', within 7d) >= 1")]));
        world.Track("u:1", "View").Wait(Day);

        world.Activate(Define([("s", "count('View', within 2d) >= 1")]));
        world.Timer("u:1");

        Assert.True(world.Of("u:1").IsIn("s"));
        Assert.Equal(Start + (2 * Day), world.Of("u:1").Due);
    }

    [Fact]
    public void A_segment_taken_out_gives_its_members_back()
    {
        var world = new World(Define([("s", "did('View')"), ("x", "did('Other')")]));
        world.Track("u:1", "View");

        world.Activate(Define([("x", "did('Other')")]));
        world.Wait(Minute).Timer("u:1");

        Assert.Equal(0, world["segment/s/size"]);
        Assert.Empty(world.Of("u:1").Memberships(world.Program));
    }

    [Fact]
    public void A_campaign_taken_out_exits_those_inside()
    {
        var campaign = s_onEnter with { Trigger = new TriggerDefinition(TriggerKind.Event, "Go"), Steps = [new WaitStep("1", Day), .. s_onEnter.Steps] };
        var world = new World(Define(campaigns: campaign));
        world.Track("u:1", "Go");

        world.Activate(Define());
        world.RunTo(Start + (2 * Day));

        Assert.Empty(world.Messages);
        Assert.Equal((0, 1), (world["campaign/c/active"], world["campaign/c/exited"]));
    }

    [Fact]
    public void What_was_due_before_a_change_still_happens_in_its_time()
    {
        var exits = s_onEnter with { Trigger = new TriggerDefinition(TriggerKind.SegmentExited, "s") };
        var world = new World(Define([("s", "did('View', within 1h)")], campaigns: exits));
        world.Track("u:1", "View");

        world.Wait(2 * Hour).Activate(Define([("s", "did('View', within 1h)"), ("new", "traits.plan = 'pro'")], campaigns: exits));
        world.Timer("u:1");

        Assert.Equal(Start + Hour, Assert.Single(world.Messages).DecidedAt);
    }

    [Fact]
    public void Stages_and_inactivity_that_were_due_before_a_change_still_trigger_in_their_time()
    {
        CampaignDefinition[] campaigns =
        [
            s_onEnter,
            s_onEnter with { Id = "idle", ContentHash = "idle", Trigger = new TriggerDefinition(TriggerKind.Inactivity, "", DurationMs: 31 * Day) },
            s_onEnter with { Id = "low", ContentHash = "low", Trigger = new TriggerDefinition(TriggerKind.ScoreBelow, "", Line: 5) },
        ];
        var scoring = new ScoringDefinition { HalfLifeMs = Day, Rules = [new ScoreRule("View", null, 10, null)] };
        var world = new World(Define([("s", "lifecycle = 'at risk'")], scoring, campaigns: campaigns));
        world.Track("u:1", "View");

        world.Wait(40 * Day).Activate(Define([("s", "lifecycle = 'at risk'"), ("new", "traits.plan = 'pro'")], scoring, campaigns: campaigns));
        world.Timer("u:1");

        Assert.Equal(
            [("low", Start + Day + Second), ("c", Start + (30 * Day)), ("idle", Start + (31 * Day))], world.Messages.Select(message => (message.Campaign, message.DecidedAt)));
    }

    [Fact]
    public void What_was_due_before_a_change_triggers_nothing_that_is_new()
    {
        var world = new World(Define([("old", "lifecycle = 'at risk'"), ("gone", "did('View', within 2h)"), ("s", "did('View', within 1h)")]));
        world.Track("u:1", "View");

        world.Wait(40 * Day).Activate(Define([("old", "lifecycle = 'at risk'"), ("s", "segment('old') and not did('View', within 1h)")], campaigns: s_onEnter));
        world.Timer("u:1");

        Assert.True(world.Of("u:1").IsIn("old"));
        Assert.True(world.Of("u:1").IsIn("s"));
        Assert.Equal((1, 1, 0), (world["segment/old/size"], world["segment/s/size"], world["campaign/c/entered"]));
        Assert.Empty(world.Messages);
    }

    [Fact]
    public void Campaigns_that_are_new_or_go_live_do_not_see_what_was_due_before_and_edited_ones_do()
    {
        var onStage = s_onEnter with { Trigger = new TriggerDefinition(TriggerKind.SegmentEntered, "s") };
        CampaignDefinition[] before = [onStage with { Id = "edited", ContentHash = "1" }, onStage with { Id = "draft", ContentHash = "draft", Status = CampaignStatus.Draft }];
        CampaignDefinition[] after = [onStage with { Id = "edited", ContentHash = "2", Description = "another" }, onStage with { Id = "draft", ContentHash = "live" }, onStage with { Id = "new", ContentHash = "new" }];
        var world = new World(Define([("s", "lifecycle = 'at risk'")], campaigns: before));
        world.Track("u:1", "View");

        world.Wait(40 * Day).Activate(Define([("s", "lifecycle = 'at risk'")], campaigns: after));
        world.Timer("u:1");

        Assert.Equal([("edited", Start + (30 * Day))], world.Messages.Select(message => (message.Campaign, message.DecidedAt)));
    }

    [Fact]
    public void History_is_silent_and_what_follows_it_is_not()
    {
        var welcome = s_onEnter with { Id = "w", Trigger = new TriggerDefinition(TriggerKind.Event, "Order") };
        var world = new World(Define(
            [("s", "did('Order', within 30d)"), ("sleepers", "lifecycle = 'dormant'")],
            new ScoringDefinition { Rules = [new ScoreRule("Order", null, 50, null)] },
            null,
            null,
            s_onEnter,
            welcome,
            s_onEnter with { Id = "above", Trigger = new TriggerDefinition(TriggerKind.ScoreAbove, "", Line: 10) },
            s_onEnter with { Id = "quiet", Trigger = new TriggerDefinition(TriggerKind.Inactivity, "", DurationMs: 60 * Day) },
            s_onEnter with { Id = "dormant", Trigger = new TriggerDefinition(TriggerKind.SegmentEntered, "sleepers") }));

        world.Track("u:1", "Order", at: Start - (10 * Day), historical: true).Track("u:2", "Order", at: Start - (400 * Day), historical: true);
        Assert.Empty(world.Messages);
        Assert.Empty(world.Decisions);
        Assert.True(world.Of("u:1").IsIn("s"));
        Assert.Equal("dormant", world.Of("u:2").LifecycleIn(world.Program));
        Assert.Equal((1, 1, 1), (world["segment/s/size"], world["lifecycle/dormant/size"], world["segment/sleepers/size"]));
        world.RunTo(Start + (100 * Day));

        Assert.Equal(["quiet", "dormant"], world.Messages.Select(message => message.Campaign).ToList());
    }

    [Fact]
    public void An_import_that_links_a_device_merges_it_silently()
    {
        var world = new World(Define([("s", "count('View') >= 2")], campaigns: s_onEnter));

        world.Track("a:d", "View", historical: true).Track("u:1", "View", device: "d", historical: true);

        Assert.True(world.Of("u:1").IsIn("s"));
        Assert.Empty(world.Messages);
        Assert.Empty(world.Decisions);
    }

    [Fact]
    public void Older_traits_fill_gaps_and_never_overwrite()
    {
        var world = new World(Define());

        world.Identify("u:1", """{"plan":"pro","a":{"b":1}}""").Send("u:1", EventType.Identify, """{"plan":"free","city":"Oslo"}""", at: Start - Day, historical: true);
        world.Identify("u:1", """{"a":null,"email":"x@example.com"}""");

        Assert.Equal("""{"plan":"pro","city":"Oslo","email":"x@example.com"}""", System.Text.Encoding.UTF8.GetString(world.Of("u:1").TraitsJson.Span));
        Assert.Equal("u:1 x@example.com ", world.Indexed[^1]);
    }
}
