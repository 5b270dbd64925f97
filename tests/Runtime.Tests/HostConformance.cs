using System.Text.Json;
using Triggers.Channels;
using Triggers.Engine.Records;
using Triggers.Runtime.CampaignTests;
using Triggers.Runtime.Queries;
using Triggers.Runtime.Tests.Support;
using Triggers.Storage;
using Triggers.Tests.Shared;

namespace Triggers.Runtime.Tests;

/// <summary>What every host keeps to, whatever its customers live in. Inherit with a way to start the host.</summary>
public abstract class HostConformance
{
    protected abstract Task<ServerHarness> StartAsync(Action<ServerHarness>? setUp = null);

    [EngineFact]
    public async Task Records_of_one_customer_are_applied_in_their_order()
    {
        await using var host = await StartAsync();
        using var batch = new RecordBatch();
        for (var number = 0; number < 50; number++)
        {
            ServerHarness.AddIdentify(batch, "ann", $$"""{"last":{{number}}}""", host.Time.Ms, $"i{number}");
        }

        await host.AppendAsync(batch);
        await host.SettleAsync();

        var ann = await host.CustomerAsync("ann");
        Assert.Equal(49, ann.Traits.GetProperty("last").GetInt32());
        Assert.Equal(50, ann.Events.Total);
    }

    [EngineFact]
    public async Task A_message_leaves_once_and_its_outcome_is_counted()
    {
        await using var host = await StartAsync();
        await host.IdentifyAsync("ann", """{"email":"ann@example.com","name":"Ann"}""");
        await host.TrackAsync("ann", "Signed Up");
        await host.SettleAsync();

        var message = Assert.Single(host.Email.Attempts);
        Assert.Equal("ann@example.com", message.Address);
        Assert.Equal("Hello Ann", message.Subject);
        Assert.Equal(1, host.Counter("campaign/welcome/sent"));
        Assert.Equal(1, host.Counter("messages/sent"));
        Assert.Equal(MessageStatus.Sent, host.Store.Messages.Find(message.MessageId)!.Status);
    }

    [EngineFact]
    public async Task An_event_delivered_twice_has_its_effects_once()
    {
        await using var host = await StartAsync();
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await host.TrackAsync("ann", "Signed Up", messageId: "same");
        await host.TrackAsync("ann", "Signed Up", messageId: "same");
        await host.SettleAsync();

        Assert.Single(host.Email.Attempts);
        Assert.Equal(1, host.Counter("events/duplicate"));
        Assert.Equal(2, host.Counter("events/total"));
    }

    [EngineFact]
    public async Task After_a_crash_state_and_counters_are_those_of_before_and_no_effect_happens_again()
    {
        await using var host = await StartAsync();
        for (var user = 0; user < 20; user++)
        {
            await host.IdentifyAsync($"user{user}", $$"""{"email":"user{{user}}@example.com"}""");
            await host.TrackAsync($"user{user}", "Signed Up");
            await host.TrackAsync($"user{user}", "Order Completed", """{"total":600}""");
        }

        await host.SettleAsync();
        var before = await PictureAsync(host, 20);

        await host.CrashAndStartAsync();
        await host.SettleAsync();

        Assert.Equal(before, await PictureAsync(host, 20));
        Assert.Equal(20, host.Email.Attempts.Count);
    }

    [EngineFact]
    public async Task After_a_clean_stop_nothing_is_replayed()
    {
        await using var host = await StartAsync();
        for (var user = 0; user < 10; user++)
        {
            await host.TrackAsync($"user{user}", "Order Completed", """{"total":20}""");
        }

        await host.SettleAsync();
        var before = await PictureAsync(host, 10);
        await host.StopAsync();
        await host.StartAsync();

        Assert.All(host.Store.Recover().Partitions, mark => Assert.Equal(mark.Cursor, mark.Floor));
        Assert.Equal(before, await PictureAsync(host, 10));
    }

    [EngineFact]
    public async Task The_floor_follows_the_cursor_within_fifteen_seconds()
    {
        await using var host = await StartAsync();
        for (var user = 0; user < 50; user++)
        {
            await host.TrackAsync($"user{user}", "Product Viewed");
        }

        await host.AdvanceAsync(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(1));

        await ServerHarness.UntilAsync(() => host.Store.Recover().Partitions.All(mark => mark.Floor == mark.Cursor), "every floor to reach its cursor");
        Assert.Equal(50, host.Store.Customers.Count);
    }

