using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Tests.Customers;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Segments;

/// <summary>Of the events that a comparison counts, only those are tested that can change its answer: on, just before and just behind the number that it compares with.</summary>
public sealed class ThresholdTests
{
    [Fact]
    public void An_event_in_the_second_in_which_the_former_one_leaves_the_window_enters_again()
    {
        var world = new World(Define([("lately", "did('View', within 100s)"), ("today", "did('View', within 1d)")]));

        world.Track("u:1", "View").RunTo(Start + (100 * Second)).Track("u:1", "View");

        Assert.Equal("entered exited entered", Moves(world, "lately"));
        Assert.Equal("entered", Moves(world, "today"));
    }

    [Theory]
    [InlineData(">= 3", "3 in")]
    [InlineData("> 2.5", "3 in")]
    [InlineData("> 3", "4 in")]
    [InlineData("< 3", "1 in, 3 out")]
    [InlineData("<= 3", "1 in, 4 out")]
    [InlineData("<= 2.5", "1 in, 3 out")]
    [InlineData("= 3", "3 in, 4 out")]
    [InlineData("!= 3", "1 in, 3 out, 4 in")]
    public void The_event_with_which_a_count_passes_its_number_changes_the_answer(string comparison, string expected)
    {
        foreach (var window in new[] { "", ", within 1h", ", within 90d" })
        {
            var world = new World(Define([("it", $"count('View'{window}) {comparison}"), ("longer", "count('View', within 100d) > 90")]));

            Assert.Equal(expected, Changes(world, Enumerable.Range(1, 6).Select(views => (views, "View"))));
        }
    }

    [Fact]
    public void A_count_of_so_many_that_they_are_kept_in_buckets_passes_its_number_once()
    {
        var world = new World(Define([("often", "count('View', within 1d) >= 700")]));
        for (var views = 1; views <= 1_000; views++)
        {
            world.Wait(Second).Track("u:1", "View");
            Assert.Equal(views >= 700, world.Of("u:1").IsIn("often"));
        }
    }

    [Theory]
    [InlineData("score > 10", "20 in")]
    [InlineData("score >= 10", "10 in")]
    [InlineData("score < 10", "5 in, 10 out")]
    [InlineData("score <= 10", "5 in, 20 out")]
    [InlineData("score = 10", "10 in, 20 out")]
    public void Points_that_carry_the_score_onto_or_over_its_number_change_the_answer(string condition, string expected)
    {
        var rules = new[] { 5, 10 }.Select(points => new ScoreRule($"Earn {points}", null, points, null)).ToArray();
        var world = new World(Define([("it", condition)], new ScoringDefinition { HalfLifeMs = 0, Rules = rules }));

        Assert.Equal(expected, Changes(world, [(5, "Earn 5"), (10, "Earn 5"), (20, "Earn 10"), (30, "Earn 10")]));
    }

    [Fact]
    public void Below_0_a_score_that_rises_comes_over_its_number_the_sooner()
    {
        var scoring = new ScoringDefinition { HalfLifeMs = Hour, Rules = [new ScoreRule("Complaint", null, -16, null), new ScoreRule("View", null, 8, null)] };
        var world = new World(Define([("calm", "score > -5")], scoring));

        world.Track("u:1", "Complaint").Track("u:1", "View");
        Assert.False(world.Of("u:1").IsIn("calm"));
        world.RunTo(Start + (40 * Minute));
        Assert.False(world.Of("u:1").IsIn("calm"));
        world.RunTo(Start + (41 * Minute));

        Assert.True(world.Of("u:1").IsIn("calm"));
    }

    [Fact]
    public void A_score_lifted_above_its_number_falls_below_it_by_what_it_is_then()
    {
        var scoring = new ScoringDefinition { HalfLifeMs = Hour, Rules = [new ScoreRule("View", null, 8, null)] };
        var cooling = new CampaignDefinition { Id = "cooling", ContentHash = "cooling", Trigger = new TriggerDefinition(TriggerKind.ScoreBelow, "", Line: 4) };
        var (asked, triggered) = (new World(Define([("warm", "score >= 4")], scoring)), new World(Define(scoring: scoring, campaigns: cooling)));

        asked.Track("u:1", "View").Track("u:1", "View").RunTo(Start + (2 * Hour));
        triggered.Track("u:1", "View").Track("u:1", "View").RunTo(Start + (2 * Hour));
        Assert.True(asked.Of("u:1").IsIn("warm"));
        Assert.Equal(0, triggered["campaign/cooling/entered"]);
        asked.RunTo(Start + (2 * Hour) + Second);
        triggered.RunTo(Start + (2 * Hour) + Second);

        Assert.False(asked.Of("u:1").IsIn("warm"));
        Assert.Equal(1, triggered["campaign/cooling/entered"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_falls_quiet_is_woken_once_for_what_events_put_off_however_many_segments_there_are(bool roundTrips)
    {
        var segments = Enumerable.Range(1, 20).Select(days => ($"s{days}", $"did('View', within {days}d)"));
        var world = new World(Define(segments, lifecycle: new LifecycleDefinition { NewForMs = 0 })) { RoundTrips = roundTrips };
        for (var hours = 0; hours < 12; hours++)
        {
            world.Track("u:1", "View").Wait(Hour);
        }

        var wakes = 0;
        for (; world.Of("u:1").Due < Start + (25 * Day); wakes++)
        {
            world.RunTo(world.Of("u:1").Due);
        }

        Assert.Equal(21, wakes);
        Assert.Equal(Start + (11 * Hour) + (20 * Day), world.Now);
        Assert.Equal(20, world.Decisions.Count(decision => decision.Kind == DecisionKind.SegmentExited));
    }

    /// <param name="events">Each with the number that it brings about.</param>
    private static string Changes(World world, IEnumerable<(int Number, string Event)> events)
    {
        var (isIn, changes) = (false, new List<string>());
        foreach (var (number, name) in events)
        {
            world.Wait(Minute).Track("u:1", name);
            if (world.Of("u:1").IsIn("it") != isIn)
            {
                isIn = !isIn;
                changes.Add($"{number} {(isIn ? "in" : "out")}");
            }
        }

        return string.Join(", ", changes);
    }

    private static string Moves(World world, string segment) =>
        string.Join(' ', world.Decisions.Where(decision => decision.Subject == segment).Select(decision => decision.Kind == DecisionKind.SegmentEntered ? "entered" : "exited"));
}
