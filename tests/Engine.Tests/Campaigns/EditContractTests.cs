using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Tests.Customers;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Campaigns;

/// <summary>What an edit of a live campaign does to those inside, wherever they stand: the table of docs/definitions.md, row by row.</summary>
public sealed class EditContractTests
{
    /// <summary>Where a customer stands when the edit comes: before the first message, between the two, through with all.</summary>
    public enum Place
    {
        Before,
        Between,
        Past,
    }

    private static readonly CampaignDefinition s_before = new()
    {
        Id = "c",
        ContentHash = "before",
        Trigger = new TriggerDefinition(TriggerKind.Event, "Go"),
        Steps = [new WaitStep("w1", Hour), Mail("1", "a"), new WaitStep("w2", Hour), Mail("2", "b")],
        Goal = new GoalDefinition("Order", null, null, 7 * Day),
    };

    private static readonly Dictionary<string, Func<CampaignDefinition, CampaignDefinition>> s_edits = new(StringComparer.Ordinal)
    {
        ["another template"] = campaign => campaign with { Steps = [new WaitStep("w1", Hour), Mail("1", "x"), new WaitStep("w2", Hour), Mail("2", "y")] },
        ["longer waits"] = campaign => campaign with { Steps = [new WaitStep("w1", Day), Mail("1", "a"), new WaitStep("w2", Day), Mail("2", "b")] },
        ["a step taken out"] = campaign => campaign with { Steps = [new WaitStep("w1", Hour), Mail("1", "a")] },
        ["a step put in"] = campaign => campaign with { Steps = [new WaitStep("w1", Hour), Mail("1", "a"), Mail("3", "z"), new WaitStep("w2", Hour), Mail("2", "b")] },
        ["a narrower audience"] = campaign => campaign with { Audience = Parse("traits.vip = true") },
        ["an exit"] = campaign => campaign with { Exit = Parse("did('Go')") },
        ["another trigger"] = campaign => campaign with { Trigger = new TriggerDefinition(TriggerKind.Event, "Other") },
        ["another goal"] = campaign => campaign with { Goal = new GoalDefinition("Sign", null, null, 7 * Day) },
        ["re-entry"] = campaign => campaign with { Reentry = new ReentryRule(0) },
    };

