using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Tests.Customers;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Scoring;

/// <summary>Campaigns that begin when a named score crosses a line, and when it may do so again.</summary>
public sealed class ScoreTriggerTests
{
    private const long HalfLife = 7 * Hour, Window = 9 * Hour;

    private static readonly NamedScoreDefinition[] s_scores =
    [
        new("fades", "fades", "", new ScoringDefinition { HalfLifeMs = HalfLife, Rules = [new ScoreRule("View", null, 1.7, null), new ScoreRule("Order", null, 4.3, null)] }),
        new("slides", "slides", "", new ScoringDefinition { WindowMs = Window, Rules = [new ScoreRule("View", null, 1, null), new ScoreRule("Order", null, 3, null)] }),
    ];

    private static readonly CampaignDefinition[] s_crossing =
    [
        Campaign("fades-up", TriggerKind.ScoreAbove, "fades", 5.1, 2.3), Campaign("fades-up-plain", TriggerKind.ScoreAbove, "fades", 5.1, null),
        Campaign("fades-down", TriggerKind.ScoreBelow, "fades", 1.9, 4.1), Campaign("fades-down-plain", TriggerKind.ScoreBelow, "fades", 1.9, null),
        Campaign("slides-up", TriggerKind.ScoreAbove, "slides", 4, 2), Campaign("slides-up-plain", TriggerKind.ScoreAbove, "slides", 4, null),
        Campaign("slides-down", TriggerKind.ScoreBelow, "slides", 2, 5), Campaign("slides-down-plain", TriggerKind.ScoreBelow, "slides", 2, null),
        Campaign("engaged-up", TriggerKind.ScoreAbove, "", 5.1, 2.3), Campaign("engaged-down", TriggerKind.ScoreBelow, "", 1.9, 4.1),
    ];

    private static int s_crossings;

