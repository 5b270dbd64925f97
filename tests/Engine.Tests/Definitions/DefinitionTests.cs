using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;

namespace Triggers.Engine.Tests.Definitions;

public sealed class DefinitionTests
{
    private const long Day = 86_400_000;

    [Fact]
    public void An_empty_folder_of_valid_files_has_the_defaults()
    {
        var definitions = Folder.Valid(Folder.Load(("segments.yaml", "# nothing yet\n"), ("scoring.yaml", "")));

        Assert.Empty(definitions.Segments);
        Assert.Equal(0, definitions.Scoring.HalfLifeMs);
        Assert.Equal(new LifecycleDefinition(), definitions.Lifecycle);
        Assert.Equal(new SendingDefinition(), definitions.Sending);
    }

    [Fact]
    public void Sources_scoring_and_sending_are_read()
    {
        var definitions = Folder.Valid(Folder.Load(
            ("sources.yaml", "shop-web: { name: Shop, writeKey: wk-1 }\napp: { writeKey: wk-2, currency: EUR }\n"),
            ("scoring.yaml", "halfLife: 14d\nevents:\n  Product Viewed: 1.5\n  Order Completed: { points: 20, capPerDay: 3, where: properties.total > 10 }\nlifecycle: { newFor: 1d }\n"),
            ("sending.yaml", "cap: { messages: 3, per: 1d }\nexpireAfter: 2h\n")));

        Assert.Equal([new SourceDefinition("shop-web", "wk-1", "Shop"), new SourceDefinition("app", "wk-2", "App", "EUR")], definitions.Sources);
        Assert.Equal(14 * Day, definitions.Scoring.HalfLifeMs);
        Assert.Equal(new ScoreRule("Product Viewed", null, 1.5, null), definitions.Scoring.Rules[0]);
        Assert.Equal("Order Completed 20 3 properties.total > 10", $"{definitions.Scoring.Rules[1].EventName} {definitions.Scoring.Rules[1].Points} {definitions.Scoring.Rules[1].CapPerDay} {Canonical.Of(definitions.Scoring.Rules[1].Where!)}");
        Assert.Equal(new LifecycleDefinition { NewForMs = Day }, definitions.Lifecycle);
        Assert.Equal(new SendingDefinition { CapMessages = 3, CapPerMs = Day, ExpireAfterMs = Day / 12 }, definitions.Sending);
    }

    [Fact]
    public void Segments_stand_behind_those_they_mention_and_otherwise_as_written()
    {
        var definitions = Folder.Valid(Folder.Load(("segments.yaml", """
            z: segment('b') and segment('a')
            b:
              name: The B
              description: Of them
              when: >-
                score > 5
                or segment('a')
            a: "true"
            c: score > 1
            """)));

        Assert.Equal("a b z c", string.Join(' ', definitions.Segments.OrderBy(segment => segment.Id == "c").Select(segment => segment.Id)));
        var b = definitions.Segments.Single(segment => segment.Id == "b");
        Assert.Equal(("The B", "Of them", "score > 5 or segment('a')"), (b.Name, b.Description, Canonical.Of(b.Condition)));
    }

    [Theory]
    [InlineData("{ event: Signed Up, where: properties.plan = 'pro' and exists(traits.email) }", TriggerKind.Event, "Signed Up", 0, 0)]
    [InlineData("{ enters: vip }", TriggerKind.SegmentEntered, "vip", 0, 0)]
    [InlineData("{ leaves: vip }", TriggerKind.SegmentExited, "vip", 0, 0)]
    [InlineData("{ scoreAbove: 60 }", TriggerKind.ScoreAbove, "", 60, 0)]
    [InlineData("{ scoreBelow: 2.5 }", TriggerKind.ScoreBelow, "", 2.5, 0)]
    [InlineData("{ inactiveFor: 30d }", TriggerKind.Inactivity, "", 0, 30 * Day)]
    public void Every_kind_of_trigger_is_read(string yaml, TriggerKind kind, string subject, double line, long duration)
    {
        var definitions = Folder.Valid(Folder.LoadCampaign($"campaign: it\ntrigger: {yaml}\nsteps: [ exit ]\n", ("segments.yaml", "vip: score > 1")));

        var trigger = definitions.Campaigns[0].Trigger;
        Assert.Equal((kind, subject, line, duration), (trigger.Kind, trigger.Subject, trigger.Line, trigger.DurationMs));
        Assert.Equal(kind == TriggerKind.Event, trigger.Where is not null);
    }

    [Theory]
    [InlineData("{ scoreAbove: 60, score: fit, until: 40 }", "fit", 40.0)]
    [InlineData("{ scoreBelow: 60, score: fit }", "fit", null)]
    [InlineData("{ scoreBelow: 60, until: 75, score: engagement }", "", 75.0)]
    public void A_trigger_names_its_score_and_the_line_to_come_back_over(string yaml, string score, double? until)
    {
        var definitions = Folder.Valid(Folder.LoadCampaign($"campaign: it\ntrigger: {yaml}\nsteps: [ exit ]\n", ("scoring.yaml", "scores: { fit: { fit: [ { when: traits.a = 1, points: 1 } ] } }")));

        Assert.Equal((score, until), (definitions.Campaigns[0].Trigger.Subject, definitions.Campaigns[0].Trigger.Until));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("reentry: once\n", null)]
    [InlineData("reentry: always\n", 0L)]
    [InlineData("reentry: every 36h\n", 36 * Day / 24)]
    public void Re_entry_is_once_unless_said_otherwise(string line, long? every)
    {
        var definitions = Folder.Valid(Folder.LoadCampaign($"campaign: it\n{line}status: draft\ntrigger: {{ event: X }}\nsteps:\n  - exit\n"));

        Assert.Equal(every, definitions.Campaigns[0].Reentry.EveryMs);
        Assert.Equal(CampaignStatus.Draft, definitions.Campaigns[0].Status);
    }

    [Fact]
    public void A_webhook_may_do_without_a_template()
    {
        var definitions = Folder.Valid(Folder.LoadCampaign("campaign: it\ntrigger: { event: X }\nsteps:\n  - send: { channel: webhook, url: 'https://example.com/x' }\n"));

        Assert.Equal(new SendStep("0", "webhook", "", null, "https://example.com/x"), definitions.Campaigns[0].Steps[0]);
    }

    [Fact]
    public void A_channel_of_another_build_is_known_when_it_is_given()
    {
        var files = new[] { new DefinitionFile("campaigns/it.yaml", "campaign: it\ntrigger: { event: X }\nsteps:\n  - send: { channel: carrier-pigeon }\n") };

        Assert.False(DefinitionLoader.Load(files).IsValid);
        Assert.True(DefinitionLoader.Load(files, [new ChannelRule("carrier-pigeon", NeedsUrl: false, NeedsTemplate: false, NeedsSubject: false)]).IsValid);
    }

    [Fact]
    public void Content_hashes_follow_the_text_and_the_part_it_stands_in()
    {
        string Hash(string html, string text) => Folder.Valid(Folder.Load(("templates/a.subject.hbs", "S"), ("templates/a.html.hbs", html), ("templates/a.text.hbs", text))).Templates[0].ContentHash;

        Assert.Equal(Hash("x", "y"), Hash("x", "y"));
        Assert.False(string.Equals(Hash("x", "y"), Hash("y", "x"), StringComparison.Ordinal), "The hash does not see which part holds which text.");
    }
}
