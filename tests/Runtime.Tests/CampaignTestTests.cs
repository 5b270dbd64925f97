using System.Text.Json;
using Triggers.Engine.Definitions;
using Triggers.Runtime.CampaignTests;
using Triggers.Runtime.Tests.Support;

namespace Triggers.Runtime.Tests;

/// <summary>One person through one campaign, in virtual time: what is told, what keeps them out, what leaves, and that nothing stays.</summary>
public sealed class CampaignTestTests
{
    private const string Draft = """
        campaign: draft
        status: draft
        trigger: { event: Quoted, where: properties.total > 100 }
        audience: count('Refunded') >= 2
        steps:
          - wait: 45m
          - branch:
              - when: traits.plan = 'pro'
                then: [ { id: for-pro, send: { channel: email, template: hello } } ]
            otherwise: [ { id: for-all, send: { channel: email, template: hello } } ]
          - wait until: { event: Order Completed, for: 1d }
            then: [ exit ]
          - id: call
            send: { channel: webhook, template: call, url: 'https://crm.example.com/hook' }
        """;

    [Fact]
    public async Task A_draft_is_lived_through_at_once_with_each_instant_and_reason()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.IdentifyAsync("ann", """{"email":"ann@example.com","name":"Ann","plan":"pro"}""");
        await host.TrackAsync("ann", "Refunded");
        await host.TrackAsync("ann", "Refunded");
        await host.SettleAsync();
        var before = host.Store.Recover();

        var report = await RunAsync(host, Request("draft") with { Definitions = With(host, Draft), Customer = "ann@example.com" });

        Assert.Equal(("draft", "ann", false, "completed", false), (report.Status, report.Customer, report.Mock, report.Outcome, report.Anyway));
        Assert.Equal(
            "0s event, 0s entered, 0s wait, 45m branch, 45m message for-pro, 45m wait until, 1d45m wait until, 1d45m message call, 1d45m completed",
            string.Join(", ", report.Items.Where(item => item.Kind != "customer").Select(item => $"{item.After} {item.Kind}{(item.Message is null ? "" : $" {item.Step}")}")));
        Assert.Equal("""{"total":101}""", report.Items[0].Detail);
        var branch = report.Items.Single(item => item.Kind == "branch");
        Assert.Equal(("case 1: traits.plan = 'pro'", "traits.plan"), (branch.Detail, branch.Why[0].Parts[0].Seen[0].Text));
        Assert.Contains(report.Items, item => item is { Title: "Order Completed did not happen within 1d", Detail: "goes on with otherwise" });
        var mail = report.Items.Single(item => item.Step == "for-pro").Message!;
        Assert.Equal(("[Test] Hello Ann", "Hello Ann, Quoted", "ann@example.com", null), (mail.Subject, mail.Text, mail.Address, mail.SentTo));
        Assert.Contains("\"test\":true", report.Items.Single(item => item.Step == "call").Message!.Text);

