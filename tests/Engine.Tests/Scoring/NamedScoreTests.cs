using FsCheck;
using FsCheck.Fluent;
using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Expressions;
using Triggers.Engine.Tests.Customers;
using Triggers.Engine.Tests.Segments;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Scoring;

/// <summary>Scores beside engagement: what they earn and lose, and the grades that they have.</summary>
public sealed class NamedScoreTests
{
    private static readonly ScoringDefinition s_interest = new()
    {
        HalfLifeMs = 20 * Hour,
        Rules = [new ScoreRule("View", null, 1.7, null), new ScoreRule("Order", Parse("properties.v > 4", ExpressionScope.EventOnly), 3.1, null)],
        Grades = [new GradeDefinition("A", 6.3, 4.9), new GradeDefinition("B", 3.3, 2.2), new GradeDefinition("C", 0.9, 0.9)],
    };

    private static readonly ScoringDefinition s_recent = new()
    {
        WindowMs = 30 * Hour,
        Rules = [new ScoreRule("View", null, 2, null), new ScoreRule("Order", null, 1.5, null) { TimesPath = "v" }],
        Fit = [new FitRule(Parse("count('View', within 2d) >= 2"), 4), new FitRule(Parse("segment('warm')"), -2.5)],
        Grades = [new GradeDefinition("hot", 9, 5)],
    };

    private static readonly ScoringDefinition s_lead = new()
    {
        HalfLifeMs = 9 * Hour,
        Rules = [new ScoreRule("Order", null, 10, null)],
        Fit = [new FitRule(Parse("grade('interest') in ['A', 'B']"), 3.3), new FitRule(Parse("did('View', within 1d)"), 1.2)],
    };

    private static readonly DefinitionSet s_definitions = Define(
        new (string, string)[]
        {
            ("warm", "score('interest') >= 2.6"), ("even", "score('interest') between 1.1 and 5.3"), ("a", "grade('interest') = 'A'"), ("ab", "grade('interest') in ['A', 'B']"), ("none", "not grade('interest') in ['A', 'B', 'C']"),
            ("recent", "score('recent') >= 4"), ("exact", "score('recent') = 4"), ("below", "score('recent') < 2.5"), ("hot", "grade('recent') = 'hot'"), ("better", "grade('interest') <= 'B'"), ("lead", "score('lead') > 5.7"), ("lead-low", "not score('lead') >= 1.3"),
            ("more", "score('recent') > count('View')"), ("engaged", "score >= 1.3 and grade('engagement') != 'top'"), ("set", "score('recent') in [2, 4, 6.5]"),
        },
        new ScoringDefinition { HalfLifeMs = 11 * Hour, Rules = [new ScoreRule("Order", null, 1.9, null)], Grades = [new GradeDefinition("top", 4.3, 1.7)] }) with { Scores = [Named("interest", s_interest), Named("recent", s_recent), Named("lead", s_lead)] };