    [EngineFact]
    public async Task Customers_leave_memory_and_come_back_as_they_were()
    {
        await using var host = await StartAsync(set => set.CustomerMemoryBytes = 64 * 1024);
        for (var round = 0; round < 3; round++)
        {
            for (var user = 0; user < 300; user++)
            {
                await host.TrackAsync($"user{user}", "Product Viewed", """{"price":60}""");
            }

            await host.AdvanceAsync(TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(4));
        }

        Assert.True(host.Server.ResidentCustomers < 300, $"{host.Server.ResidentCustomers} of 300 customers are in memory with room for some 20");
        for (var user = 0; user < 300; user += 17)
        {
            Assert.Equal(3, (await host.CustomerAsync($"user{user}")).Events.Total);
        }

        Assert.Equal(300, host.Counter("segment/viewers/size"));
    }

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
    public async Task A_paused_campaign_lets_nobody_in_and_goes_on_after_a_restart()
    {
        await using var host = await StartAsync();
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        Assert.True(await host.Server.Commands.PauseCampaignAsync("welcome", true, default));
        await host.TrackAsync("ann", "Signed Up");
        await host.SettleAsync();
        await host.StopAsync();
        await host.StartAsync();

        Assert.Equal("paused", host.Server.Queries.Campaign("welcome")!.Status);
        await host.IdentifyAsync("bob", """{"email":"bob@example.com"}""");
        await host.TrackAsync("bob", "Signed Up");
        await host.SettleAsync();
        Assert.Empty(host.Email.Attempts);

        Assert.True(await host.Server.Commands.PauseCampaignAsync("welcome", false, default));
        await host.IdentifyAsync("cid", """{"email":"cid@example.com"}""");
        await host.TrackAsync("cid", "Signed Up");
        await host.SettleAsync();
        Assert.Equal("cid@example.com", Assert.Single(host.Email.Attempts).Address);
    }

    [EngineFact]
    public async Task A_new_program_reaches_customers_who_do_nothing()
    {
        await using var host = await StartAsync();
        for (var user = 0; user < 30; user++)
        {
            await host.IdentifyAsync($"user{user}", """{"plan":"pro"}""");
        }

        await host.SettleAsync();
        host.Definitions.Write("segments.yaml", "pros: traits.plan = 'pro'\nviewers: count('Product Viewed', within 10m) >= 3\n");

        var reload = await host.Server.Definitions.ReloadAsync(default);

        Assert.True(reload is { Valid: true, Changed: true, Version: 2 }, string.Join(' ', reload.Errors));
        await host.AdvanceAsync(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(100));
        Assert.Equal(30, host.Counter("segment/pros/size"));
        await host.CrashAndStartAsync();
        await host.AdvanceAsync(TimeSpan.FromMilliseconds(100));

        // The third is the second, filled from history.
        Assert.Equal(3, host.Server.Definitions.Version);
        Assert.Equal(30, host.Counter("segment/pros/size"));
    }

    [EngineFact]
    public async Task Invalid_definitions_change_nothing_and_say_why()
    {
        await using var host = await StartAsync();
        host.Definitions.Write("segments.yaml", "broken: count('X' >= 3\n");

        var reload = await host.Server.Definitions.ReloadAsync(default);

        Assert.False(reload.Valid);
        Assert.Contains(reload.Errors, error => error.File == "segments.yaml" && error.Line == 1);
        Assert.Equal(1, host.Server.Definitions.Version);
    }

    [EngineFact]
    public async Task A_loop_that_lost_its_epoch_begins_again_from_committed_state()
    {
        var faults = new FaultStore();
        await using var host = await StartAsync(set => set.Wrap = faults.Around);
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await host.SettleAsync();

        faults.LoseNextEpoch();
        await host.TrackAsync("ann", "Signed Up");
        await ServerHarness.UntilAsync(() => faults.EpochsLost == 1, "the epoch to be lost");
        await host.SettleAsync();

        Assert.Single(host.Email.Attempts);
        Assert.Equal(1, host.Counter("campaign/welcome/entered"));
        Assert.Equal(2, (await host.CustomerAsync("ann")).Events.Total);
        await ServerHarness.UntilAsync(() => host.Server.Queries.Stats().Events.Total == 2, "the figures to count both events");
    }

