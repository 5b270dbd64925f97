using System.Text;
using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Explanations;
using Triggers.Engine.Expressions;
using Triggers.Engine.Records;
using Triggers.Engine.Tests.Customers;
using Triggers.Engine.Tests.Definitions;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Explanations;

/// <summary>Campaigns: what stands in the way now, and what every decision was taken by.</summary>
public sealed class CampaignExplanationTests
{
    private const string NowFile = "tests/Engine.Tests/Explanations/Campaigns.golden.txt", DecisionsFile = "tests/Engine.Tests/Explanations/Decisions.golden.txt";

    private static readonly CampaignDefinition s_cart = new()
    {
        Id = "cart",
        Trigger = new TriggerDefinition(TriggerKind.Event, "Product Added", Parse("properties.price > 10", ExpressionScope.Event)),
        Audience = Parse("traits.plan = 'pro' or count('Product Viewed', within 7d) >= 2"),
        Reentry = new ReentryRule(7 * Day),
        Exit = Parse("did('Order Completed', since entry)", ExpressionScope.Campaign),
        Goal = new GoalDefinition("Order Completed", Parse("properties.total >= 20", ExpressionScope.Event), null, 3 * Day),
        Steps = [new SendStep("0", "email", "cart-reminder", null, null), new WaitStep("1", Day), new SendStep("2", "sms", "cart-sms", "mobile", null)],
    };

    private static readonly ScoringDefinition s_views = new() { HalfLifeMs = 7 * Day, Rules = [new ScoreRule("Product Viewed", null, 4, null)] };

    private static readonly SendingDefinition s_sending = new() { CapMessages = 2, CapPerMs = 2 * Day };

    [Fact]
    public void Every_rule_of_a_campaign_is_explained_as_of_now()
    {
        var text = new StringBuilder();
        Tell("nothing known", World());
        Tell("in the audience", World().Identify("u:1", """{"plan":"pro","email":"ada@example.com"}"""));
        Tell("one view short", World().Track("u:1", "Product Viewed"));
        var inside = Entered();
        Tell("inside, waiting", inside);
        Tell("back, too early", inside.RunTo(inside.Now + (2 * Day)));
        var paused = World();
        paused.Pause("cart");
        Tell("paused by hand", paused.Track("u:1", "Product Viewed"));
        Tell("a draft", World(s_cart with { Status = CampaignStatus.Draft }).Track("u:1", "Product Viewed"));
        Tell("paused in the definition", World(s_cart with { Status = CampaignStatus.Paused }).Track("u:1", "Product Viewed"));
        Tell("once", Entered(s_cart with { Reentry = new ReentryRule((long?)null) }).Track("u:1", "Order Completed"));
        Tell("suppressed and opted out", Entered().Command("u:1", CommandKind.Suppress).Command("u:1", CommandKind.Unsubscribe, "email"));
        Tell("capped", Entered(s_cart with { Reentry = new ReentryRule(0) }).Wait(Minute).Track("u:1", "Order Completed").Wait(Hour).Track("u:1", "Product Added", """{"price":20}""").Wait(Minute).Track("u:1", "Order Completed"));
        foreach (var trigger in new[] { new TriggerDefinition(TriggerKind.SegmentEntered, "viewers"), new TriggerDefinition(TriggerKind.SegmentExited, "viewers"), new TriggerDefinition(TriggerKind.ScoreAbove, "", null, 10), new TriggerDefinition(TriggerKind.ScoreBelow, "", null, 3), new TriggerDefinition(TriggerKind.Inactivity, "", null, 0, 30 * Day) })
        {
            var campaign = s_cart with { Trigger = trigger, Audience = null, Exit = null, Steps = [] };
            Tell($"{trigger.Kind}, one view", World(campaign).Track("u:1", "Product Viewed"));
            Tell($"{trigger.Kind}, three views", World(campaign).Track("u:1", "Product Viewed").Wait(Hour).Track("u:1", "Product Viewed").Track("u:1", "Product Viewed"));
        }

        foreach (var kind in new[] { TriggerKind.ScoreAbove, TriggerKind.ScoreBelow })
        {
            var campaign = s_cart with { Trigger = new TriggerDefinition(kind, "fit", Line: kind == TriggerKind.ScoreAbove ? 10 : 3) { Until = 5 }, Audience = null, Exit = null, Steps = [] };
            Tell($"{kind} of a named score, one view", World(campaign).Track("u:1", "Product Viewed"));
            Tell($"{kind} of a named score, three views", World(campaign).Track("u:1", "Product Viewed").Wait(Hour).Track("u:1", "Product Viewed").Track("u:1", "Product Viewed"));
        }

        Golden.Check(NowFile, text.ToString());

        void Tell(string title, World world)
        {
            if (!world.Customers.ContainsKey("u:1"))
            {
                world.Send("u:1", EventType.Page);
            }

            text.Append(title).Append('\n').Append(ExplanationText.Of(Explainer.Campaign(world.Of("u:1"), world.Facts, "cart", world.Now))).Append('\n');
        }
    }

