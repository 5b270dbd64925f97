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
public abstract partial class HostConformance
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
    public async Task The_floor_follows_the_cursor_within_seventy_seconds()
    {
        await using var host = await StartAsync();
        for (var user = 0; user < 50; user++)
        {
            await host.TrackAsync($"user{user}", "Product Viewed");
        }

        await host.AdvanceAsync(TimeSpan.FromSeconds(70), TimeSpan.FromSeconds(1));

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
    public async Task A_loop_ends_its_read_before_its_reader()
    {
        var faults = new FaultStore();
        await using var host = await StartAsync(set => set.Wrap = faults.Around);
        await host.TrackAsync("ann", "Signed Up");
        await host.SettleAsync();

        faults.LoseNextEpoch();
        await host.TrackAsync("ann", "Signed Up");
        await ServerHarness.UntilAsync(() => faults.EpochsLost == 1, "the epoch to be lost");
        await host.SettleAsync();
        Assert.Equal(0, faults.ReadersCutOff);

        await host.StopAsync();
        Assert.Equal(0, faults.ReadersCutOff);

        await host.StartAsync();
        await host.CrashAsync();
        Assert.Equal(0, faults.ReadersCutOff);
        await host.StartAsync();
    }

    [EngineFact]
    public async Task A_server_whose_log_cannot_be_read_stops_all_the_same()
    {
        var faults = new FaultStore();
        await using var host = await StartAsync(set => set.Wrap = faults.Around);
        await host.TrackAsync("ann", "Signed Up");
        await host.SettleAsync();

        faults.SpoilLog();
        await host.TrackAsync("ann", "Signed Up");
        await host.StopAsync();

        Assert.Contains("The log is damaged.", host.Logs.Text, StringComparison.Ordinal);
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
