using Triggers.Engine.Records;
using Triggers.Runtime.Tests.Support;
using Triggers.Tests.Shared;

namespace Triggers.Runtime.Tests;

/// <summary>What every host keeps to of who is who.</summary>
public abstract partial class HostConformance
{
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

    /// <summary>A customer knows its latest 64 devices; the log knows them all.</summary>
    [EngineFact]
    public async Task Every_device_of_an_erased_person_is_erased_however_many_there_are()
    {
        await using var host = await StartAsync(set => set.Definitions.Write("identity.yaml", "devices: { recent: 200 }\n"));
        await TakeInDevicesAsync(host, 70);

        Assert.True(await host.Server.Commands.EraseAsync("ann", default));
        await host.SettleAsync();
        await host.CrashAndStartAsync();

        await AssertErasedAsync(host, 70);
    }

    /// <summary>An order that named no more than the latest 64 left them.</summary>
    [EngineFact]
    public async Task A_device_that_leads_to_somebody_who_is_gone_is_erased_by_its_own_id()
    {
        await using var host = await StartAsync(set => set.Definitions.Write("identity.yaml", "devices: { recent: 200 }\n"));
        await TakeInDevicesAsync(host, 66);
        using (var batch = new RecordBatch())
        {
            batch.AddCommand("u:ann"u8, CommandKind.Erase, "");
            await host.AppendAsync(batch);
        }

        await host.SettleAsync();
        Assert.False(await host.Server.Commands.EraseAsync("ann", default));

        Assert.True(await host.Server.Commands.EraseAsync("d0", default));
        await host.SettleAsync();

        await AssertErasedAsync(host, 1);
    }

    private static async Task TakeInDevicesAsync(ServerHarness host, int devices)
    {
        for (var device = 0; device < devices; device++)
        {
            await host.TrackAnonymousAsync($"d{device}", "Product Viewed");
            await host.IdentifyAsync("ann", "{}", anonymousId: $"d{device}");
        }

        await host.SettleAsync();
        Assert.Equal((devices * 2, 64), ((await host.CustomerAsync("ann")).Events.Total, (await host.CustomerAsync("ann")).AnonymousIds.Count));
    }

    /// <summary>What comes from their devices later is of somebody new.</summary>
    private static async Task AssertErasedAsync(ServerHarness host, int devices)
    {
        Assert.Equal(0, host.Counter("customers/total"));
        for (var device = 0; device < devices; device++)
        {
            await host.TrackAnonymousAsync($"d{device}", "Product Viewed");
        }

        await host.SettleAsync();
        Assert.Null(await host.Server.Queries.CustomerAsync("ann", default));
        for (var device = 0; device < devices; device++)
        {
            var customer = await host.CustomerAsync($"d{device}");
            Assert.Equal(($"d{device}", 1), (customer.Id, customer.Events.Total));
        }
    }
}