    public static TheoryData<string, Place> EditsAndPlaces
    {
        get
        {
            var rows = new TheoryData<string, Place>();
            foreach (var edit in s_edits.Keys)
            {
                rows.Add(edit, Place.Before);
                rows.Add(edit, Place.Between);
                rows.Add(edit, Place.Past);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(EditsAndPlaces))]
    public void Content_is_that_of_the_version_in_which_a_customer_entered(string edit, Place place)
    {
        var world = At(place);

        world.Activate(Define(campaigns: s_edits[edit](s_before) with { ContentHash = "after" }));
        world.Track("u:1", "Order").RunTo(Start + (10 * Day));

        Assert.Equal("a b", world.Templates);
        Assert.Equal((1, 1, 0), (world["campaign/c/completed"], world["campaign/c/converted"], world["campaign/c/exited"]));
    }

    [Theory]
    [InlineData(CampaignStatus.Paused, Place.Before, "")]
    [InlineData(CampaignStatus.Paused, Place.Between, "a")]
    [InlineData(CampaignStatus.Paused, Place.Past, "a b")]
    [InlineData(CampaignStatus.Draft, Place.Before, "")]
    [InlineData(CampaignStatus.Draft, Place.Between, "a")]
    [InlineData(CampaignStatus.Draft, Place.Past, "a b")]
    public void A_status_counts_at_once_for_everybody(CampaignStatus status, Place place, string templates)
    {
        var world = At(place);

        world.Activate(Define(campaigns: s_before with { Status = status, ContentHash = "after" }));
        world.Track("u:1", "Other").RunTo(Start + (10 * Day));

        Assert.Equal(templates, world.Templates);
        Assert.Equal((1, 0), (world["campaign/c/completed"], world["campaign/c/exited"]));
    }

    [Theory]
    [InlineData(Place.Before, "", 1)]
    [InlineData(Place.Between, "a", 1)]
    [InlineData(Place.Past, "a b", 0)]
    public void A_campaign_taken_out_lets_go_of_those_inside(Place place, string templates, long exited)
    {
        var world = At(place);

        world.Activate(Define());
        world.Track("u:1", "Other").RunTo(Start + (10 * Day));

        Assert.Equal(templates, world.Templates);
        Assert.Equal((0, exited), (world["campaign/c/active"], world["campaign/c/exited"]));
    }

    [Theory]
    [InlineData(Place.Before, "", 1)]
    [InlineData(Place.Between, "a", 1)]
    [InlineData(Place.Past, "a b", 0)]
    public void An_archived_campaign_lets_go_of_those_inside_and_lets_nobody_in_until_it_is_live_again(Place place, string templates, long exited)
    {
        var world = At(place);
        var entered = world["campaign/c/entered"];

        world.Activate(Define(campaigns: s_before with { Status = CampaignStatus.Archived, ContentHash = "after" }));
        world.Track("u:1", "Other").Track("u:2", "Go").RunTo(Start + (10 * Day));

        Assert.Equal(templates, world.Templates);
        Assert.Equal((0, exited, entered), (world["campaign/c/active"], world["campaign/c/exited"], world["campaign/c/entered"]));

        world.Activate(Define(campaigns: s_before));
        world.Track("u:2", "Go");
        Assert.Equal((1, entered + 1), (world["campaign/c/active"], world["campaign/c/entered"]));
    }

    [Fact]
    public void Who_enters_after_the_edit_runs_the_new_content()
    {
        var world = At(Place.Between);

        world.Activate(Define(campaigns: s_edits["another template"](s_before) with { ContentHash = "after" }));
        world.Track("u:2", "Go").RunTo(Start + (10 * Day));

        Assert.Equal("a b x y", string.Join(' ', world.Messages.OrderBy(message => message.CustomerKey, StringComparer.Ordinal).Select(message => message.Template)));
    }

    /// <summary>The line stands at 4, to come back over at 2; each look is a point, kept for ten days.</summary>
    /// <param name="looks">What the customer's score is when the edit comes: before the line, at it, and past it but not below <c>until</c> again.</param>
    [Theory]
    [InlineData(3, 0, "the line, lower", "")]
    [InlineData(5, 0, "the line, lower", "c")]
    [InlineData(5, 2, "the line, lower", "c")]
    [InlineData(3, 0, "the line, higher", "c")]
    [InlineData(5, 0, "the line, higher", "c c")]
    [InlineData(5, 2, "the line, higher", "c c")]
    [InlineData(3, 0, "until, lower", "c")]
    [InlineData(5, 0, "until, lower", "c")]
    [InlineData(5, 2, "until, lower", "c")]
    [InlineData(3, 0, "until, higher", "c")]
    [InlineData(5, 0, "until, higher", "c")]
    [InlineData(5, 2, "until, higher", "c c")]
    public void A_line_that_is_moved_is_crossed_only_by_what_comes_after(int looks, int lost, string edit, string entered)
    {
        var world = new World(Line(4, 2));
        for (var look = 0; look < looks; look++)
        {
            world.Track("u:1", "Look", at: look < lost ? Start - (10 * Day) + Hour : null);
        }

        world.RunTo(Start + (2 * Hour));
        var (line, until) = edit switch { "the line, lower" => (2.5, 2.0), "the line, higher" => (7.0, 2.0), "until, lower" => (4.0, 1.0), _ => (4.0, 3.5) };
        world.Activate(Line(line, until));
        world.Timer("u:1").Wait(Minute);
        Assert.Equal(looks == 5 ? "c" : "", Entered());

        for (var look = 0; look < 4; look++)
        {
            world.Track("u:1", "Look");
        }

        Assert.Equal(entered, Entered());

        string Entered() => string.Join(' ', world.Decisions.Where(decision => decision.Kind == DecisionKind.CampaignEntered).Select(decision => decision.Subject));

        static DefinitionSet Line(double line, double until) => Define(campaigns: new CampaignDefinition
        {
            Id = "c",
            ContentHash = FormattableString.Invariant($"{line} {until}"),
            Trigger = new TriggerDefinition(TriggerKind.ScoreAbove, "looks", Line: line) { Until = until },
            Reentry = new ReentryRule(0),
        }) with
        { Scores = [new NamedScoreDefinition("looks", "looks", "", new ScoringDefinition { WindowMs = 10 * Day, Rules = [new ScoreRule("Look", null, 1, null)] })] };
    }

    private static World At(Place place)
    {
        var world = new World(Define(campaigns: s_before));
        world.Track("u:1", "Go");
        world.RunTo(Start + (place switch { Place.Before => 30 * Minute, Place.Between => 90 * Minute, _ => 3 * Hour }));
        return world;
    }

    private static SendStep Mail(string id, string template) => new(id, "webhook", template, null, "https://example.com");
}
