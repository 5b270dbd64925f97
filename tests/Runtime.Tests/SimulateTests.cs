using Microsoft.Extensions.Logging.Abstractions;
using Triggers.Engine.Definitions;
using Triggers.Engine.Records;
using Triggers.Runtime.Simulations;
using Triggers.Runtime.Tests.Support;

namespace Triggers.Runtime.Tests;

/// <summary>The past, lived through again: under the same definitions it is the same past; under others it is what they would have made of it.</summary>
public sealed class SimulateTests
{
    private static readonly string[] s_events = ["Product Viewed", "Product Viewed", "Product Added", "Order Completed", "Signed Up", "Page Left"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Under_the_definitions_of_then_it_comes_to_what_was(int seed)
    {
        await using var host = await ServerHarness.StartNewAsync();
        await BusyDayAsync(host, new Random(seed));

        var report = Run(host, new SimulationRequest(host.Server.Definitions.Current));

        Assert.Equal(0, report.Failures);
        Assert.Equal(host.Counter("customers/total"), report.Customers);
        Assert.All(report.Campaigns, campaign =>
        {
            string[] names = ["entered", "completed", "exited", "converted", "decided"];
            Assert.Equal(string.Join(' ', names.Select(name => host.Counter($"campaign/{campaign.Id}/{name}"))), $"{campaign.Entered} {campaign.Completed} {campaign.Exited} {campaign.Converted} {campaign.Messages + campaign.Skipped.Values.Sum()}");
            Assert.Equal((campaign.Messages, 0, 0), (campaign.Then.Messages, campaign.Then.OnlyNow, campaign.Then.OnlyThen));
            Assert.Equal(campaign.Messages, campaign.Days.Sum(day => day.Messages));
            Assert.Equal(campaign.Messages, campaign.Steps.Sum(step => step.Messages));
        });
        Assert.All(report.Segments, segment => Assert.Equal(host.Counter($"segment/{segment.Id}/size"), segment.Size));
        Assert.True(report.Campaigns.Sum(campaign => campaign.Messages) > 20, "the day was too quiet to say anything");
        Assert.True(host.Counter("customers/total") > host.Counter("customers/known"), "nobody stayed anonymous");
    }

    [Fact]
    public async Task A_campaign_begins_to_work_where_it_is_told_to_and_what_was_before_is_known()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.IdentifyAsync("early", """{"email":"early@example.com"}""");
        await host.TrackAsync("early", "Order Completed", """{"total":600}""");
        await host.TrackAsync("early", "Signed Up");
        await host.AdvanceAsync(TimeSpan.FromHours(1));
        var from = host.Time.GetUtcNow();
        await host.IdentifyAsync("late", """{"email":"late@example.com"}""");
        await host.TrackAsync("late", "Signed Up");
        await host.TrackAsync("early", "Signed Up", messageId: "again");
        await host.SettleAsync();
        host.Time.Advance(TimeSpan.FromMinutes(1));
        host.Definitions.Write("campaigns/thanks.yaml", """
            campaign: thanks
            status: draft
            trigger: { event: Signed Up }
            audience: segment('big-spender')
            steps: [ { id: thanks, send: { channel: email, template: hello } } ]
            """);

        var draft = DefinitionFolder.Load(host.Definitions.Path).Definitions!;
        var report = Run(host, new SimulationRequest(draft, from));
        var without = Run(host, new SimulationRequest(draft, from, DraftsToo: false));

        var thanks = report.Campaigns.Single(campaign => campaign.Id == "thanks");
        Assert.Equal((1, 1), (thanks.Entered, thanks.Messages));
        Assert.Equal(new SentThen(0, 0, 1, 0), thanks.Then);
        Assert.Equal(("u:early", "thanks", "early@example.com"), (thanks.Examples[0].Customer, thanks.Examples[0].Step, thanks.Examples[0].Address));
        Assert.Equal(1, thanks.NotEntered.Values.Sum());

        // The early one signed up before there was a campaign, and again afterwards.
        Assert.Equal(2, report.Campaigns.Single(campaign => campaign.Id == "welcome").Entered);
        Assert.Equal((0, 0), (without.Campaigns.Single(campaign => campaign.Id == "thanks").Entered, host.Email.Attempts.Count(message => message.Campaign == "thanks")));
    }

