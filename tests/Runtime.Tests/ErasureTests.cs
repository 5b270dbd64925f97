using System.Text;
using Triggers.Channels;
using Triggers.Engine.Records;
using Triggers.Runtime.Live;
using Triggers.Runtime.Tests.Support;
using Triggers.Storage;

namespace Triggers.Runtime.Tests;

/// <summary>Erasing a person through the whole server: everything of them leaves memory and disk, and they may come back as somebody new.</summary>
public sealed class ErasureTests
{
    private static readonly string[] s_secrets = ["ann-4711", "ann.bell@example.com", "Ann Bell", "phone-of-ann", "gift-for-ann"];

    [Fact]
    public async Task An_erased_person_is_in_no_file_under_none_of_their_keys()
    {
        await using var host = await ServerHarness.StartNewAsync(harness => harness.StoreMaintainsItself = true);
        await VisitAsync(host);
        await host.Store.Rejected.AddAsync([new RejectedEvent(0, 1, "shop-web", "bad", """{"anonymousId":"phone-of-ann"}""")]);
        await host.TrackAsync("bob", "Order Completed", """{"total":5}""");
        await host.SettleAsync();
        Assert.True(s_secrets.SequenceEqual(await FoundAsync(host), StringComparer.Ordinal));

        Assert.True(await host.Server.Commands.EraseAsync("phone-of-ann", default));
        await EndOfErasureAsync(host);

        Assert.Equal([], await FoundAsync(host));
        Assert.Null(await host.Server.Queries.CustomerAsync("ann-4711", default));
        Assert.Null(await host.Server.Queries.CustomerAsync("phone-of-ann", default));
        Assert.Equal(1, (await host.CustomerAsync("bob")).Events.Total);
        Assert.Equal(1, host.Counter("customers/total"));
    }

    [Fact]
    public async Task What_a_device_was_handing_over_is_in_no_file_either()
    {
        await using var host = await ServerHarness.StartNewAsync(harness => harness.StoreMaintainsItself = true);
        await host.TrackAnonymousAsync("phone-of-ann", "gift-for-ann");
        await host.TrackAsync("bob", "Order Completed", """{"total":5}""");
        await host.SettleAsync();
        using (var batch = new RecordBatch())
        {
            ServerHarness.AddIdentify(batch, "ann-4711", """{"email":"ann.bell@example.com","name":"Ann Bell"}""", host.Time.Ms, "i1", "phone-of-ann");
            batch.AddCommand("u:ann-4711"u8, CommandKind.Erase, "");
            await host.AppendAsync(batch);
        }

        await EndOfErasureAsync(host);

        Assert.Equal([], await FoundAsync(host));
        Assert.Null(await host.Server.Queries.CustomerAsync("ann-4711", default));
        Assert.Null(await host.Server.Queries.CustomerAsync("phone-of-ann", default));
        Assert.Equal(1, host.Counter("customers/total"));
    }

    [Fact]
    public async Task The_live_feed_says_that_somebody_was_erased_and_not_who()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await VisitAsync(host);
        await LiveAsync(host, live => live.Feed.Any(item => item.Customer == "ann-4711"), "a decision about Ann in the feed");

        await host.Server.Commands.EraseAsync("ann-4711", default);
        await host.SettleAsync();
        await LiveAsync(host, live => live.Feed.Count(item => item.Kind == "erased") >= 2, "the erasure of both keys in the feed");

