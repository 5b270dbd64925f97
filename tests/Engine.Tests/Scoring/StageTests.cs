using FsCheck;
using FsCheck.Fluent;
using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Tests.Customers;
using Triggers.Engine.Tests.Definitions;
using Triggers.Engine.Tests.Segments;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Scoring;

/// <summary>Stages of a customer's life under names and lines of one's own, and the time in them.</summary>
public sealed class StageTests
{
    private static readonly LifecycleDefinition s_lines = new() { NewForMs = 26 * Hour, Away = [new("at risk", 13 * Hour), new("dormant", 31 * Hour)], WonBackForMs = 9 * Hour };

    [Fact]
    public void Time_in_stage_equals_a_recount_at_every_second_at_which_it_matters()
    {
        var definitions = Define(
            [("long", "time in stage >= 5h"), ("short", "time in stage < 90m"), ("risk", "lifecycle = 'at risk' and time in stage > 2h"), ("between", "time in stage between 1h and 3h"), ("exact", "time in stage = 1h"), ("since", "time in stage > since last('View')")],
            lifecycle: s_lines);

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(120).WithEndSize(40).WithReplay(20_260_307, 3), Prop.ForAll(Arb.From(Gen.Choose(0, 1_000_000_000).ArrayOf()), steps => Recount.Live(definitions, steps, mergeAt: int.MaxValue)));
    }

    [Fact]
    public void Who_has_been_at_risk_for_a_week_is_there_at_the_second_and_leaves_with_the_next_event()
    {
        var world = new World(Define([("slipping", "lifecycle = 'at risk' and time in stage >= 7d")])) { RoundTrips = true };
        world.Track("u:1", "View");

        world.RunTo(Start + (37 * Day) - 1);
        Assert.False(world.Of("u:1").IsIn("slipping"));
        world.RunTo(Start + (37 * Day));
        Assert.True(world.Of("u:1").IsIn("slipping"));
        world.Track("u:1", "View");
        Assert.False(world.Of("u:1").IsIn("slipping"));
    }

    [Fact]
    public void Stages_bear_the_names_that_scoring_gives_them()
    {
        var definitions = Folder.Valid(Folder.Load(
            ("scoring.yaml", "lifecycle: { newFor: 1d, atRiskAfter: 2d, dormantAfter: 3d, names: { at risk: slipping, dormant: asleep } }"),
            ("segments.yaml", "out: lifecycle in ['slipping', 'asleep'] and time in stage >= 1h")));
        var world = new World(definitions);
        world.Track("u:1", "View").RunTo(Start + (4 * Day));

        Assert.Equal("active slipping asleep", string.Join(' ', world.Decisions.Where(item => item.Kind == DecisionKind.LifecycleChanged).Select(item => item.Subject)));
        Assert.Equal("asleep", world.Of("u:1").LifecycleIn(world.Program));
        Assert.True(world.Of("u:1").IsIn("out"));
        Assert.Equal(1, world["lifecycle/dormant/size"]);
    }

    [Fact]
    public void A_renamed_stage_moves_who_is_asked_for_by_name_silently()
    {
        var world = new World(Define([("s", "not lifecycle = 'new'")]));
        world.Track("u:1", "View").Wait(Hour);
        Assert.False(world.Of("u:1").IsIn("s"));

        world.Activate(Define([("s", "not lifecycle = 'new'")], lifecycle: new LifecycleDefinition { Called = new Dictionary<string, string>(StringComparer.Ordinal) { ["new"] = "fresh" } }));
        world.Timer("u:1");
        Assert.True(world.Of("u:1").IsIn("s"));
        Assert.DoesNotContain(world.Decisions, item => item.Kind == DecisionKind.SegmentEntered);
    }

    /// <summary>Four stages of inactivity, nobody new, and won back from the second of them on; or nobody won back.</summary>
    [Theory]
    [InlineData(0, 6, "slipping")]
    [InlineData(26, 9, "lost")]
    [InlineData(26, 0, "away")]
    [InlineData(0, 0, "slipping")]
    public void Stages_of_ones_own_equal_a_recount(int newForHours, int wonBackForHours, string from)
    {
        var lifecycle = new LifecycleDefinition
        {
            NewForMs = newForHours * Hour,
            Away = [new("quiet", 3 * Hour), new("slipping", 7 * Hour), new("away", 13 * Hour), new("lost", 31 * Hour)],
            WonBackForMs = wonBackForHours * Hour,
            WonBackFrom = from,
        };
        var definitions = Define(
            [.. lifecycle.Ids.Select((stage, index) => ($"s{index}", $"lifecycle = '{stage}'")), ("hour", "time in stage >= 1h"), ("lost", "lifecycle in ['lost', 'away'] and time in stage > 2h"), ("none", "not lifecycle in ['quiet', 'slipping']")],
            lifecycle: lifecycle);

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60).WithEndSize(40).WithReplay(20_261_122, 5), Prop.ForAll(Arb.From(Gen.Choose(0, 1_000_000_000).ArrayOf()), steps =>
        {
            Recount.Live(definitions, steps, mergeAt: int.MaxValue);
            Recount.Live(definitions, steps, mergeAt: steps.Length / 2);
        }));
    }

    [Fact]
    public void Stages_come_to_the_second_and_who_comes_back_is_where_it_is_said()
    {
        var world = new World(Load("newFor: none, away: { at risk: 30d, lost: 365d, dormant: 90d }, wonBackFrom: at risk, wonBackFor: 2d")) { RoundTrips = true };
        world.Track("u:1", "View");
        Assert.Equal(("active", 1), (Stage(world), world["lifecycle/active/size"]));
        world.RunTo(Start + (365 * Day) - 1);
        Assert.Equal("dormant", Stage(world));
        world.RunTo(Start + (365 * Day));
        Assert.Equal(("lost", 1, 0), (Stage(world), world["lifecycle/lost/size"], world["lifecycle/dormant/size"]));
        world.Track("u:1", "View");
        Assert.Equal("won back", Stage(world));
        world.RunTo(world.Now + (2 * Day));
        Assert.Equal("active", Stage(world));
        world.RunTo(world.Now + (29 * Day)).Track("u:1", "View");

        Assert.Equal("at risk dormant lost won back active at risk won back", string.Join(' ', Changes(world)));
        Assert.Equal((0, 0, 0, 1), (world["lifecycle/new/size"], world["lifecycle/active/size"], world["lifecycle/lost/size"], world["lifecycle/won back/size"]));
    }

    [Fact]
    public void Without_won_back_who_comes_back_is_active()
    {
        var world = new World(Load("away: { gone: 10d }, wonBackFor: none")) { RoundTrips = true };
        world.Track("u:1", "View").RunTo(Start + (20 * Day)).Track("u:1", "View");

        Assert.Equal("active gone active", string.Join(' ', Changes(world)));
        Assert.Equal("new active gone", string.Join(' ', world.Program.Definitions.Lifecycle.Names));
    }

    [Fact]
    public void Other_stages_move_customers_silently_and_those_that_stay_keep_their_time()
    {
        var world = new World(Load("away: { at risk: 30d, dormant: 90d }")) { RoundTrips = true };
        world.Track("u:old", "View").RunTo(Start + (300 * Day)).Track("u:asleep", "View").RunTo(Start + (400 * Day));
        var since = world.Of("u:asleep").LifecycleSince;
        var before = Changes(world).Count;

        world.Activate(Load("away: { at risk: 30d, dormant: 90d, lost: 365d }, names: { lost: gone for good }"));
        Assert.Equal("dormant", world.Of("u:old").LifecycleIn(world.Program));
        world.Timer("u:old").Timer("u:asleep");
        Assert.Equal(("gone for good", "dormant", since), (world.Of("u:old").LifecycleIn(world.Program), world.Of("u:asleep").LifecycleIn(world.Program), world.Of("u:asleep").LifecycleSince));
        Assert.Equal((1, 1), (world["lifecycle/lost/size"], world["lifecycle/dormant/size"]));

        world.Activate(Load("away: { away: 20d }"));
        Assert.Equal("gone for good", world.Of("u:old").LifecycleIn(world.Program));
        world.Timer("u:old").Timer("u:asleep");

        Assert.Equal((0, 0, 2), (world["lifecycle/lost/size"], world["lifecycle/dormant/size"], world["lifecycle/away/size"]));
        Assert.Equal(before, Changes(world).Count);
    }

    [Fact]
    public void A_merge_unites_lives_of_stages_of_ones_own()
    {
        var world = new World(Load("away: { quiet: 1d, gone: 10d }, newFor: none")) { RoundTrips = true };
        world.Track("a:d", "View").RunTo(Start + (12 * Day)).Track("u:1", "View", device: "d");
        world.RunTo(world.Now + Hour);

        Assert.Equal(("won back", 1, 0), (Stage(world), world["lifecycle/won back/size"], world["lifecycle/gone/size"]));
        Assert.Equal(1, world["customers/total"]);
    }

    private static string Stage(World world) => world.Of("u:1").LifecycleIn(world.Program);

    private static List<string> Changes(World world) => [.. world.Decisions.Where(item => item.Kind == DecisionKind.LifecycleChanged).Select(item => item.Subject)];

    private static DefinitionSet Load(string lifecycle) => Folder.Valid(Folder.Load(("scoring.yaml", $"lifecycle: {{ {lifecycle} }}")));
}
