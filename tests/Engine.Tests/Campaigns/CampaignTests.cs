using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Expressions;
using Triggers.Engine.Records;
using Triggers.Engine.Tests.Customers;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Campaigns;

public sealed class CampaignTests
{
    private static readonly CampaignDefinition s_welcome = new()
    {
        Id = "welcome",
        Trigger = new TriggerDefinition(TriggerKind.Event, "Signed Up"),
        Steps = [new SendStep("1", "email", "hello", null, null)],
        ContentHash = "w1",
    };

    private static readonly CampaignDefinition s_cart = new()
    {
        Id = "cart",
        Trigger = new TriggerDefinition(TriggerKind.Event, "Product Added"),
        Audience = Parse("exists(traits.email)"),
        Reentry = new ReentryRule(7 * Day),
        Exit = Parse("did('Order', since entry)", ExpressionScope.Campaign),
        Goal = new GoalDefinition("Order", null, "total", 3 * Day),
        Steps =
        [
            new WaitStep("1", 45 * Minute),
            new SendStep("2", "email", "reminder", null, null),
            new WaitUntilStep("3", "Cart Viewed", null, Day, [new SendStep("3.then.0", "email", "seen", null, null)], [new SendStep("3.otherwise.0", "email", "unseen", null, null)]),
            new BranchStep("4", [new BranchCase(Parse("traits.plan = 'pro'"), [new ExitStep("4.when0.0")])], []),
            new SendStep("5", "email", "last", null, null),
        ],
        ContentHash = "c1",
    };