        Assert.DoesNotContain(host.Server.Live.Snapshot().Feed, item => item.Customer is "ann-4711" or "phone-of-ann");
        Assert.All(host.Server.Live.Snapshot().Feed.Where(item => item.Kind == "erased"), item => Assert.Equal("", item.Customer));
    }

    [Fact]
    public async Task A_message_under_way_while_its_customer_is_erased_leaves_nothing_behind()
    {
        var answer = new TaskCompletionSource<SendOutcome>();
        await using var host = await ServerHarness.StartNewAsync(harness =>
        {
            harness.StoreMaintainsItself = true;
            harness.Email.Answer = _ => answer.Task;
        });
        await host.IdentifyAsync("ann-4711", """{"email":"ann.bell@example.com","name":"Ann Bell"}""");
        await host.TrackAsync("ann-4711", "Signed Up");
        await ServerHarness.UntilAsync(() => host.Email.Attempts.Count == 1, "the message to be under way");

        await host.Server.Commands.EraseAsync("ann-4711", default);
        await ServerHarness.UntilAsync(async () => await host.Server.Queries.CustomerAsync("ann-4711", default) is null, "the erasure");
        answer.SetResult(SendOutcome.Failed("no mailbox ann.bell@example.com"));
        await EndOfErasureAsync(host);

        Assert.Equal([], await FoundAsync(host));
        await LiveAsync(host, live => live.Rates.LagRecords == 0, "no lag");
    }

    [Fact]
    public async Task Who_comes_back_after_an_erasure_is_new()
    {
        await using var host = await ServerHarness.StartNewAsync(harness => harness.StoreMaintainsItself = true);
        await VisitAsync(host);
        await host.Server.Commands.EraseAsync("ann-4711", default);
        await EndOfErasureAsync(host);
        await host.CrashAndStartAsync();

        await host.IdentifyAsync("ann-4711", """{"email":"new@example.com"}""", "phone-of-ann");
        await host.TrackAsync("ann-4711", "Signed Up");
        await host.SettleAsync();

        var ann = await host.CustomerAsync("phone-of-ann");
        Assert.Equal(("ann-4711", 2L, "new@example.com"), (ann.Id, ann.Events.Total, ann.Email));
        Assert.False(ann.Events.ByName.ContainsKey("Order Completed"));
        Assert.Empty(ann.Segments);
        Assert.Equal("new@example.com", host.Email.Attempts[^1].Address);
        Assert.Equal(1, host.Counter("customers/total"));
        var timeline = await host.Server.Queries.TimelineAsync("ann-4711", [], null, 100, default);
        Assert.DoesNotContain(timeline!.Items, item => item.Title == "Order Completed");
    }

    /// <summary>Ann looks around on her phone, says who she is, gets a mail and buys.</summary>
    private static async Task VisitAsync(ServerHarness host)
    {
        using var batch = new RecordBatch();
        batch.AddTrack(CustomerKey.Anonymous("phone-of-ann"), "Product Viewed", host.Time.Ms, "v1", """{"what":"gift-for-ann"}""");
        await host.AppendAsync(batch);
        await host.IdentifyAsync("ann-4711", """{"email":"ann.bell@example.com","name":"Ann Bell"}""", "phone-of-ann");
        await host.TrackAsync("ann-4711", "Signed Up");
        await host.TrackAsync("ann-4711", "Order Completed", """{"total":20}""");
        await host.SettleAsync();
    }

    /// <summary>The feed moves with the clock.</summary>
    private static Task LiveAsync(ServerHarness host, Func<LiveSnapshot, bool> condition, string what) => ServerHarness.UntilAsync(
        () =>
        {
            host.Time.Advance(TimeSpan.FromSeconds(1));
            return condition(host.Server.Live.Snapshot());
        },
        what);

    private static async Task EndOfErasureAsync(ServerHarness host)
    {
        await host.SettleAsync();
        await ServerHarness.UntilAsync(() => host.Store.PendingErasures().Count == 0, "the bytes to leave the disk");
    }

    private static async Task<List<string>> FoundAsync(ServerHarness host)
    {
        var text = new StringBuilder();
        foreach (var path in Directory.EnumerateFiles(host.DataFolder).Where(path => !path.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file, Encoding.Latin1);
            text.Append(await reader.ReadToEndAsync());
        }

        return [.. s_secrets.Where(secret => text.ToString().Contains(secret, StringComparison.Ordinal))];
    }
}