    [Fact]
    public void Every_decision_is_explained_by_what_led_to_it()
    {
        var text = new StringBuilder();
        var world = World(s_cart with { Reentry = new ReentryRule(Hour) });
        Step("an event that is not for the audience", () => world.Track("u:1", "Product Added", """{"price":20}"""));
        Step("a plan becomes known", () => world.Wait(Hour).Identify("u:1", """{"plan":"pro","email":"ada@example.com"}"""));
        Step("a late event", () => world.Wait(Hour).Track("u:1", "Product Added", """{"price":20}""", at: world.Now - (2 * Day)));
        Step("an event that leads in", () => world.Wait(Hour).Track("u:1", "Product Added", """{"price":20}"""));
        Step("and once more", () => world.Wait(Hour).Track("u:1", "Product Added", """{"price":20}"""));
        Step("a day later, no number", () => world.Wait(Day).Timer("u:1"));
        Step("it goes on without one", () => world.Wait(Limits.AddressWaitMs).Timer("u:1"));
        Step("a second run", () => world.Wait(Hour).Track("u:1", "Product Added", """{"price":20}"""));
        Step("too soon for a third", () => world.Wait(Minute).Track("u:1", "Order Completed", """{"total":30}""").Track("u:1", "Product Added", """{"price":30}"""));
        Step("a third run, capped", () => world.Wait(Hour).Track("u:1", "Product Added", """{"price":20}"""));
        Step("views", () => world.Track("u:1", "Product Viewed").Track("u:1", "Product Viewed").Track("u:1", "Product Viewed"));
        Step("views leave the window", () => world.Wait(7 * Day).Timer("u:1"));
        world = World(s_cart with
        {
            Steps =
            [
                new WaitStep("0", Hour),
                new BranchStep("1", [new BranchCase(Parse("count('Product Viewed', since entry) >= 2", ExpressionScope.Campaign), []), new BranchCase(Parse("traits.plan = 'pro'", ExpressionScope.Campaign), [])], []),
                new BranchStep("2", [new BranchCase(Parse("traits.plan = 'free'", ExpressionScope.Campaign), [])], []),
            ],
        });
        world.Identify("u:1", """{"plan":"pro","email":"ada@example.com"}""").Track("u:1", "Product Added", """{"price":20}""").Wait(Minute).Track("u:1", "Product Viewed");
        Step("two branches", () => world.Wait(Hour).Timer("u:1"));
        world = World(s_cart with { Trigger = new TriggerDefinition(TriggerKind.ScoreBelow, "fit", Line: 3) { Until = 5 }, Audience = null, Steps = [new WaitStep("0", Hour)] });
        world.Track("u:1", "Product Viewed").Track("u:1", "Product Viewed");
        Step("a named score falls", () => world.RunTo(world.Now + (14 * Day)));
        Golden.Check(DecisionsFile, text.ToString());

        void Step(string title, Action act)
        {
            world.Applied.Clear();
            act();
            text.Append(title).Append('\n');
            foreach (var (before, bytes, at, offset, decisions) in world.Applied)
            {
                RecordView.Read(bytes, out var view);
                (view.At, view.Offset) = (at, offset);
                for (var number = 0; number < decisions.Length; number++)
                {
                    var explanation = Explainer.Decision(CustomerCodec.Read(before), in view, world.Facts, number);
                    Assert.Equal(decisions[number].Kind == DecisionKind.LifecycleChanged, explanation is null);
                    if (explanation is not null)
                    {
                        Assert.Equal((decisions[number].Subject, decisions[number].At), (explanation.Id, explanation.At));
                        text.Append($"  {decisions[number].Kind} {explanation.Id}\n{ExplanationText.Of(explanation)}");
                    }
                }
            }

            text.Append('\n');
        }
    }

    [Fact]
    public void A_look_changes_nothing_of_the_customer()
    {
        var world = Entered();
        var before = BytesOf(world.Of("u:1"));
        Explainer.Campaign(world.Of("u:1"), world.Facts, "cart", world.Now + (30 * Day));
        Explainer.Segment(world.Of("u:1"), world.Facts, "viewers", world.Now + (30 * Day));
        Assert.Equal(before, BytesOf(world.Of("u:1")));
        Assert.Null(Explainer.Segment(world.Of("u:1"), world.Facts, "no-such", world.Now));
        Assert.Null(Explainer.Campaign(world.Of("u:1"), world.Facts, "no-such", world.Now));
    }

    private static World World(CampaignDefinition? campaign = null) => new(Define(
        [("viewers", "count('Product Viewed', within 7d) >= 3")],
        s_views,
        sending: s_sending,
        campaigns: campaign ?? s_cart) with { Scores = campaign?.Trigger.Subject == "fit" ? [new NamedScoreDefinition("fit", "fit", "", s_views)] : [] }) { KeepsApplied = true };

    private static World Entered(CampaignDefinition? campaign = null) =>
        World(campaign).Identify("u:1", """{"plan":"pro","email":"ada@example.com"}""").Wait(Hour).Track("u:1", "Product Added", """{"price":20}""");
}