    [Fact]
    public void A_welcome_is_decided_at_once_with_what_its_template_needs()
    {
        var world = new World(Define(campaigns: s_welcome));

        world.Identify("u:1", """{"email":"ann@example.com"}""").Track("u:1", "Signed Up", """{"plan":"pro"}""");

        var message = Assert.Single(world.Messages);
        Assert.Equal("ann@example.com", message.Address);
        Assert.Equal("""{"traits":{"email":"ann@example.com"},"event":{"name":"Signed Up","properties":{"plan":"pro"}},"customer":{"id":"1","anonymous":false}}""", System.Text.Encoding.UTF8.GetString(message.Data));
        Assert.Equal(32, message.MessageId.Length);
        Assert.Equal((1, 0, 1, 1, 1), (world["campaign/welcome/entered"], world["campaign/welcome/active"], world["campaign/welcome/completed"], world["campaign/welcome/decided"], world["campaign/welcome/step/1/reached"]));
        world.Wait(Day).Track("u:1", "Signed Up");
        Assert.Single(world.Messages);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public void An_identify_that_was_overtaken_still_brings_the_address(int seconds)
    {
        var world = new World(Define(campaigns: s_welcome));

        world.Track("u:1", "Signed Up");
        Assert.Equal(1, world["campaign/welcome/active"]);
        world.Wait(seconds * Second).Identify("u:1", """{"email":"ann@example.com"}""");

        Assert.Equal("ann@example.com", Assert.Single(world.Messages).Address);
        Assert.Equal((1, 1, 0), (world["campaign/welcome/step/1/reached"], world["campaign/welcome/completed"], world["campaign/welcome/active"]));
        world.RunTo(Start + Hour);
        Assert.Single(world.Messages);
    }

    [Fact]
    public void A_device_that_turns_out_to_be_somebody_brings_the_address()
    {
        var world = new World(Define(campaigns: s_welcome));

        world.Track("a:device", "Signed Up").Identify("u:1", """{"email":"ann@example.com"}""", device: "device");

        Assert.Equal("u:1 ann@example.com", string.Join(", ", world.Messages.Select(message => $"{message.CustomerKey} {message.Address}")));
    }

    [Fact]
    public void History_that_brings_the_address_sends_nothing_itself()
    {
        var world = new World(Define(campaigns: s_welcome));

        world.Track("a:device", "Signed Up").Send("u:1", EventType.Identify, """{"email":"ann@example.com"}""", "device", historical: true);

        Assert.Equal(1, world["campaign/welcome/active"]);
        Assert.Empty(world.Messages);
        world.RunTo(Start + (10 * Second));
        Assert.Equal("u:1 ann@example.com", string.Join(", ", world.Messages.Select(message => $"{message.CustomerKey} {message.Address}")));
        Assert.Contains(world.Decisions, decision => decision is { Kind: DecisionKind.MessageDecided, CustomerKey: "u:1" });
    }

    [Fact]
    public void Without_an_address_a_message_is_skipped_after_ten_seconds()
    {
        var world = new World(Define(campaigns: s_welcome));

        world.Track("u:1", "Signed Up").RunTo(Start + (9 * Second));
        Assert.Equal(0, world["messages/skipped"]);
        world.RunTo(Start + (10 * Second));

        Assert.Equal((1, 1, 1, 1), (world["campaign/welcome/skipped/no address"], world["campaign/welcome/step/1/reached"], world["campaign/welcome/completed"], world["messages/decided"]));
        world.Identify("u:1", """{"email":"ann@example.com"}""");
        Assert.Empty(world.Messages);
    }

    [Fact]
    public void Waits_end_on_time_and_an_awaited_event_takes_its_way()
    {
        var world = new World(Define(campaigns: s_cart));

        world.Identify("u:1", """{"email":"ann@example.com"}""").Track("u:1", "Product Added").RunTo(Start + (45 * Minute) - 1);
        Assert.Empty(world.Messages);
        world.RunTo(Start + (45 * Minute));
        Assert.Equal("reminder", world.Messages[^1].Template);
        Assert.Equal(Start + (45 * Minute), world.Messages[^1].DecidedAt);
        world.Wait(Hour).Track("u:1", "Cart Viewed");

        Assert.Equal("reminder seen last", world.Templates);
        Assert.Equal((0, 1), (world["campaign/cart/active"], world["campaign/cart/completed"]));
    }

    [Fact]
    public void A_time_out_goes_the_other_way_and_a_branch_may_exit()
    {
        var world = new World(Define(campaigns: s_cart));

        world.Identify("u:1", """{"email":"ann@example.com","plan":"pro"}""").Track("u:1", "Product Added").RunTo(Start + (2 * Day));

        Assert.Equal("reminder unseen", world.Templates);
        Assert.Equal(1, world["campaign/cart/exited"]);
    }

    [Fact]
    public void An_order_exits_and_converts_with_its_revenue_in_minor_units()
    {
        var world = new World(Define(campaigns: s_cart));

        world.Identify("u:1", """{"email":"ann@example.com"}""").Track("u:1", "Product Added").RunTo(Start + Hour);
        world.Track("u:1", "Order", """{"total":19.99,"currency":"eur"}""").Track("u:1", "Order", """{"total":5}""").RunTo(Start + (3 * Day));

        Assert.Single(world.Messages);
        Assert.Equal((1, 0, 1, 1999), (world["campaign/cart/exited"], world["campaign/cart/active"], world["campaign/cart/converted"], world["campaign/cart/revenue/EUR"]));
    }

    [Theory]
    [InlineData("1e12", 1)]
    [InlineData("1e17", 0)]
    [InlineData("-1e300", 0)]
    public void An_order_that_is_worth_too_much_converts_without_revenue(string total, int counts)
    {
        var world = new World(Define(campaigns: s_cart));

        world.Identify("u:1", """{"email":"ann@example.com"}""").Track("u:1", "Product Added").Wait(Minute).Track("u:1", "Order", $$"""{"total":{{total}},"currency":"EUR"}""");

        Assert.Equal((1, counts * 100_000_000_000_000), (world["campaign/cart/converted"], world["campaign/cart/revenue/EUR"]));
    }

    [Fact]
    public void Outcomes_count_once_unique_and_every_time_in_total()
    {
        var world = new World(Define(campaigns: s_welcome));
        world.Identify("u:1", """{"email":"ann@example.com"}""").Track("u:1", "Signed Up");
        var message = world.Messages[0];

        world.Outcome(message, OutcomeKind.Sent).Outcome(message, OutcomeKind.Sent).Outcome(message, OutcomeKind.Opened).Outcome(message, OutcomeKind.Opened)
            .Outcome(message, OutcomeKind.Clicked, "https://example.com").Outcome(message, OutcomeKind.Unsubscribed);

        Assert.Equal((1, 1, 1, 2, 1, 1, 1), (world["messages/sent"], world["campaign/welcome/sent"], world["campaign/welcome/opened"], world["campaign/welcome/opened-total"], world["campaign/welcome/clicked"], world["campaign/welcome/unsubscribed"], world["campaign/welcome/step/1/opened"]));
        Assert.Equal("email", string.Join(' ', world.Of("u:1").OptedOut));
        Assert.Contains(world.Cancelled, line => line == "u:1  email unsubscribed");
    }

    [Theory]
    [InlineData("no address")]
    [InlineData("opted out")]
    [InlineData("suppressed")]
    [InlineData("campaign paused")]
    [InlineData("frequency cap")]
    public void A_message_that_may_not_go_out_is_skipped_with_its_reason(string reason)
    {
        var other = s_welcome with { Id = "other", ContentHash = "o1" };
        var world = new World(Define(sending: new SendingDefinition { CapMessages = reason == "frequency cap" ? 1 : 0, CapPerMs = Day }, campaigns: [s_cart, other]));
        world.Identify("u:1", """{"email":"ann@example.com"}""");
        if (reason == "frequency cap")
        {
            world.Track("u:1", "Signed Up");
        }

        world.Track("u:1", "Product Added");
        switch (reason)
        {
            case "no address": world.Identify("u:1", """{"email":null}"""); break;
            case "opted out": world.Command("u:1", CommandKind.Unsubscribe, "email"); break;
            case "suppressed": world.Command("u:1", CommandKind.Suppress); break;
            case "campaign paused": world.Pause("cart"); break;
        }

        world.RunTo(Start + Hour);

        Assert.Equal(1, world[$"campaign/cart/skipped/{reason}"]);
        Assert.Equal(1, world["messages/skipped"]);
        Assert.DoesNotContain(world.Messages, message => message.Campaign == "cart");
    }

    [Fact]
    public void A_failure_gives_its_place_under_the_cap_back()
    {
        var world = new World(Define(sending: new SendingDefinition { CapMessages = 1, CapPerMs = Day }, campaigns: [s_welcome with { Reentry = new ReentryRule(0) }]));
        world.Identify("u:1", """{"email":"ann@example.com"}""").Track("u:1", "Signed Up");

        world.Outcome(world.Messages[0], OutcomeKind.Failed, "550").Track("u:1", "Signed Up").Track("u:1", "Signed Up");

        Assert.Equal(2, world.Messages.Count);
        Assert.Equal(1, world["campaign/welcome/skipped/frequency cap"]);
    }

    [Fact]
    public void Entering_a_segment_a_score_line_and_inactivity_trigger()
    {
        var world = new World(Define(
            [("hot", "count('View', within 1d) >= 2")],
            new ScoringDefinition { HalfLifeMs = Day, Rules = [new ScoreRule("View", null, 10, null)] },
            null,
            null,
            With("enters", new TriggerDefinition(TriggerKind.SegmentEntered, "hot")),
            With("leaves", new TriggerDefinition(TriggerKind.SegmentExited, "hot")),
            With("above", new TriggerDefinition(TriggerKind.ScoreAbove, "", Line: 20)),
            With("below", new TriggerDefinition(TriggerKind.ScoreBelow, "", Line: 10)),
            With("quiet", new TriggerDefinition(TriggerKind.Inactivity, "", DurationMs: 3 * Day))));

        world.Track("u:1", "View").Track("u:1", "View").RunTo(Start + (10 * Day));

        var entered = world.Decisions.Where(item => item.Kind == DecisionKind.CampaignEntered).Select(item => $"{item.Subject} {(item.At - Start) / Second}");
        Assert.Equal("enters 0, above 0, below 86401, leaves 86400, quiet 259200".Split(", ").Order(StringComparer.Ordinal), entered.Order(StringComparer.Ordinal));

        static CampaignDefinition With(string id, TriggerDefinition trigger) => new() { Id = id, Trigger = trigger, ContentHash = id };
    }

    [Fact]
    public void An_old_event_builds_state_and_enters_nobody()
    {
        var world = new World(Define([("signed", "did('Signed Up')")], campaigns: s_welcome));

        world.Identify("u:1", """{"email":"ann@example.com"}""").Track("u:1", "Signed Up", at: Start - (2 * Day));

        Assert.True(world.Of("u:1").IsIn("signed"));
        Assert.Empty(world.Messages);
        Assert.Contains(world.Decisions, item => item is { Kind: DecisionKind.CampaignNotEntered, Detail: "event too old" });
    }

    [Fact]
    public void An_entry_runs_the_version_it_began_with()
    {
        var world = new World(Define(campaigns: s_cart));
        world.Identify("u:1", """{"email":"ann@example.com"}""").Track("u:1", "Product Added");

        world.Activate(Define(campaigns: s_cart with { ContentHash = "c2", Steps = [new SendStep("x", "email", "other", null, null)] }));
        world.RunTo(Start + Hour);

        Assert.Equal("reminder", Assert.Single(world.Messages).Template);
        Assert.Equal(1, world.Messages[0].CampaignVersion);
    }
}