    [Fact]
    public void Every_crossing_triggers_at_its_second_as_a_recount_has_it()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(30).WithEndSize(20).WithReplay(20_261_122, 5), Prop.ForAll(Arb.From(Gen.Choose(0, 1_000_000_000).ArrayOf()), Crosses));
        Assert.True(s_crossings > 200, $"{s_crossings} crossings are too few to tell anything");
    }

    [Fact]
    public void A_score_that_is_collecting_triggers_nobody_who_was_known_before()
    {
        var world = new World(Define());
        world.Track("u:1", "View").Wait(Minute);
        world.Activate(Scored(Campaign("up", TriggerKind.ScoreAbove, "fades", 3, 2), Campaign("down", TriggerKind.ScoreBelow, "fades", 1, 3), Asking(Campaign("asked", TriggerKind.ScoreAbove, "fades", 3, 2))));
        world.Timer("u:1");
        for (var look = 0; look < 3; look++)
        {
            world.Track("u:1", "View").Wait(Minute);
        }

        world.RunTo(world.Now + Day);
        Assert.True(world.Of("u:1").ScoresAt(world.Program, world.Now)[1].IsCollecting);
        Assert.Empty(Entered(world));

        world.Track("u:2", "Order").RunTo(world.Now + Day);
        Assert.Equal("up asked down", string.Join(' ', Entered(world)));
    }

    [Theory]
    [InlineData("fades", 2.0)]
    [InlineData("fades", null)]
    [InlineData("", 2.0)]
    [InlineData("", null)]
    public void Who_is_found_beyond_the_line_enters_once_where_the_trigger_asks_for_it(string score, double? until)
    {
        var world = new World(Scored());
        world.Track("u:1", "Order").Track("u:1", "View").Track("u:2", "View").Wait(Minute);
        world.Activate(Scored(Asking(Campaign("c", TriggerKind.ScoreAbove, score, 4, until))));
        world.Timer("u:1").Timer("u:2").Wait(Minute);
        Assert.Equal("c", string.Join(' ', Entered(world)));

        world.Activate(Scored(Asking(Campaign("c", TriggerKind.ScoreAbove, score, 4, until)) with { Name = "other" }));
        world.Timer("u:1").Timer("u:2").Track("u:1", "View").Wait(Minute);
        Assert.Equal("c", string.Join(' ', Entered(world)));

        world.Track("u:2", "View").Track("u:2", "View");
        Assert.Equal("c c", string.Join(' ', Entered(world)));
    }

    [Fact]
    public void Whoever_is_over_the_line_when_it_is_new_or_moved_does_not_cross_it()
    {
        var world = new World(Scored());
        world.Track("u:1", "Order").Track("u:1", "View").Track("u:2", "View").Wait(Minute);
        world.Activate(Scored(Campaign("c", TriggerKind.ScoreAbove, "fades", 4, 2)));
        world.Timer("u:1").Timer("u:2").Wait(Minute);
        world.Activate(Scored(Campaign("c", TriggerKind.ScoreAbove, "fades", 3, 2)));
        world.Timer("u:1").Timer("u:2").Track("u:1", "View").Wait(Minute);
        Assert.Empty(Entered(world));

        world.Track("u:2", "View");
        Assert.Equal("c", string.Join(' ', Entered(world)));
    }

    [Fact]
    public void Whoever_has_crossed_stays_so_when_the_line_to_come_back_over_is_moved()
    {
        var world = new World(Scored(Campaign("c", TriggerKind.ScoreAbove, "fades", 5, 3), Campaign("d", TriggerKind.ScoreBelow, "fades", 2, 5)));
        world.Track("u:1", "Order").Track("u:1", "View").RunTo(Start + (4 * Hour));
        world.Activate(Scored(Campaign("c", TriggerKind.ScoreAbove, "fades", 5, 1), Campaign("d", TriggerKind.ScoreBelow, "fades", 2, 8)));
        world.Timer("u:1").Track("u:1", "View").Track("u:1", "View");
        Assert.Equal("c", string.Join(' ', Entered(world)));

        world.Wait(Hour).Activate(Scored(Campaign("c", TriggerKind.ScoreAbove, "fades", 5, 5), Campaign("d", TriggerKind.ScoreBelow, "fades", 2, 2)));
        world.RunTo(world.Now + (30 * Hour)).Track("u:1", "Order").Track("u:1", "View");
        Assert.Equal("c d c", string.Join(' ', Entered(world)));
    }

    [Fact]
    public void A_person_and_their_device_cross_together_and_once()
    {
        var world = new World(Scored(Campaign("c", TriggerKind.ScoreAbove, "fades", 5, 2)));
        world.Track("a:d", "Order").Track("u:1", "View").Track("u:1", "Login", device: "d");
        Assert.Equal("c", string.Join(' ', Entered(world)));

        world = new World(Scored(Campaign("c", TriggerKind.ScoreAbove, "fades", 5, 2)));
        world.Track("u:1", "Order").Track("u:1", "View").Track("a:d", "View").Track("u:1", "Login", device: "d");
        Assert.Equal("c", string.Join(' ', Entered(world)));
    }

    [Fact]
    public void History_sets_where_a_customer_stands_and_triggers_nothing()
    {
        var world = new World(Scored(Campaign("c", TriggerKind.ScoreAbove, "fades", 5, 2)));
        world.Track("u:1", "Order", at: Start - Hour, historical: true).Track("u:1", "Order", at: Start - Hour, historical: true).Track("u:1", "View");
        Assert.Empty(Entered(world));

        world.RunTo(Start + Day).Track("u:1", "Order").Track("u:1", "View");
        Assert.Equal("c", string.Join(' ', Entered(world)));
    }

    [Fact]
    public void A_line_that_campaigns_cross_is_no_segment_that_people_see()
    {
        var world = new World(Scored(s_crossing));
        world.Track("u:1", "Order").Track("u:1", "Order");

        Assert.DoesNotContain(world.Decisions, decision => decision.Kind is DecisionKind.SegmentEntered or DecisionKind.SegmentExited or DecisionKind.GradeChanged);
        Assert.DoesNotContain(world.Counters.Keys, counter => counter.StartsWith("segment/", StringComparison.Ordinal));
    }

    /// <summary>Views and orders, some late, some twice, and what a customer's score was at each second by adding up anew.</summary>
    private static bool Crosses(int[] steps)
    {
        var world = new World(Scored(s_crossing)) { RoundTrips = true };
        var recount = new Crossings();
        for (var i = 0; i < steps.Length; i++)
        {
            var (kind, pause) = (steps[i] % 10, (steps[i] / 10 % 3 * Hour) + (steps[i] / 100 % 1000 * Second));
            world.RunTo(world.Now + pause);
            recount.PassTo(world.Now);
            var (name, at) = (kind % 3 == 0 ? "Order" : "View", kind < 7 ? world.Now : world.Now - (steps[i] / 1000 % 1200 * Minute));
            for (var times = kind == 4 ? 2 : 1; times > 0; times--)
            {
                world.Track("u:1", name, messageId: $"m{i}", at: at);
            }

            recount.See(name, at, world.Now);
        }

        world.RunTo(world.Now + (2 * Day));
        recount.PassTo(world.Now);
        var actual = world.Decisions.Where(item => item.Kind == DecisionKind.CampaignEntered).Select(item => $"{item.Subject} {(item.At - Start) / Second}");
        s_crossings += recount.Triggered.Count;
        Assert.Equal(recount.Triggered.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
        return true;
    }

    private static DefinitionSet Scored(params CampaignDefinition[] campaigns) =>
        Define(scoring: s_scores[0].Scoring, campaigns: campaigns) with { Scores = s_scores };

    private static CampaignDefinition Campaign(string id, TriggerKind kind, string score, double line, double? until) =>
        new() { Id = id, ContentHash = string.Create(CultureInfo.InvariantCulture, $"{id} {line} {until}"), Trigger = new TriggerDefinition(kind, score, Line: line) { Until = until }, Reentry = new ReentryRule(0) };

    private static CampaignDefinition Asking(CampaignDefinition campaign) => campaign with { Trigger = campaign.Trigger with { FromHistory = true } };

    private static IEnumerable<string> Entered(World world) => world.Decisions.Where(item => item.Kind == DecisionKind.CampaignEntered).Select(item => item.Subject);

    /// <summary>What triggers when, by adding everything up anew at each second.</summary>
    private sealed class Crossings
    {
        private readonly List<(long At, bool IsOrder)> _events = [];
        private readonly HashSet<string> _over = [];
        private long _now = Start;

        public List<string> Triggered { get; } = [];

        public void See(string name, long at, long now)
        {
            _events.Add((at, name == "Order"));
            Judge(now);
        }

        public void PassTo(long to)
        {
            while (_now < to)
            {
                _now += Second;
                Judge(_now);
            }
        }

        private void Judge(long now)
        {
            double fades = 0, slides = 0;
            foreach (var (at, isOrder) in _events)
            {
                fades += (isOrder ? 4.3 : 1.7) * Math.Pow(2, -(double)(now - at) / HalfLife);
                slides += at + Window > now ? isOrder ? 3 : 1 : 0;
            }

            foreach (var campaign in s_crossing)
            {
                var (trigger, value) = (campaign.Trigger, campaign.Trigger.Subject == "slides" ? slides : fades);
                var rises = trigger.Kind == TriggerKind.ScoreAbove;
                var (from, until) = rises ? (trigger.Line, trigger.Until ?? trigger.Line) : (trigger.Until ?? trigger.Line, trigger.Line);
                var (was, isOver) = (_over.Contains(campaign.Id), value >= (_over.Contains(campaign.Id) ? until : from));
                _ = isOver ? _over.Add(campaign.Id) : _over.Remove(campaign.Id);
                if (was != isOver && isOver == rises)
                {
                    Triggered.Add($"{campaign.Id} {(now - Start) / Second}");
                }
            }
        }
    }
}
