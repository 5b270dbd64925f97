using Triggers.Runtime.Lists;
using Triggers.Runtime.Queries;
using Triggers.Runtime.Tests.Support;

namespace Triggers.Runtime.Tests;

/// <summary>Static lists through a whole server: upload, crash, removal, erasure.</summary>
public sealed class ListTests
{
    private const int Users = 3_500;

    [Fact]
    public async Task An_upload_that_crashes_are_in_the_way_of_reaches_everybody_once_and_replays_the_same()
    {
        await using var host = await ServerHarness.StartNewAsync(SetUp);
        for (var user = 0; user < 10; user++)
        {
            await host.IdentifyAsync($"user{user}", $$"""{"email":"user{{user}}@example.com"}""");
        }

        await host.SettleAsync();
        var done = await host.Server.Lists.UploadAsync("vip", ListMode.Replace, [.. Enumerable.Range(0, Users).Select(user => $"user{user}")], default);
        Assert.Equal((Users, 0, Users), (done.Added, done.Removed, done.Members));
        for (var crash = 0; crash < 3; crash++)
        {
            await host.CrashAndStartAsync();
        }

        await host.SettleAsync();
        Assert.Equal((Users, 0, 100), (host.Server.Lists.Find("vip")!.Members, host.Server.Lists.Find("vip")!.Waiting, host.Server.Lists.Find("vip")!.Percent));
        Assert.Equal((10, 10, 10), (host.Counter("segment/vips/size"), host.Counter("campaign/greet/entered"), host.Counter("customers/total")));

        await host.TrackAsync("user3000", "Product Viewed");
        await host.SettleAsync();
        Assert.Equal(11, host.Counter("campaign/greet/entered"));
        Assert.Equal("vip", Assert.Single((await host.CustomerAsync("user3000")).Lists).Id);
        Assert.Equal(0, host.Server.Queries.Stats().Replay.Disagreements);

        done = await host.Server.Lists.UploadAsync("vip", ListMode.Replace, ["user1", "user2", "new"], default);
        Assert.Equal((1, Users - 2, 3), (done.Added, done.Removed, done.Members));
        await host.CrashAndStartAsync();
        await host.SettleAsync();
        Assert.Equal(2, host.Counter("segment/vips/size"));

        Assert.True(await host.Server.Lists.DropAsync("vip", default));
        var refused = await Assert.ThrowsAsync<ListRefusedException>(() => host.Server.Lists.UploadAsync("vip", ListMode.Add, ["x"], default));
        Assert.Contains("is being removed", refused.Message, StringComparison.Ordinal);
        await ServerHarness.UntilAsync(() => host.Store.Lists.Find("vip") is null, "the list to be gone");
        await host.SettleAsync();
        Assert.Equal(0, host.Counter("segment/vips/size"));
        Assert.Equal(0, host.Server.Queries.Stats().Replay.Disagreements);
    }

    [Fact]
    public async Task Somebody_who_was_never_seen_can_be_erased_from_the_lists()
    {
        await using var host = await ServerHarness.StartNewAsync(SetUp);
        await host.Server.Lists.UploadAsync("vip", ListMode.Add, ["ann", "bob"], default);
        await host.SettleAsync();

        Assert.True(await host.Server.Commands.EraseAsync("ann", default));
        Assert.False(await host.Server.Commands.EraseAsync("ann", default));
        await host.TrackAsync("ann", "Product Viewed");
        await host.SettleAsync();

        Assert.Equal("bob", Assert.Single(host.Server.Lists.Members("vip", null, 10)!));
        Assert.Empty((await host.CustomerAsync("ann")).Lists);
    }

    [Fact]
    public async Task A_list_that_is_asked_for_and_not_there_is_told_with_those_that_are_like_it()
    {
        await using var host = await ServerHarness.StartNewAsync(SetUp);
        await host.Server.Lists.UploadAsync("vips", ListMode.Add, ["ann"], default);

        var missing = host.Server.Lists.Find("vip")!;
        Assert.Equal((false, "vips", "segment vips"), (missing.Exists, Assert.Single(missing.DidYouMean), Assert.Single(missing.UsedBy)));
        var trial = await host.Server.Definitions.ApplyAsync(host.Store.Definitions.Find(1)!.Files, null, dryRun: true, default);
        Assert.Contains("segment vips: there is no list 'vip'", Assert.Single(trial.Warnings), StringComparison.Ordinal);
        Assert.Contains("Did you mean 'vips'?", Assert.Single(trial.Warnings), StringComparison.Ordinal);
        Assert.Contains("There is no list 'vipss'. Did you mean", (await Assert.ThrowsAsync<ListRefusedException>(() => host.Server.Lists.UploadAsync("vipss", ListMode.Remove, ["x"], default))).Message, StringComparison.Ordinal);
        Assert.Contains("is not an id", (await Assert.ThrowsAsync<ListRefusedException>(() => host.Server.Lists.UploadAsync("V.I.P", ListMode.Add, ["x"], default))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_timeline_and_the_explanation_speak_of_the_list()
    {
        await using var host = await ServerHarness.StartNewAsync(SetUp);
        await host.TrackAsync("ann", "Product Viewed");
        await host.Server.Lists.UploadAsync("vip", ListMode.Add, ["bob", "ann"], default);
        await host.SettleAsync();

        var timeline = await host.Server.Queries.TimelineAsync("ann", [TimelineKinds.Command], null, 10, default);
        Assert.Equal(("Put on list", "vip"), (Assert.Single(timeline!.Items).Title, timeline.Items[0].Detail));
        var explained = await host.Server.Queries.ExplainAsync("ann", new ExplainQuestion("vips", null, null, null), default);
        Assert.StartsWith("since ", Assert.Single(Assert.Single(explained!.Explanation!.Checks).Seen).Value, StringComparison.Ordinal);
    }

    private static void SetUp(ServerHarness harness)
    {
        harness.Definitions.Write("segments.yaml", "vips: list('vip')\nviewers: did('Product Viewed')\n");
        harness.Definitions.Write("campaigns/lookers.yaml", "campaign: greet\ntrigger: { enters: vips }\nsteps: [ { wait: 1d } ]\n");
    }
}