    [Fact]
    public void Scores_and_grades_equal_a_recount_at_every_second_at_which_they_change() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(120).WithEndSize(40).WithReplay(20_260_306, 5), Prop.ForAll(Arb.From(Gen.Choose(0, 1_000_000_000).ArrayOf()), steps => Recount.Live(s_definitions, steps, mergeAt: int.MaxValue)));

    [Fact]
    public void Caps_count_per_rule_and_per_group_and_scores_do_not_share_them()
    {
        var group = new ScoreGroup("browsing", 3);
        var scoring = new ScoringDefinition { Rules = [new ScoreRule("View", null, 1, 2) { Group = group }, new ScoreRule("Search", null, 10, null) { Group = group }] };
        var world = new World(Define(scoring: scoring) with { Scores = [Named("other", scoring)] });

        world.Track("u:1", "View").Track("u:1", "View").Track("u:1", "View").Track("u:1", "Search").Track("u:1", "Search");
        Assert.Equal("engagement 12, other 12", Shown(world));

        world.Wait(Day).Track("u:1", "Search").Track("u:1", "Search").Track("u:1", "Search").Track("u:1", "View");
        Assert.Equal("engagement 42, other 42", Shown(world));
    }

    [Fact]
    public void An_event_without_the_number_earns_nothing_and_takes_no_place_of_the_cap()
    {
        var world = new World(Define() with { Scores = [Named("spend", new ScoringDefinition { Rules = [new ScoreRule("Order", null, 0.5, 1) { TimesPath = "v" }] })] });

        world.Track("u:1", "Order", """{"v":"many"}""").Track("u:1", "Order", """{"v":"12.5"}""").Track("u:1", "Order", """{"v":3}""");

        Assert.Equal("engagement 0, spend 6.25", Shown(world));
    }

    [Fact]
    public void What_a_customer_is_counts_as_long_as_it_holds()
    {
        var fit = new ScoringDefinition { Fit = [new FitRule(Parse("traits.employees >= 50"), 30), new FitRule(Parse("traits.country in ['DE', 'AT']"), 20)], Grades = [new GradeDefinition("A", 50, 50), new GradeDefinition("B", 20, 20)] };
        var world = new World(Define([("good", "grade('fit') = 'A'")]) with { Scores = [Named("fit", fit)] });

        world.Identify("u:1", """{"employees":80,"country":"DE"}""");
        Assert.Equal("engagement 0, fit 50 A", Shown(world));
        Assert.True(world.Of("u:1").IsIn("good"));

        world.Wait(Hour).Identify("u:1", """{"country":"FR"}""");
        Assert.Equal("engagement 0, fit 30 B", Shown(world));
        Assert.Equal("fit A, fit B", string.Join(", ", world.Decisions.Where(item => item.Kind == DecisionKind.GradeChanged).Select(item => $"{item.Subject} {item.Detail}")));
        Assert.False(world.Of("u:1").IsIn("good"));
    }

    [Fact]
    public void A_grade_is_held_until_its_lower_line_and_falls_at_the_second()
    {
        var scoring = new ScoringDefinition { HalfLifeMs = Hour, Rules = [new ScoreRule("View", null, 100, null)], Grades = [new GradeDefinition("A", 80, 20), new GradeDefinition("B", 40, 10)] };
        var world = new World(Define() with { Scores = [Named("s", scoring)] }) { RoundTrips = true };
        world.Track("u:1", "View");

        // 100 is below 20 after 2.3219… h, and below 10 an hour later.
        var toB = Start + (long)Math.Ceiling(Math.Log2(5) * 3600) * Second;
        Assert.Equal(toB, world.Of("u:1").Due);
        world.RunTo(toB - 1);
        Assert.Equal("A", Grade(world));
        world.RunTo(toB);
        Assert.Equal("B", Grade(world));
        world.RunTo(toB + Hour);
        Assert.Null(Grade(world));
        Assert.Equal(new[] { (Start, "A"), (toB, "B"), (toB + Hour, "") }, world.Decisions.Where(item => item.Kind == DecisionKind.GradeChanged).Select(item => (item.At, item.Detail)));

        world.Track("u:1", "View");
        world.RunTo(world.Now + Hour);
        Assert.Equal("A", Grade(world));
    }

    [Fact]
    public void Under_another_half_life_a_score_goes_on_from_where_it_is_and_its_lines_move()
    {
        var scoring = new ScoringDefinition { HalfLifeMs = Day, Rules = [new ScoreRule("View", null, 8, null)] };
        var world = new World(Define([("s", "score('s') >= 4")]) with { Scores = [Named("s", scoring)] });
        world.Track("u:1", "View").Wait(Hour);

        world.Activate(Define([("s", "score('s') >= 4")]) with { Scores = [Named("s", scoring with { HalfLifeMs = Hour })] });
        world.Wait(Second).Timer("u:1");
        Assert.InRange(world.Of("u:1").ScoresAt(world.Program, world.Now)[1].Value, 7.76, 7.78);
        world.RunTo(world.Now + Hour);
        Assert.False(world.Of("u:1").IsIn("s"));

        world.Activate(Define());
        world.Wait(Second).Timer("u:1");
        Assert.Equal(1, BytesOf(world.Of("u:1"))[4]);
    }

    [Fact]
    public void A_person_and_their_device_have_the_points_of_both()
    {
        var world = new World(Define() with { Scores = [Named("fade", new ScoringDefinition { HalfLifeMs = Day, Rules = [new ScoreRule("View", null, 8, null)] }), Named("slide", new ScoringDefinition { WindowMs = Day, Rules = [new ScoreRule("View", null, 3, null)] })] });
        world.Track("a:d", "View").Wait(Day - Second).Track("u:1", "View").Track("u:1", "Login", device: "d").Wait(Second);

        Assert.Equal("engagement 0, fade 12, slide 3", Shown(world));
    }

    [Fact]
    public void A_new_window_is_collecting_for_whom_we_knew_before()
    {
        var world = new World(Define());
        world.Track("u:1", "View").Wait(Hour);
        world.Activate(Define([("s", "score('s') < 1")]) with { Scores = [Named("s", new ScoringDefinition { WindowMs = Day, Rules = [new ScoreRule("View", null, 8, null)] })] });

        world.Wait(Hour).Timer("u:1");
        Assert.True(world.Of("u:1").IsCollecting("s"));
        Assert.True(world.Of("u:1").ScoresAt(world.Program, world.Now)[1].IsCollecting);

        world.RunTo(world.Now + Day);
        Assert.True(world.Of("u:1").IsIn("s"));
    }

    private static NamedScoreDefinition Named(string id, ScoringDefinition scoring) => new(id, id, "", scoring);

    private static string? Grade(World world) => world.Of("u:1").ScoresAt(world.Program, world.Now)[1].Grade;

    private static string Shown(World world) => string.Join(", ", world.Of("u:1").ScoresAt(world.Program, world.Now).Select(score =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{score.Id} {Math.Round(score.Value, 3)}{(score.Grade is null ? "" : " " + score.Grade)}")));
}