    [Fact]
    public async Task Imported_events_happen_at_their_own_time()
    {
        await using var host = await ServerHarness.StartNewAsync();
        using var batch = new RecordBatch();
        var then = host.Time.Ms - (long)TimeSpan.FromDays(90).TotalMilliseconds;
        ServerHarness.AddIdentify(batch, "ann", """{"email":"ann@example.com"}""", then, "i1");
        batch.AddTrack(CustomerKey.User("ann"), "Signed Up", then + 1000, "t1", flags: RecordFlags.Historical);
        await host.AppendAsync(batch);
        await host.SettleAsync();
        host.Time.Advance(TimeSpan.FromMinutes(1));

        var report = Run(host, new SimulationRequest(host.Server.Definitions.Current));

        var welcome = report.Campaigns.Single(campaign => campaign.Id == "welcome");
        Assert.Equal(0, host.Counter("campaign/welcome/entered"));
        Assert.Equal(DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(then).UtcDateTime), Assert.Single(welcome.Days).Day);
    }

    [Fact]
    public async Task One_customer_and_a_share_are_parts_of_the_whole()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await BusyDayAsync(host, new Random(4));
        var definitions = host.Server.Definitions.Current;
        var whole = Run(host, new SimulationRequest(definitions));

        var half = Run(host, new SimulationRequest(definitions, Share: 0.5));
        var again = Run(host, new SimulationRequest(definitions, Share: 0.5));
        var one = Run(host, new SimulationRequest(definitions, Customer: "user1"));

        Assert.InRange(half.Customers, whole.Customers / 4, whole.Customers * 3 / 4);
        Assert.Equal(half.Campaigns.Sum(campaign => campaign.Messages), again.Campaigns.Sum(campaign => campaign.Messages));
        Assert.All(half.Campaigns, campaign => Assert.Equal((0, 0), (campaign.Then.OnlyNow, campaign.Then.OnlyThen)));
        var mine = host.Store.Messages.List("u:user1", null, null, null, 100);
        Assert.Equal(mine.Count, one.Campaigns.Sum(campaign => campaign.Messages));
        Assert.All(one.Campaigns, campaign => Assert.Equal((0, 0), (campaign.Then.OnlyNow, campaign.Then.OnlyThen)));
        Assert.Null(new Simulation(host.Store, new SimulationRequest(definitions, Customer: "nobody"), host.Time, NullLoggerFactory.Instance).Run(1, default));
    }

    [Fact]
    public async Task A_campaign_of_a_score_s_line_has_the_crossings_of_the_past_in_a_simulation()
    {
        const string Scores = "scores: { interest: { halfLife: 1h, events: { Looked: 5 } } }\n";
        const string Line = "trigger: { scoreAbove: 10, score: interest, until: 6 }";
        await using var host = await ServerHarness.StartNewAsync(set =>
        {
            set.Definitions.Write("scoring.yaml", Scores);
            set.Definitions.Write("segments.yaml", "viewers: did('Product Viewed')\n");
            Write(set, Line);
        });
        for (var user = 0; user < 4; user++)
        {
            await host.IdentifyAsync($"user{user}", $$"""{"email":"user{{user}}@example.com"}""");
        }

        // 15, 6.1 of it an hour and 18 minutes later and 11.1 with another look: only below 6 in between is it crossed again.
        var from = host.Time.GetUtcNow();
        foreach (var minutes in (int[])[0, 0, 0, 78, 200, 200])
        {
            await host.AdvanceAsync(from + TimeSpan.FromMinutes(minutes) - host.Time.GetUtcNow() + TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
            await host.TrackAsync("user0", "Looked");
            await (minutes is 0 or 200 ? host.TrackAsync("user1", "Looked") : Task.CompletedTask);
            await host.SettleAsync();
        }

        await host.AdvanceAsync(TimeSpan.FromHours(10), TimeSpan.FromMinutes(30));
        Assert.Equal(4, host.Counter("campaign/interested/entered"));

        var same = Simulated(host.Server.Definitions.Current);
        Assert.Equal((4, 4), (same.Entered, same.Messages));
        Assert.Equal((4, 0, 0), (same.Then.Messages, same.Then.OnlyNow, same.Then.OnlyThen));

        // Without a line to come back over, the look at 78 minutes is a crossing, too.
        var plain = Simulated(Draft("trigger: { scoreAbove: 10, score: interest }"));
        Assert.Equal(5, plain.Entered);
        Assert.Equal((5, 4, 0, 0), (plain.Messages, plain.Then.Messages, plain.Then.OnlyNow, plain.Then.OnlyThen));

        var falling = Simulated(Draft("trigger: { scoreBelow: 2, score: interest, until: 10 }"));
        Assert.Equal((3, 0, 0), (falling.Entered, falling.Then.OnlyNow, falling.Then.OnlyThen));

        SimulatedCampaign Simulated(DefinitionSet definitions) => Run(host, new SimulationRequest(definitions)).Campaigns.Single(campaign => campaign.Id == "interested");

        DefinitionSet Draft(string trigger)
        {
            Write(host, trigger);
            return DefinitionFolder.Load(host.Definitions.Path).Definitions!;
        }

        static void Write(ServerHarness host, string trigger) => host.Definitions.Write("campaigns/interested.yaml", $$"""
            campaign: interested
            {{trigger}}
            reentry: always
            steps: [ { id: mail, send: { channel: email, template: hello } } ]
            """);
    }

    [Fact]
    public async Task Stages_of_a_draft_are_those_of_its_simulation()
    {
        await using var host = await ServerHarness.StartNewAsync(set => Write(set, "lifecycle: { newFor: none, away: { quiet: 2h, lost: 6h }, wonBackFrom: lost, wonBackFor: 1h }", "quiet"));
        foreach (var user in (string[])["ann", "bob"])
        {
            await host.IdentifyAsync(user, $$"""{"email":"{{user}}@example.com"}""");
        }

        // Ann stays away for three hours, then for good; Bob looks in every hour and a half.
        for (var round = 0; round < 8; round++)
        {
            await host.TrackAsync("bob", "Looked");
            await (round == 2 ? host.TrackAsync("ann", "Looked") : Task.CompletedTask);
            await host.AdvanceAsync(TimeSpan.FromMinutes(90), TimeSpan.FromMinutes(15));
        }

        Assert.Equal((2, 2), (host.Counter("campaign/away/entered"), host.Email.Attempts.Count));
        var same = Simulated(host.Server.Definitions.Current);
        Assert.Equal((2, 2, 0, 0), (same.Campaign.Entered, same.Campaign.Then.Messages, same.Campaign.Then.OnlyNow, same.Campaign.Then.OnlyThen));

        // Another stage, of another name, an hour and a quarter away: Ann once more than she was, and Bob each time.
        Write(host, "lifecycle: { newFor: none, away: { drifting: 75m, quiet: 4h, lost: 5h }, wonBackFrom: lost, wonBackFor: 1h }", "drifting");
        var draft = Simulated(DefinitionFolder.Load(host.Definitions.Path).Definitions!);
        Assert.Equal(10, draft.Campaign.Entered);
        Assert.Equal((10, 2, 1, 0), (draft.Campaign.Messages, draft.Campaign.Then.Messages, draft.Campaign.Then.OnlyNow, draft.Campaign.Then.OnlyThen));
        Assert.Equal(1, draft.Report.Segments.Single(segment => segment.Id == "away").Size);
        Assert.Equal(0, same.Report.Segments.Single(segment => segment.Id == "away").Size);

        (SimulationReport Report, SimulatedCampaign Campaign) Simulated(DefinitionSet definitions)
        {
            var report = Run(host, new SimulationRequest(definitions));
            return (report, report.Campaigns.Single(campaign => campaign.Id == "away"));
        }

        static void Write(ServerHarness host, string lifecycle, string stage)
        {
            host.Definitions.Write("scoring.yaml", lifecycle + "\n");
            host.Definitions.Write("segments.yaml", $"away: lifecycle = '{stage}'\nviewers: did('Product Viewed')\n");
            host.Definitions.Write("campaigns/away.yaml", """
                campaign: away
                trigger: { enters: away }
                reentry: always
                steps: [ { id: mail, send: { channel: email, template: hello } } ]
                """);
        }
    }

    private static SimulationReport Run(ServerHarness host, SimulationRequest request) => new Simulation(host.Store, request, host.Time, NullLoggerFactory.Instance).Run(2, default)!;

    /// <summary>Visitors who look, buy, sign up and become known, and hours that pass.</summary>
    private static async Task BusyDayAsync(ServerHarness host, Random random)
    {
        for (var round = 0; round < 20; round++)
        {
            using var batch = new RecordBatch();
            for (var index = 0; index < 25; index++)
            {
                var number = random.Next(30);
                var name = s_events[random.Next(s_events.Length)];
                var properties = $$"""{"price":{{random.Next(100)}},"total":{{random.Next(300)}},"category":"c{{random.Next(4)}}"}""";
                var device = $"device{number}";
                switch (random.Next(6))
                {
                    case 0:
                        ServerHarness.AddIdentify(batch, $"user{number / 2}", $$"""{"email":"user{{number / 2}}@example.com"}""", host.Time.Ms, $"i{round}-{index}", number % 3 == 0 ? device : "");
                        break;
                    case 1 or 2:
                        batch.AddTrack(CustomerKey.Anonymous(device), name, host.Time.Ms, $"a{round}-{index}", properties);
                        break;
                    default:
                        batch.AddTrack(CustomerKey.User($"user{number / 2}"), name, host.Time.Ms - random.Next(5_000), $"u{round}-{index}", properties);
                        break;
                }
            }

            await host.AppendAsync(batch);
            await host.SettleAsync();
            await host.AdvanceAsync(TimeSpan.FromSeconds(random.Next(1, 600)), TimeSpan.FromSeconds(30));
        }

        await host.AdvanceAsync(TimeSpan.FromHours(4), TimeSpan.FromMinutes(10));
    }
}
