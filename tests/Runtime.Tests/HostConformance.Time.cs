using Triggers.Engine.Records;
using Triggers.Runtime.Queries;
using Triggers.Runtime.Tests.Support;
using Triggers.Tests.Shared;

namespace Triggers.Runtime.Tests;

/// <summary>What every host keeps to where time alone changes customers.</summary>
public abstract partial class HostConformance
{
    [EngineFact]
    public async Task A_wait_ends_at_its_instant()
    {
        await using var host = await StartAsync();
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await host.TrackAsync("ann", "Product Added");
        await host.AdvanceAsync(TimeSpan.FromSeconds(29));
        Assert.Empty(host.Email.Attempts);

        await host.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Single(host.Email.Attempts);
    }

    [EngineFact]
    public async Task An_explanation_tells_what_time_alone_will_change()
    {
        await using var host = await StartAsync();
        await host.TrackAsync("ann", "Product Added");
        await host.SettleAsync();
        var added = host.Time.GetUtcNow();

        var answer = await host.Server.Queries.ExplainAsync("ann", new ExplainQuestion("waverers", null, null, null), default);
        var root = Assert.Single(answer!.Explanation!.Checks);
        Assert.Equal(("in", "false"), (answer.Explanation.Outcome, root.Becomes));
        Assert.InRange(root.ChangesAt!.Value, added + TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1), added + TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));
    }

    [EngineFact]
    public async Task A_window_slides_out_with_no_new_event()
    {
        await using var host = await StartAsync();
        await host.TrackAsync("ann", "Product Added");
        await host.SettleAsync();
        Assert.Equal(1, host.Counter("segment/waverers/size"));

        await host.AdvanceAsync(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));
        Assert.Equal(0, host.Counter("segment/waverers/size"));
    }

    [EngineFact]
    public async Task Timers_survive_a_crash_and_an_eviction()
    {
        await using var host = await StartAsync(set => set.CustomerMemoryBytes = 64 * 1024);
        for (var user = 0; user < 100; user++)
        {
            await host.IdentifyAsync($"user{user}", $$"""{"email":"user{{user}}@example.com"}""");
            await host.TrackAsync($"user{user}", "Product Added");
        }

        await host.AdvanceAsync(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(5));
        await host.CrashAndStartAsync();
        await host.AdvanceAsync(TimeSpan.FromSeconds(16));

        Assert.Equal(100, host.Email.Attempts.Select(message => message.CustomerKey).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(100, host.Email.Attempts.Count);
    }

    [EngineFact]
    public async Task What_fell_due_while_the_server_was_down_happens_though_it_comes_back_with_other_definitions()
    {
        await using var host = await StartAsync(set =>
        {
            set.Definitions.Write("segments.yaml", "quiet: lifecycle = 'dormant'\nviewers: did('Product Viewed', within 10m)\n");
            set.Definitions.Write("campaigns/lookers.yaml", "campaign: lookers\ntrigger: { leaves: viewers }\nsteps: [ { id: mail, send: { channel: email, template: hello } } ]\n");
            set.Definitions.Write("campaigns/idle.yaml", "campaign: idle\ntrigger: { inactiveFor: 3h }\nsteps: [ { id: mail, send: { channel: email, template: hello } } ]\n");
            set.Definitions.Write("campaigns/dormant.yaml", "campaign: dormant\ntrigger: { enters: quiet }\nsteps: [ { id: mail, send: { channel: email, template: hello } } ]\n");
        });
        for (var user = 0; user < 20; user++)
        {
            await host.IdentifyAsync($"user{user}", $$"""{"email":"user{{user}}@example.com"}""");
            await host.TrackAsync($"user{user}", "Product Viewed");
        }

        await host.SettleAsync();
        await host.StopAsync();
        host.Definitions.Write("templates/hello.subject.hbs", "Hi {{traits.name}}");
        host.Time.Advance(TimeSpan.FromHours(4));
        await host.StartAsync();
        await host.AdvanceAsync(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(100));

        Assert.Equal(2, host.Server.Definitions.Version);
        Assert.Equal(
            "dormant:20 idle:20 lookers:20",
            string.Join(' ', host.Email.Attempts.GroupBy(message => message.Campaign, StringComparer.Ordinal).Select(group => $"{group.Key}:{group.Count()}").Order(StringComparer.Ordinal)));
    }

    [EngineFact]
    public async Task Timers_of_a_customer_do_not_pile_up()
    {
        await using var host = await StartAsync();
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        for (var visit = 0; visit < 20; visit++)
        {
            await host.TrackAsync("ann", "Product Added");
            await host.AdvanceAsync(TimeSpan.FromHours(1), TimeSpan.FromMinutes(5));
        }

        Assert.InRange((await host.Server.Operations.ViewAsync(default)).Nodes.Sum(node => node.Timers.Armed), 1, 6);
    }

    [EngineFact]
    public async Task A_line_of_a_score_is_crossed_once_by_what_people_do_and_by_time_after_a_crash_and_a_moved_line_too()
    {
        await using var host = await StartAsync(set => Write(set, 40, 20));
        foreach (var user in (string[])["ann", "bob"])
        {
            await host.IdentifyAsync(user, $$"""{"email":"{{user}}@example.com"}""");
            await host.TrackAsync(user, "Looked", """{"points":25}""");
        }

        await host.TrackAsync("ann", "Looked", """{"points":20}""");
        await host.SettleAsync();
        await host.CrashAndStartAsync();
        Assert.Equal("up:ann", Sent(host));

        // 45 of Ann's are 31.8 half an hour later: over the line still, until she is below 20.
        await host.AdvanceAsync(TimeSpan.FromMinutes(30));
        await host.TrackAsync("ann", "Looked", """{"points":20}""");
        await host.SettleAsync();
        Assert.Equal("up:ann", Sent(host));
        await host.AdvanceAsync(TimeSpan.FromHours(6), TimeSpan.FromMinutes(30));
        Assert.Equal("down:ann up:ann", Sent(host));
        await host.CrashAndStartAsync();
        await host.TrackAsync("ann", "Looked", """{"points":50}""");
        await host.TrackAsync("bob", "Looked", """{"points":35}""");
        await host.SettleAsync();
        Assert.Equal("down:ann up:ann up:ann", Sent(host));

        // Bob is found beyond the line that came to him: he has done nothing. Ann has been over the other.
        Write(host, 30, 10);
        Assert.True((await host.Server.Definitions.ReloadAsync(default)).Changed);
        await host.AdvanceAsync(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(100));
        await host.CrashAndStartAsync();
        await host.SettleAsync();
        Assert.Equal("down:ann up:ann up:ann", Sent(host));
        await host.AdvanceAsync(TimeSpan.FromHours(6), TimeSpan.FromMinutes(30));
        await host.TrackAsync("bob", "Looked", """{"points":35}""");
        await host.SettleAsync();
        Assert.Equal("down:ann down:ann up:ann up:ann up:bob", Sent(host));
        Assert.Equal(0, host.Server.Queries.Stats().Replay.Disagreements);

        static string Sent(ServerHarness host) => string.Join(' ', host.Email.Attempts.Select(message => $"{message.Campaign}:{message.Address![..3]}").Order(StringComparer.Ordinal));

        static void Write(ServerHarness host, int line, int until)
        {
            host.Definitions.Write("scoring.yaml", "scores: { lead: { halfLife: 1h, events: { Looked: { points: 1, times: properties.points } } } }\n");
            host.Definitions.Write("segments.yaml", "viewers: did('Product Viewed')\n");
            foreach (var (campaign, trigger) in (ReadOnlySpan<(string, string)>)[("up", $"scoreAbove: {line}, until: {until}"), ("down", "scoreBelow: 5, until: 40")])
            {
                host.Definitions.Write($"campaigns/{campaign}.yaml", $$"""
                    campaign: {{campaign}}
                    trigger: { {{trigger}}, score: lead }
                    reentry: always
                    steps: [ { id: mail, send: { channel: email, template: hello } } ]
                    """);
            }
        }
    }

    [EngineFact]
    public async Task Stages_of_a_shops_own_come_by_time_survive_a_crash_and_move_idle_customers_when_they_change()
    {
        const string Others = "lifecycle: { newFor: none, away: { quiet: 1h, at risk: 2h, lost: 5h }, wonBackFrom: lost, wonBackFor: 1h }";
        await using var host = await StartAsync(set => Write(set, Others));
        await host.TrackAsync("ann", "Looked");
        await host.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal(("quiet", 0), ((await host.CustomerAsync("ann")).Lifecycle, host.Counter("lifecycle/new/size")));
        await host.AdvanceAsync(TimeSpan.FromHours(4));
        await host.TrackAsync("bob", "Looked");
        await host.SettleAsync();
        var ann = await host.CustomerAsync("ann");
        await host.CrashAndStartAsync();

        Assert.Equal("lost", ann.Lifecycle);
        Assert.Equal((ann.Lifecycle, ann.LifecycleSince), ((await host.CustomerAsync("ann")).Lifecycle, (await host.CustomerAsync("ann")).LifecycleSince));
        Assert.Equal((1, 1), (host.Counter("lifecycle/lost/size"), host.Counter("lifecycle/active/size")));
        Assert.Equal("active quiet at risk lost won back", string.Join(' ', host.Server.Queries.Stats().Stages.Select(stage => stage.Id)));
        await host.TrackAsync("ann", "Looked");
        await host.SettleAsync();
        Assert.Equal("won back", (await host.CustomerAsync("ann")).Lifecycle);
        await host.AdvanceAsync(TimeSpan.FromHours(2));

        Write(host, Others.Replace("quiet", "away", StringComparison.Ordinal).Replace("at risk: 2h", "at risk: 3h", StringComparison.Ordinal));
        Assert.True((await host.Server.Definitions.ReloadAsync(default)).Changed);
        await ServerHarness.UntilAsync(
            async () =>
            {
                await host.AdvanceAsync(TimeSpan.FromMilliseconds(100));
                return host.Counter("lifecycle/away/size") == 2;
            },
            "idle customers to be at the new stage");
        await host.CrashAndStartAsync();

        Assert.Equal(("away", "away"), ((await host.CustomerAsync("ann")).Lifecycle, (await host.CustomerAsync("bob")).Lifecycle));
        Assert.Equal((0, 0), (host.Counter("lifecycle/at risk/size"), host.Counter("lifecycle/quiet/size")));
        Assert.Equal(0, host.Server.Queries.Stats().Replay.Disagreements);

        static void Write(ServerHarness host, string lifecycle)
        {
            host.Definitions.Write("scoring.yaml", lifecycle + "\n");
            host.Definitions.Write("segments.yaml", "gone: lifecycle in ['lost', 'at risk']\nviewers: did('Product Viewed')\n");
        }
    }
}
