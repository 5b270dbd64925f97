using Triggers.Engine.Records;
using Triggers.Runtime.Lists;
using Triggers.Runtime.Tests.Support;
using Triggers.Runtime.Tests.Valuing;
using Triggers.Tests.Shared;

namespace Triggers.Runtime.Tests;

/// <summary>What every host keeps to of that which customers are told: by their group, by lists, by models of purchases.</summary>
public abstract partial class HostConformance
{
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

    [EngineFact]
    public async Task Who_is_put_on_a_list_enters_and_who_is_taken_off_leaves_after_a_crash_too()
    {
        await using var host = await StartAsync(set =>
        {
            set.Definitions.Write("segments.yaml", "vips: list('vip')\nviewers: did('Product Viewed')\n");
            set.Definitions.Write("campaigns/lookers.yaml", "campaign: greet\ntrigger: { enters: vips }\nreentry: always\nsteps: [ { wait: 1d } ]\n");
        });
        for (var user = 0; user < 5; user++)
        {
            await host.IdentifyAsync($"user{user}", $$"""{"email":"user{{user}}@example.com"}""");
        }

        await host.SettleAsync();
        var byAddress = Assert.Single(await host.Server.Lists.WithEmailAsync("USER1@example.com", default));
        var done = await host.Server.Lists.UploadAsync("vip", ListMode.Replace, ["user0", byAddress, "user2", "later"], default);
        Assert.Equal((4, 0, 4), (done.Added, done.Removed, done.Members));
        await AllToldAsync(host, "vip");
        await host.CrashAndStartAsync();
        await host.SettleAsync();
        Assert.Equal((3, 3, 5), (host.Counter("segment/vips/size"), host.Counter("campaign/greet/entered"), host.Counter("customers/total")));
        Assert.Equal("vip", Assert.Single((await host.CustomerAsync("user1")).Lists).Id);

        await host.TrackAsync("later", "Product Viewed");
        await host.SettleAsync();
        Assert.Equal(4, host.Counter("campaign/greet/entered"));

        done = await host.Server.Lists.UploadAsync("vip", ListMode.Remove, ["user0", "nobody"], default);
        Assert.Equal((0, 1, 3), (done.Added, done.Removed, done.Members));
        await host.Server.Lists.UploadAsync("vip", ListMode.Add, ["user4"], default);
        await AllToldAsync(host, "vip");
        await host.CrashAndStartAsync();
        await host.SettleAsync();
        Assert.Equal((4, 5), (host.Counter("segment/vips/size"), host.Counter("campaign/greet/entered")));
        Assert.Empty((await host.CustomerAsync("user0")).Lists);

        Assert.True(await host.Server.Lists.DropAsync("vip", default));
        await ServerHarness.UntilAsync(() => host.Store.Lists.Find("vip") is null, "the list to be gone");
        await host.SettleAsync();
        Assert.Equal(0, host.Counter("segment/vips/size"));
        Assert.Equal(0, host.Server.Queries.Stats().Replay.Disagreements);

        static async Task AllToldAsync(ServerHarness host, string list)
        {
            await ServerHarness.UntilAsync(() => host.Server.Lists.Find(list) is { Waiting: 0 }, "everybody to be told of the list");
            await host.SettleAsync();
        }
    }

    [EngineFact]
    public async Task Buyers_are_told_what_is_predicted_of_them_and_keep_it_over_a_crash()
    {
        await using var host = await StartAsync(set =>
        {
            set.Definitions.Write("value.yaml", "{ order: Purchase, amount: properties.total }\n");
            set.Definitions.Write("segments.yaml", "viewers: did('Product Viewed')\nstaying: predicted.alive >= 0.7\nvaluable: top(10%, predicted.value)\n");
        });
        await ServerHarness.UntilAsync(() => host.Server.Valuing.View().Missing.Contains("0 buyers", StringComparison.Ordinal), "the look at the start to find nobody");
        await Cdnow.AppendAsync(host, customers: 300);
        await host.SettleAsync();
        for (var look = 0; look < 2; look++)
        {
            await host.Server.MeasureAsync();
            await Cdnow.ToldAsync(host);
            await host.SettleAsync();
        }

        Assert.Equal("", host.Server.Valuing.View().Missing);
        var staying = host.Counter("segment/staying/size");
        Assert.InRange(staying, 1, 300);
        Assert.InRange(host.Counter("segment/valuable/size"), 25, 35);
        Assert.Contains((await host.CustomerAsync("0001")).Segments, segment => segment.Id == "staying");

        await host.CrashAndStartAsync();
        await host.SettleAsync();
        Assert.Equal(staying, host.Counter("segment/staying/size"));
        Assert.Contains((await host.CustomerAsync("0001")).Segments, segment => segment.Id == "staying");
        Assert.Equal(0, host.Server.Queries.Stats().Replay.Disagreements);
    }

    private static async Task CallGroupAsync(ServerHarness host, string key, string traits)
    {
        using var batch = new RecordBatch();
        batch.AddEvent(System.Text.Encoding.UTF8.GetBytes(key), EventType.Group, RecordFlags.GeneratedId, host.Time.Ms, "acme"u8, [], [], "shop-web"u8, System.Text.Encoding.UTF8.GetBytes(traits), []);
        await host.AppendAsync(batch);
        await host.SettleAsync();
    }
}