    [EngineFact]
    public async Task A_merged_anonymous_id_answers_with_the_person()
    {
        await using var host = await StartAsync();
        using (var batch = new RecordBatch())
        {
            batch.AddTrack(CustomerKey.Anonymous("device"), "Product Viewed", host.Time.Ms, "p1", """{"price":60}""");
            await host.AppendAsync(batch);
        }

        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""", anonymousId: "device");
        await host.SettleAsync();

        var found = await host.CustomerAsync("device");
        Assert.Equal("ann", found.Id);
        Assert.Equal(2, found.Events.Total);
        Assert.Equal(1, host.Counter("customers/total"));
    }

    [EngineFact]
    public async Task A_limit_holds_over_a_crash_and_people_merge_and_split_past_it()
    {
        await using var host = await StartAsync(set => set.Definitions.Write("identity.yaml", "devices: { ever: 1 }\n"));
        await host.IdentifyAsync("ann", "{}", anonymousId: "phone");
        await host.SettleAsync();
        await host.CrashAndStartAsync();
        await host.TrackAnonymousAsync("tv", "Product Viewed");
        await host.IdentifyAsync("ann", "{}", anonymousId: "tv");
        await host.SettleAsync();

        Assert.Equal(["phone"], (await host.CustomerAsync("ann")).AnonymousIds);
        var refused = (await host.Server.Identities.MergesOfAsync("ann", default))!.Single(item => item.Key == "a:tv");
        Assert.Equal(("u:ann", "a:tv", "refused", "devices.ever", "identify"), (refused.CustomerKey, refused.Key, refused.Kind, refused.Rule, refused.Because?.Event));
        Assert.Equal(refused, Assert.Single((await host.Server.Identities.MergesAsync("refused", null, 10, default)).Items));

        Assert.Equal("u:ann", (await host.Server.Identities.MergeAsync("tv", "ann", default)).Key);
        await host.SettleAsync();
        Assert.Equal(3, (await host.CustomerAsync("tv")).Events.Total);
        Assert.Equal(("merged", "hand"), (await host.Server.Identities.MergesOfAsync("ann", default))!.Where(item => item.Key == "a:tv").Select(item => (item.Kind, item.Because!.Kind)).Single());

        Assert.Equal("a:tv", (await host.Server.Identities.SplitAsync("ann", "tv", default)).Key);
        await host.SettleAsync();
        await host.CrashAndStartAsync();
        await host.TrackAnonymousAsync("tv", "Product Viewed");
        await host.IdentifyAsync("ann", "{}", anonymousId: "tv");
        await host.SettleAsync();

        Assert.Equal(("tv", 1, 4), ((await host.CustomerAsync("tv")).Id, (await host.CustomerAsync("tv")).Events.Total, (await host.CustomerAsync("ann")).Events.Total));
        Assert.Equal(2, host.Counter("customers/total"));
        Assert.Equal("split", Assert.Single((await host.Server.Identities.MergesAsync("split", null, 10, default)).Items).Kind);
        Assert.Equal("Product Viewed", Assert.Single((await host.Server.Queries.TimelineAsync("tv", ["event"], null, 10, default))!.Items).Title);
        Assert.Contains("tv", (await host.Server.Identities.SplitAsync("ann", "tv", default)).Problem, StringComparison.Ordinal);
        Assert.True((await host.Server.Identities.MergeAsync("ann", "nobody", default)).IsUnknown);
        Assert.Contains("one customer already", (await host.Server.Identities.MergeAsync("ann", "phone", default)).Problem, StringComparison.Ordinal);
        Assert.Equal(0, host.Server.Queries.Stats().Replay.Disagreements);
    }

    [EngineFact]
    public async Task An_erased_customer_is_gone_after_a_crash_too()
    {
        await using var host = await StartAsync();
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await host.TrackAsync("ann", "Order Completed", """{"total":20}""");
        await host.SettleAsync();

        Assert.True(await host.Server.Commands.EraseAsync("ann", default));
        await host.SettleAsync();
        Assert.Null(await host.Server.Queries.CustomerAsync("ann", default));
        await host.CrashAndStartAsync();

        Assert.Null(await host.Server.Queries.CustomerAsync("ann", default));
        Assert.Equal(0, host.Counter("customers/total"));
        Assert.Equal(0, host.Counter("segment/buyers/size"));
    }

    [EngineFact]
    public async Task What_one_member_says_of_a_group_holds_for_all_after_a_crash_too()
    {
        await using var host = await StartAsync(harness => harness.Definitions.Write("segments.yaml", File.ReadAllText(Path.Combine(harness.Definitions.Path, "segments.yaml")) + "\nenterprise: group.plan = 'enterprise'\n"));
        await CallGroupAsync(host, "u:ann", """{"plan":"free","name":"Acme"}""");
        await CallGroupAsync(host, "u:bob", "{}");
        await CallGroupAsync(host, "a:device", """{"size":3}""");
        await host.IdentifyAsync("cid", """{"email":"cid@example.com"}""", anonymousId: "device");
        await host.SettleAsync();
        await host.CrashAndStartAsync();
        Assert.Equal(0, host.Counter("segment/enterprise/size"));

        await host.AdvanceAsync(TimeSpan.FromSeconds(2));
        await CallGroupAsync(host, "u:ann", """{"plan":"enterprise"}""");
        await host.CrashAndStartAsync();

        Assert.Equal(3, host.Counter("segment/enterprise/size"));
        Assert.Equal(3, host.Counter("customers/total"));
        var bob = await host.CustomerAsync("bob");
        Assert.Equal("acme", Assert.Single(bob.Groups).Id);
        Assert.Equal("enterprise", bob.Groups[0].Traits!.Value.GetProperty("plan").GetString());
        Assert.Equal("Acme", Assert.Single(await host.Server.Queries.GroupsAsync("ac", 10, default)).Name);
        Assert.Empty(await host.Server.Queries.SearchAsync("ac", 10, default));
        var members = (await host.Server.Queries.GroupMembersAsync("acme", null, 2, default))!;
        Assert.Equal("ann bob", string.Join(' ', members.Items.Select(item => item.Id)));
        Assert.Equal("cid", Assert.Single((await host.Server.Queries.GroupMembersAsync("acme", members.Next, 2, default))!.Items).Id);

        Assert.True(await host.Server.Commands.EraseAsync("ann", default));
        await host.SettleAsync();
        Assert.Equal(2, (await host.Server.Queries.GroupAsync("acme", default))!.Members);
        Assert.True(await host.Server.Commands.EraseGroupAsync("acme", default));
        await host.SettleAsync();
        await host.CrashAndStartAsync();
        Assert.Null(await host.Server.Queries.GroupAsync("acme", default));
        Assert.Empty(await host.Server.Queries.GroupsAsync("", 10, default));
        Assert.Empty((await host.CustomerAsync("bob")).Groups);
        Assert.Equal(0, host.Counter("segment/enterprise/size"));
    }

    private static async Task CallGroupAsync(ServerHarness host, string key, string traits)
    {
        using var batch = new RecordBatch();
        batch.AddEvent(System.Text.Encoding.UTF8.GetBytes(key), EventType.Group, RecordFlags.GeneratedId, host.Time.Ms, "acme"u8, [], [], "shop-web"u8, System.Text.Encoding.UTF8.GetBytes(traits), []);
        await host.AppendAsync(batch);
        await host.SettleAsync();
    }

    private static async Task<string> PictureAsync(ServerHarness host, int users)
    {
        var customers = new List<CustomerView>();
        for (var user = 0; user < users; user++)
        {
            customers.Add(await host.CustomerAsync($"user{user}"));
        }

        var counters = host.Store.Recover().Counters.Where(pair => pair.Value != 0).OrderBy(pair => pair.Key, StringComparer.Ordinal);
        return JsonSerializer.Serialize(new { customers, counters });
    }

    [EngineFact]
    public async Task A_test_of_a_campaign_takes_the_customer_as_they_are_and_leaves_them_so()
    {
        await using var host = await StartAsync();
        await host.IdentifyAsync("ann", """{"email":"ann@example.com","name":"Ann"}""", "device");
        await host.TrackAsync("ann", "Order Completed", """{"total":600}""");
        await host.SettleAsync();
        var before = host.Store.Recover();

        var answer = await host.Server.Tests.RunAsync(new TestRequest(null, "cart", "device", null, null, [], 86_400_000, false, null, false), default);

        Assert.Equal(("", "completed", "ann"), (answer.Why, answer.Report!.Outcome, answer.Report.Customer));
        Assert.Equal("[Test] Hello Ann", answer.Report.Items.First(item => item.Message is not null).Message!.Subject);
        Assert.Empty((await host.CustomerAsync("ann")).Campaigns);
        Assert.Equal(before.Counters, host.Store.Recover().Counters);
        Assert.Equal(before.Partitions.Sum(mark => mark.Head), host.Store.Recover().Partitions.Sum(mark => mark.Head));
        Assert.Empty(host.Email.Attempts);
    }
}