        // What the draft newly asks for was found in the log, and nothing of the test stays.
        Assert.Contains(report.Entry!.Checks, check => check is { Kind: "audience", Truth: "true" });
        Assert.Empty(host.Email.Attempts);
        Assert.Empty(host.Webhook.Attempts);
        var after = host.Store.Recover();
        Assert.Equal(before.Counters, after.Counters);
        Assert.Equal(before.Partitions.Select(mark => mark.Head), after.Partitions.Select(mark => mark.Head));
        Assert.Equal(1, host.Server.Definitions.Version);
        Assert.Empty((await host.CustomerAsync("ann")).Campaigns);
    }

    [Theory]
    [InlineData("draft")]
    [InlineData("paused")]
    [InlineData("archived")]
    public async Task A_campaign_in_force_that_is_not_live_runs_as_if_it_were(string status)
    {
        await using var host = await ServerHarness.StartNewAsync(harness => harness.Definitions.Write("campaigns/resting.yaml", $"campaign: resting\nstatus: {status}\ntrigger: {{ event: Quoted }}\nsteps: [ {{ send: {{ channel: email, template: hello }} }} ]\n"));
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await host.Server.Commands.PauseCampaignAsync("cart", true, default);
        await host.SettleAsync();

        var resting = await RunAsync(host, Request("resting") with { Customer = "ann" });
        var byHand = await RunAsync(host, Request("cart") with { Customer = "ann" });

        Assert.Equal((status, "completed"), (resting.Status, resting.Outcome));
        Assert.Equal("completed", byHand.Outcome);
    }

    [Fact]
    public async Task What_keeps_the_person_out_is_said_and_anyway_goes_on()
    {
        await using var host = await ServerHarness.StartNewAsync();
        var request = Request("draft") with { Definitions = With(host, Draft), Person = Person("""{"name":"Bo","email":"bo@example.com"}"""), Event = Mock(0, "Quoted", """{"total":50}""") };

        var kept = await RunAsync(host, request);
        var anyway = await RunAsync(host, request with { Anyway = true });

        Assert.Equal(("not entered", "would not enter"), (kept.Outcome, kept.Entry!.Outcome));
        Assert.All(kept.Entry.Checks.Where(check => check.Kind is "trigger" or "audience"), check => Assert.Equal("false", check.Truth));
        Assert.Contains("properties.total", kept.Entry.InTheWay!.Text);
        Assert.Equal("event", Assert.Single(kept.Items).Kind);
        Assert.Equal(("completed", true), (anyway.Outcome, anyway.Anyway));
        Assert.Contains(anyway.Items, item => item is { Kind: "branch", Detail: "no case holds: goes on with otherwise" });
        Assert.Equal("[Test] Hello Bo", anyway.Items.First(item => item.Message is not null).Message!.Subject);
        Assert.Contains(anyway.Entry!.Checks, check => check is { Kind: "audience", Truth: "false" });
    }

    [Fact]
    public async Task Events_at_their_time_end_a_wait_and_make_up_a_past()
    {
        await using var host = await ServerHarness.StartNewAsync();

        var report = await RunAsync(host, Request("draft") with
        {
            Definitions = With(host, Draft),
            Person = Person("""{"email":"bo@example.com"}"""),
            Events = [Mock(3 * 3_600_000, "Order Completed"), Mock(5 * 3_600_000, "page"), Mock(-86_400_000, "Refunded"), Mock(-3_600_000, "Refunded")],
        });

        Assert.Equal(("exited", "Entered, left after 3h: 1 message."), (report.Outcome, report.Summary));
        Assert.Contains(report.Items, item => item is { After: "3h", Kind: "wait until", Title: "Order Completed happened" });
        Assert.Contains(report.Items, item => item is { After: "3h", Kind: "exited", Detail: "exit step" });
    }

    [Fact]
    public async Task Consent_caps_and_quiet_hours_skip_or_hold_as_they_would()
    {
        await using var host = await ServerHarness.StartNewAsync(harness => harness.Definitions.Write("sending.yaml", "cap: { messages: 1, per: 1d }\n"));
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await host.SettleAsync();

        var capped = await RunAsync(host, Request("cart") with { Customer = "ann" });
        var hour = (host.Time.GetUtcNow().Hour + 23) % 24;
        var quiet = await RunAsync(host, Request("welcome") with { Definitions = With(host, null, ("sending.yaml", $"quietHours: {{ from: '{hour:00}:00', until: '{(hour + 3) % 24:00}:00' }}\n")), Customer = "ann" });
        var nowhere = await RunAsync(host, Request("welcome") with { Person = Person(null) });
        await host.Server.Commands.SuppressAsync("ann", true, default);
        await host.SettleAsync();
        var suppressed = await RunAsync(host, Request("welcome") with { Customer = "ann" });

        Assert.Contains(capped.Items, item => item is { Kind: "skipped", Step: "second", Detail: "frequency cap" } && item.Why.Count == 1);
        Assert.Contains(quiet.Items, item => item is { Kind: "held", Step: "hello", Title: "Waits for the end of quiet hours" });
        Assert.True(quiet.Items.Single(item => item.Message is not null).At > quiet.StartedAt.AddMinutes(30));
        Assert.Contains(nowhere.Items, item => item is { Kind: "held", Title: "Waits for an address" });
        Assert.Contains(nowhere.Items, item => item is { Kind: "skipped", Detail: "no address", Step: "hello", Why.Count: 1 });
        Assert.Contains(suppressed.Items, item => item is { Kind: "skipped", Detail: "suppressed" });
    }

    [Fact]
    public async Task Who_is_inside_already_or_was_lately_can_be_sent_through_again()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await host.TrackAsync("ann", "Product Added");
        await host.SettleAsync();

        var kept = await RunAsync(host, Request("cart") with { Customer = "ann", SpanMs = 1_000 });
        var anyway = await RunAsync(host, Request("cart") with { Customer = "ann", Anyway = true });

        Assert.Contains(kept.Items, item => item is { Kind: "not entered", Detail: "already inside" });
        Assert.Equal("re-entry", kept.Entry!.InTheWay!.Kind);
        Assert.Equal(("completed", 2), (anyway.Outcome, anyway.Items.Count(item => item.Message is not null)));
        Assert.Equal("active", (await host.CustomerAsync("ann")).Campaigns.Single().Status);
    }

    [Fact]
    public async Task A_campaign_that_a_segment_triggers_is_tested_by_what_leads_into_it_or_anyway()
    {
        await using var host = await ServerHarness.StartNewAsync();
        var view = """{"price":60}""";
        var request = Request("lookers") with { Person = Person("{}") };

        var led = await RunAsync(host, request with { Events = [Mock(0, "Product Viewed", view), Mock(1_000, "Product Viewed", view), Mock(2_000, "Product Viewed", view)] });
        var kept = await RunAsync(host, request);
        var anyway = await RunAsync(host, request with { Anyway = true });

        Assert.Equal("event customer entered message completed", Kinds(led.Items.Where(item => item.After == "2s")));
        Assert.Equal("not entered", kept.Outcome);
        Assert.Contains("3 more Product Viewed", kept.Summary);
        Assert.Equal("entered message completed", Kinds(anyway.Items));
    }

    [Fact]
    public async Task Messages_of_a_test_go_to_test_addresses_alone_and_are_marked()
    {
        await using var host = await ServerHarness.StartNewAsync(harness => harness.Definitions.Write("sending.yaml", "testAddresses: [ me@example.com, '@qa.example.com' ]\n"));
        await host.IdentifyAsync("ann", """{"email":"ann@example.com","name":"Ann"}""");
        await host.SettleAsync();
        var request = Request("draft") with { Definitions = With(host, Draft), Customer = "ann", Anyway = true };

        var refused = await host.Server.Tests.RunAsync(request with { SendTo = "ann@example.com" }, default);
        var sent = await RunAsync(host, request with { SendTo = "Team@QA.example.com" });
        Assert.Empty(host.Webhook.Attempts);
        await RunAsync(host, request with { SendWebhooks = true });

        Assert.Equal(TestRefusal.NoTestAddress, refused.Refusal);
        Assert.Contains("'ann@example.com' is no test address", refused.Why);
        var mail = Assert.Single(host.Email.Attempts);
        Assert.Equal(("Team@QA.example.com", "[Test] Hello Ann", true), (mail.Address, mail.Subject, mail.IsTest));
        Assert.Equal("true", mail.Headers.Single(header => header.Key == "X-Triggers-Test").Value);
        Assert.Contains(sent.Items, item => item.Message is { Channel: "email", SentTo: "Team@QA.example.com", Outcome: "sent" });
        Assert.Contains(sent.Items, item => item.Message is { Channel: "webhook", SentTo: null, Outcome: "not sent: webhooks of a test are called only if asked" });
        var call = Assert.Single(host.Webhook.Attempts);
        Assert.Equal("""{"test":true,"customer":"ann"}""", call.Text);
        Assert.Equal(0, host.Counter("messages/decided"));
    }

    [Fact]
    public async Task What_cannot_be_tested_is_refused_with_what_to_do()
    {
        await using var host = await ServerHarness.StartNewAsync();
        var request = Request("cart") with { Person = Person("{}") };

        Assert.Equal(TestRefusal.Missing, await RefusalAsync(host, Request("none") with { Person = Person("{}") }, "There is no campaign 'none': they have cart, lookers, welcome."));
        Assert.Equal(TestRefusal.Missing, await RefusalAsync(host, Request("cart") with { Customer = "nobody@example.com" }, "There is no customer 'nobody@example.com'."));
        Assert.Equal(TestRefusal.Invalid, await RefusalAsync(host, Request("cart"), "Name who goes through the test"));
        Assert.Equal(TestRefusal.Invalid, await RefusalAsync(host, request with { SpanMs = Limits.TestSpanMsMax + 1 }, "is not within 1s and 400d"));
        Assert.Equal(TestRefusal.Invalid, await RefusalAsync(host, request with { Events = [.. Enumerable.Repeat(Mock(0, "page"), Limits.TestMockEventsMax + 1)] }, "at most 50"));
        Assert.Equal(TestRefusal.Invalid, await RefusalAsync(host, request with { Events = [Mock(0, "group")] }, "cannot be a call 'group'"));
        Assert.Equal(TestRefusal.Invalid, await RefusalAsync(host, Request("cart") with { Customer = "ann", Events = [Mock(-1, "page")] }, "lies before the beginning"));
        Assert.Equal(TestRefusal.NoTestAddress, await RefusalAsync(host, request with { SendTo = "me@example.com" }, "Add 'testAddresses: [ me@example.com ]' there"));
    }

    private static TestRequest Request(string campaign) => new(null, campaign, null, null, null, [], Limits.TestSpanMsMax, false, null, false);

    private static string Kinds(IEnumerable<TestItem> items) => string.Join(' ', items.Select(item => item.Kind));

    private static TestPerson Person(string? traits) => new(null, traits is null ? null : JsonElement.Parse(traits), []);

    private static MockEvent Mock(long afterMs, string name, string? properties = null) => new(afterMs, name, properties is null ? null : JsonElement.Parse(properties));

    private static DefinitionSet With(ServerHarness host, string? campaign, params (string Path, string Text)[] files)
    {
        var changed = campaign is null ? files : [.. files, ("campaigns/draft.yaml", campaign)];
        var all = DefinitionFolder.Read(host.Definitions.Path).Where(file => !changed.Any(each => each.Path == file.Path)).Concat(changed.Select(file => new DefinitionFile(file.Path, file.Text)));
        var loaded = DefinitionLoader.Load([.. all]);
        Assert.Empty(loaded.Errors);
        return loaded.Definitions!;
    }

    private static async Task<TestReport> RunAsync(ServerHarness host, TestRequest request)
    {
        var answer = await host.Server.Tests.RunAsync(request, default);
        Assert.Equal("", answer.Why);
        return answer.Report!;
    }

    private static async Task<TestRefusal> RefusalAsync(ServerHarness host, TestRequest request, string why)
    {
        var answer = await host.Server.Tests.RunAsync(request, default);
        Assert.Contains(why, answer.Why, StringComparison.Ordinal);
        return answer.Refusal;
    }
}
