using Triggers.Engine.Definitions;
using Triggers.Engine.Scoring;
using Triggers.Engine.Tests.Customers;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Scoring;

public sealed class ScoreTests
{
    [Fact]
    public void A_score_halves_with_every_half_life_whatever_order_events_come_in()
    {
        var scoring = new ScoringDefinition { HalfLifeMs = Day, Rules = [new ScoreRule("View", null, 8, null)] };
        var world = new World(Define(scoring: scoring));

        world.Track("u:1", "View", at: Start - Day).Track("u:2", "View");
        world.Track("u:1", "View").Track("u:2", "View", at: Start - Day);

        Assert.Equal(12, world.Of("u:1").ScoreAt(Start), 1e-12);
        Assert.Equal(6, world.Of("u:1").ScoreAt(Start + Day), 1e-12);
        Assert.Equal(world.Of("u:1").ScoreAt(Start + Hour), world.Of("u:2").ScoreAt(Start + Hour), 1e-12);
    }

    [Theory]
    [InlineData(10, 5, 1, 86_400)]
    [InlineData(10, 9.999_999, 1, 1)]
    [InlineData(1_000_000, 0.001, 1, 2_583_000)]
    public void Decay_crosses_a_line_on_the_first_second_below_it(double value, double line, int halfLifeDays, long nearSeconds)
    {
        var score = new Score(value, Start, halfLifeDays * Day);

        var due = score.Crossing(line, Start, inclusive: true);

        Assert.InRange((due - Start) / 1000, nearSeconds * 0.99, (nearSeconds * 1.01) + 1);
        Assert.True(score.ValueAt(due) < line);
        Assert.True(score.ValueAt(due - 1000) >= line);
        Assert.Equal(Instants.Never, score.Crossing(line, due, inclusive: true));
    }

    [Fact]
    public void A_cap_a_day_counts_events_by_the_day_they_occurred_on()
    {
        var world = new World(Define(scoring: new ScoringDefinition { Rules = [new ScoreRule("View", null, 1, 2)] }));

        for (var i = 0; i < 5; i++)
        {
            world.Track("u:1", "View").Track("u:1", "View", at: Start - Day);
        }

        Assert.Equal(4, world.Of("u:1").ScoreAt(Start));
    }

    [Fact]
    public void A_changed_half_life_bends_the_curve_without_a_jump()
    {
        var world = new World(Define(scoring: new ScoringDefinition { HalfLifeMs = Day, Rules = [new ScoreRule("View", null, 8, null)] }));
        world.Track("u:1", "View").Wait(Day);

        world.Activate(Define(scoring: new ScoringDefinition { HalfLifeMs = 2 * Day, Rules = [new ScoreRule("View", null, 8, null)] }));
        world.Wait(Hour).Timer("u:1");

        Assert.Equal(4, world.Of("u:1").ScoreAt(Start + Day), 1e-9);
        Assert.Equal(2, world.Of("u:1").ScoreAt(Start + (3 * Day)), 1e-9);
    }

    [Fact]
    public void Lifecycle_moves_with_silence_and_return()
    {
        var world = new World(Define([("sleepers", "lifecycle = 'dormant'")]));

        world.Track("u:1", "View");
        Assert.Equal("new", world.Of("u:1").LifecycleIn(world.Program));
        world.RunTo(Start + (7 * Day));
        Assert.Equal("active", world.Of("u:1").LifecycleIn(world.Program));
        world.RunTo(Start + (30 * Day));
        Assert.Equal("at risk", world.Of("u:1").LifecycleIn(world.Program));
        world.RunTo(Start + (90 * Day));
        Assert.Equal("dormant", world.Of("u:1").LifecycleIn(world.Program));
        Assert.True(world.Of("u:1").IsIn("sleepers"));
        Assert.Equal(long.MaxValue, world.Of("u:1").Due);
        world.Wait(Day).Track("u:1", "View");
        Assert.Equal("won back", world.Of("u:1").LifecycleIn(world.Program));
        world.RunTo(Start + (121 * Day));

        Assert.Equal("at risk", world.Of("u:1").LifecycleIn(world.Program));
        Assert.Equal((0, 0, 1), (world["lifecycle/new/size"], world["lifecycle/dormant/size"], world["lifecycle/at risk/size"]));
    }
}
