using FsCheck;
using FsCheck.Fluent;
using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;
using Triggers.Engine.Records;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Customers;

/// <summary>Holds every incremental segment, score and lifecycle against a recount over all events, and one way of living against another.</summary>
public sealed class DifferentialTests
{
    private static readonly string[] s_names = ["View", "Order", "Add"];

    private static readonly DefinitionSet s_definitions = Define(
        [
            ("a", "count('View', within 100s) >= 3"),
            ("b", "count('View', where properties.price > 50, within 40s) >= 2 and not did('Order', within 100s)"),
            ("c", "sum('Order', properties.total, within 200s) >= 20"),
            ("d", "sum('Order', properties.total) > 50 or traits.plan = 'pro'"),
            ("e", "not segment('a') and count('View') != 2"),
            ("f", "score >= 10"),
            ("g", "score < 4 and score > 1"),
            ("h", "lifecycle = 'won back' or lifecycle = 'at risk'"),
            ("i", "count('View', within 60s) >= count('Add', within 90s)"),
            ("j", "count('Add', within 50s) = 2"),
            ("k", "count('Add', within 50s) != 1"),
            ("l", "did('View', where properties.color in ['red', 'blue'], within 70s) and exists(traits.plan)"),
            ("m", "sum('Order', properties.total, within 100s) < 15"),
            ("n", "score >= traits.line"),
            ("o", "count('View', within 30s) <= 1 and lifecycle != 'new'"),
            ("p", "3 <= count('View', within 10m) and not segment('e')"),
            ("q", "count('page', within 90s) > 0"),
        ],
        new ScoringDefinition { HalfLifeMs = 60 * Second, Rules = [new ScoreRule("View", null, 3, null), new ScoreRule("Order", Parse("properties.total > 5", ExpressionScope.EventOnly), 5, null), new ScoreRule("Add", null, -1, null)] },
        new LifecycleDefinition { NewForMs = 70 * Second, Away = [new("at risk", 120 * Second), new("dormant", 300 * Second)], WonBackForMs = 100 * Second });

    /// <summary>One thing that happens: what, to whom, how late, and how long after the one before (all small numbers, so that cases collide).</summary>
    private static Gen<int[]> Steps => Gen.Choose(0, 1_000_000_000).ArrayOf();

    private static Config Seeded(int tests) => Config.QuickThrowOnFailure.WithMaxTest(tests).WithEndSize(60).WithReplay(20_260_105, 17);

    [Fact]
    public void Every_segment_score_and_stage_equals_a_recount() =>
        Check.One(Seeded(400), Prop.ForAll(Arb.From(Steps, ArrayShrinks), steps => Compare(steps, roundTrips: false)));

    [Fact]
    public void Every_segment_score_and_stage_equals_a_recount_with_the_state_stored_between_any_two_records() =>
        Check.One(Seeded(200), Prop.ForAll(Arb.From(Steps, ArrayShrinks), steps => Compare(steps, roundTrips: true)));

    [Fact]
    public void Effects_are_the_same_with_the_state_stored_between_any_two_records() =>
        Check.One(Seeded(200), Prop.ForAll(Arb.From(Steps, ArrayShrinks), steps =>
        {
            var (straight, stored) = (new World(WithCampaigns()), new World(WithCampaigns()) { RoundTrips = true });
            Live(steps, straight, null);
            Live(steps, stored, null);
            Assert.Equal(straight.Trace, stored.Trace);
        }));

    [Fact]
    public void One_jump_in_time_does_what_every_second_did() =>
        Check.One(Seeded(60), Prop.ForAll(Arb.From(Steps, ArrayShrinks), steps =>
        {
            var (jumping, stepping) = (new World(WithCampaigns()), new World(WithCampaigns()));
            var short_ = steps.Take(12).ToArray();
            Live(short_, jumping, null, wake: false, people: 1);
            for (var i = 0; i < short_.Length; i++)
            {
                var before = stepping.Now;
                var after = before + Delay(short_[i]);
                for (var second = before + 1000 - (before % 1000); second <= after; second += 1000)
                {
                    stepping.Now = second;
                    stepping.Timer("u:0");
                }

                stepping.Now = after;
                One(short_[i], stepping, null, people: 1);
            }

            Assert.Equal(jumping.Trace, stepping.Trace);
        }));

    private static IEnumerable<int[]> ArrayShrinks(int[] steps)
    {
        for (var length = steps.Length / 2; length > 0; length /= 2)
        {
            for (var from = 0; from + length <= steps.Length; from += length)
            {
                yield return [.. steps[..from], .. steps[(from + length)..]];
            }
        }
    }

    private static void Compare(int[] steps, bool roundTrips)
    {
        var world = new World(s_definitions) { RoundTrips = roundTrips };
        var naive = new Naive(s_definitions);
        Live(steps, world, naive);
        world.RunTo(world.Now + (90 * Second));
        AssertEqual(world, naive);
    }

    private static void Live(int[] steps, World world, Naive? naive, bool wake = true, int people = 3)
    {
        foreach (var step in steps)
        {
            var until = world.Now + Delay(step);
            if (wake)
            {
                world.RunTo(until);
                if (naive is not null)
                {
                    AssertEqual(world, naive);
                }
            }

            world.Now = until;
            One(step, world, naive, people);
            if (naive is not null)
            {
                AssertEqual(world, naive);
            }
        }
    }

