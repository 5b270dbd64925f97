using FsCheck;
using FsCheck.Fluent;
using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Expressions;
using Triggers.Engine.Tests.Customers;
using Triggers.Engine.Tests.Definitions;
using Triggers.Engine.Tests.Segments;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Scoring;

/// <summary>Stages of a customer's life under names and lines of one's own, and the time in them.</summary>
public sealed class StageTests
{
    private static readonly LifecycleDefinition s_lines = new() { NewForMs = 26 * Hour, AtRiskAfterMs = 13 * Hour, DormantAfterMs = 31 * Hour, WonBackForMs = 9 * Hour };

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

        world.Activate(Define([("s", "not lifecycle = 'new'")], lifecycle: new LifecycleDefinition { Names = ["fresh", .. LifecycleStages.All.Skip(1)] }));
        world.Timer("u:1");
        Assert.True(world.Of("u:1").IsIn("s"));
        Assert.DoesNotContain(world.Decisions, item => item.Kind == DecisionKind.SegmentEntered);
    }
}