    private static long Delay(int step) => (step % 7) switch { 0 => 0, 1 => 400, 2 => 3_000, 3 => 25_000, 4 => 1_000, 5 => 61_000, _ => step % 5 == 0 ? 310_000 : 12_345 };

    private static void One(int step, World world, Naive? naive, int people)
    {
        step /= 7;
        var key = $"u:{step % people}";
        step /= 3;
        var kind = step % 8;
        step /= 8;
        if (kind == 7)
        {
            var json = (step % 3) switch { 0 => """{"plan":"pro"}""", 1 => """{"plan":null}""", _ => """{"line":4}""" };
            world.Identify(key, json);
            naive?.SetTraits(key, json);
            naive?.Add(key, NaiveEvent.Of("identify", world.Now, json, ""));
            return;
        }

        if (kind == 6)
        {
            world.Send(key, EventType.Page, name: "Home");
            naive?.Add(key, NaiveEvent.Of("page", world.Now, "{}", ""));
            return;
        }

        var event_ = s_names[step % 3];
        step /= 3;
        var late = (step % 4) switch { 0 => (step / 4 % 150) * 1_000L, 1 => step / 4 % 90_000, _ => 0 };
        step /= 4;
        var properties = (step % 5) switch
        {
            0 => """{"price":51,"color":"red"}""",
            1 => """{"price":50.5,"total":7.1,"nested":{"price":1}}""",
            2 => """{"color":"bl\u0075e","total":2.9}""",
            3 => """{"total":12,"price":"99"}""",
            _ => """{"total":-3.05,"price":null}""",
        };
        var messageId = step % 3 == 0 ? $"m{step % 6}{event_}" : "";
        var seen = messageId.Length > 0 && naive is not null && naive.Events(key).Any(item => item.MessageId == messageId);
        world.Track(key, event_, properties, messageId, world.Now - late);
        if (!seen)
        {
            naive?.Add(key, NaiveEvent.Of(event_, world.Now - late, properties, messageId));
        }
    }

    private static void AssertEqual(World world, Naive naive)
    {
        foreach (var customer in world.Customers.Values)
        {
            var score = naive.Score(customer.Key, world.Now);
            Assert.Equal(score, customer.ScoreAt(world.Now / 1000 * 1000), 1e-9);
            Assert.Equal(naive.Lifecycle(customer.Key, world.Now), customer.LifecycleIn(world.Program));
            Assert.Equal(naive.Events(customer.Key).Count, customer.EventTotal);
            foreach (var segment in s_definitions.Segments)
            {
                var onLine = segment.Id is "f" or "g" or "n" && (Math.Abs(score - 10) < 1e-9 || Math.Abs(score - 4) < 1e-9 || Math.Abs(score - 1) < 1e-9);
                if (!onLine)
                {
                    Assert.True(naive.Holds(customer.Key, segment.Condition, world.Now) == customer.IsIn(segment.Id), $"{customer.Key} in {segment.Id}: {customer.IsIn(segment.Id)} at {world.Now}");
                }
            }
        }

        foreach (var segment in s_definitions.Segments)
        {
            Assert.Equal(world.Customers.Values.Count(customer => customer.IsIn(segment.Id)), world[$"segment/{segment.Id}/size"]);
        }

        Assert.Equal(world.Customers.Count, world["customers/total"]);
        Assert.All(LifecycleStages.All, stage =>
            Assert.Equal(world.Customers.Values.Count(customer => customer.LifecycleIn(world.Program) == stage), world[$"lifecycle/{stage}/size"]));
    }

    private static DefinitionSet WithCampaigns() => s_definitions with
    {
        Campaigns =
        [
            new CampaignDefinition
            {
                Id = "cart",
                ContentHash = "1",
                Trigger = new TriggerDefinition(TriggerKind.Event, "Add"),
                Reentry = new ReentryRule(20 * Second),
                Exit = Parse("did('Order', since entry) or segment('c')", ExpressionScope.Campaign),
                Goal = new GoalDefinition("Order", null, "total", 90 * Second),
                Steps = [new WaitStep("1", 10 * Second), new SendStep("2", "webhook", "t", null, "https://example.com"), new WaitUntilStep("3", "View", null, 30 * Second, [], [new SendStep("4", "webhook", "u", null, "https://example.com")])],
            },
            new CampaignDefinition { Id = "hot", ContentHash = "2", Trigger = new TriggerDefinition(TriggerKind.SegmentEntered, "a"), Reentry = new ReentryRule(0), Exit = Parse("count('View', within 40s) = 0", ExpressionScope.Campaign), Steps = [new WaitStep("1", 45 * Second), new SendStep("2", "webhook", "t", null, "https://example.com")] },
            new CampaignDefinition { Id = "low", ContentHash = "3", Trigger = new TriggerDefinition(TriggerKind.ScoreBelow, "", Line: 4), Reentry = new ReentryRule(0), Steps = [new SendStep("1", "webhook", "t", null, "https://example.com")] },
            new CampaignDefinition { Id = "quiet", ContentHash = "4", Trigger = new TriggerDefinition(TriggerKind.Inactivity, "", DurationMs: 80 * Second), Reentry = new ReentryRule(0), Steps = [new SendStep("1", "webhook", "t", null, "https://example.com")] },
        ],
    };
}
