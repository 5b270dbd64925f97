using System.Text;
using Triggers.Engine.Records;
using Triggers.Runtime.Queries;
using Triggers.Runtime.Tests.Support;
using Triggers.Storage;
using Triggers.Storage.Sqlite;

namespace Triggers.Runtime.Tests;

public sealed class TimelineTests
{
    [Fact]
    public async Task A_timeline_tells_events_decisions_messages_and_outcomes_newest_first()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await host.TrackAsync("ann", "Signed Up");
        await host.SettleAsync();
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));
        await host.TrackAsync("ann", "Order Completed", """{"total":700}""");
        await host.SettleAsync();

        var all = (await host.Server.Queries.TimelineAsync("ann", [], null, 100, default))!;

        Assert.Null(all.Next);
        var times = all.Items.Select(item => item.OccurredAt ?? item.At).ToList();
        Assert.Equal(times.OrderDescending(), times);
        var titles = all.Items.Select(item => item.Title).ToList();
        Assert.Contains(titles, title => title == "Entered segment Big spender");
        Assert.Contains(titles, title => title == "Entered campaign Welcome");
        Assert.Contains(titles, title => title == "Welcome: hello");
        Assert.Contains(titles, title => title == "Message sent");
        var order = all.Items.Single(item => item.Title == "Order Completed");
        Assert.Equal(700, order.Data!.Value.GetProperty("total").GetInt32());
        Assert.Equal(20, order.Score);

        var paged = new List<string>();
        string? after = null;
        do
        {
            var page = (await host.Server.Queries.TimelineAsync("ann", [], after, 3, default))!;
            paged.AddRange(page.Items.Select(item => item.Title));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(titles, paged);
        Assert.Null(await host.Server.Queries.TimelineAsync("nobody", [], null, 10, default));
    }

    [Fact]
    public async Task Segments_and_campaigns_bear_their_names_beside_their_ids_and_what_came_of_a_message_says_of_which()
    {
        await using var host = await ServerHarness.StartNewAsync(host =>
        {
            host.Definitions.Write("segments.yaml", "buyers: { name: Our buyers, when: did('Order Completed') }\nviewers: count('Product Viewed', within 10m) >= 3\n");
            host.Definitions.Write("campaigns/welcome.yaml", "campaign: welcome\nname: A warm welcome\ntrigger: { event: Signed Up }\nsteps: [ { id: hello, send: { channel: email, template: hello } } ]\n");
        });
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await host.TrackAsync("ann", "Signed Up");
        await host.TrackAsync("ann", "Order Completed");
        await host.SettleAsync();
        var message = Assert.Single(host.Store.Messages.List("u:ann", null, null, null, 10));
        await host.Server.Commands.RecordOutcomeAsync(message.MessageId, OutcomeKind.Clicked, "https://shop.example.com/", default);
        await host.SettleAsync();

        var items = (await host.Server.Queries.TimelineAsync("ann", [], null, 100, default))!.Items;

        Assert.Equal("buyers", items.Single(item => item.Title == "Entered segment Our buyers").Subject);
        var entered = items.Single(item => item.Title == "Entered campaign A warm welcome");
        Assert.Equal("welcome", entered.Subject);
        Assert.Equal(("welcome", message.MessageId), items.Where(item => item.Title == "A warm welcome: hello").Select(item => (item.Subject, item.Message)).Single());
        Assert.Equal("A warm welcome: hello", items.Single(item => item.Title == "Message sent").Detail);
        var clicked = items.Single(item => item.Title == "Message clicked");
        Assert.Equal(("A warm welcome: hello, https://shop.example.com/", "welcome", message.MessageId), (clicked.Detail, clicked.Subject, clicked.Message));
        var why = (await host.Server.Queries.ExplainAsync("ann", new ExplainQuestion(null, null, entered.Decision, null), default))!;
        Assert.Equal("Entered campaign A warm welcome.", why.Explanation!.Summary);
    }

    [Fact]
    public async Task A_timeline_under_a_new_program_shows_what_was_decided_under_the_old()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.TrackAsync("ann", "Order Completed", """{"total":700}""");
        await host.SettleAsync();
        await host.AdvanceAsync(TimeSpan.FromSeconds(5));
        host.Definitions.Write("segments.yaml", "viewers: count('Product Viewed', within 10m) >= 3\nloud: did('Shouted')\n");
        Assert.True((await host.Server.Definitions.ReloadAsync(default)).Valid);
        await host.AdvanceAsync(TimeSpan.FromSeconds(5));
        await host.TrackAsync("ann", "Shouted");
        await host.SettleAsync();

        var titles = (await host.Server.Queries.TimelineAsync("ann", [], null, 100, default))!.Items.Select(item => item.Title).ToList();

        Assert.Contains(titles, title => title == "Entered segment big-spender");
        Assert.Contains(titles, title => title == "Entered segment Loud");
    }

    /// <summary>Points halve with every hour here; an order is worth 20, twice a day at most.</summary>
    [Fact]
    public async Task Events_bear_the_score_of_when_they_happened_in_whatever_order_they_came()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.TrackAsync("ann", "Order Completed", """{"total":10}""");
        await host.SettleAsync();
        using (var batch = new RecordBatch())
        {
            foreach (var (hoursAgo, id) in new[] { (29, "i2"), (1, "i3"), (900, "i0"), (30, "i1"), (29, "i2") })
            {
                batch.AddTrack(CustomerKey.User("ann"), "Order Completed", host.Time.Ms - (hoursAgo * 3_600_000L), id, """{"total":10}""", flags: RecordFlags.Historical);
            }

            await host.AppendAsync(batch);
        }

        await host.SettleAsync();

        var items = (await host.Server.Queries.TimelineAsync("ann", [TimelineKinds.Event], null, 100, default))!.Items;
        Assert.Equal(items.Select(item => item.OccurredAt).OrderDescending(), items.Select(item => item.OccurredAt));
        Assert.Equal([30.0, 20.0, 30.0, 20.0, 20.0], items.Select(item => item.Score!.Value));
        Assert.Equal(30, (await host.CustomerAsync("ann")).Score);
    }

    [Fact]
    public async Task A_new_half_life_leaves_the_scores_before_it_as_they_were_and_is_filled_from_history()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.TrackAsync("ann", "Product Viewed");
        await host.AdvanceAsync(TimeSpan.FromHours(1));
        await host.TrackAsync("ann", "Product Viewed");
        await host.SettleAsync();
        var scoring = Path.Combine(host.Definitions.Path, "scoring.yaml");
        host.Definitions.Write("scoring.yaml", (await File.ReadAllTextAsync(scoring)).Replace("halfLife: 1h", "halfLife: 2h", StringComparison.Ordinal));
        await host.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.True((await host.Server.Definitions.ReloadAsync(default)).Valid);
        await host.SettleAsync();
        await host.AdvanceAsync(TimeSpan.FromHours(2));
        await host.TrackAsync("ann", "Product Viewed");
        await host.SettleAsync();

        var items = (await host.Server.Queries.TimelineAsync("ann", [TimelineKinds.Event], null, 100, default))!.Items;
        Assert.Equal([1.85, 1.5, 1.0], items.Select(item => item.Score!.Value));
        Assert.Equal(1.85, (await host.CustomerAsync("ann")).Score, 2);
    }

    [Fact]
    public async Task A_timeline_can_be_narrowed_to_kinds_and_keeps_its_pages()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        for (var i = 0; i < 5; i++)
        {
            await host.TrackAsync("ann", "Signed Up");
        }

        await host.SettleAsync();
        string[] kinds = [TimelineKinds.Event, TimelineKinds.Message];
        var all = (await host.Server.Queries.TimelineAsync("ann", kinds, null, 100, default))!.Items;

        var first = (await host.Server.Queries.TimelineAsync("ann", kinds, null, 3, default))!;
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));
        await host.TrackAsync("ann", "Product Viewed");
        await host.SettleAsync();
        var rest = (await host.Server.Queries.TimelineAsync("ann", kinds, first.Next, 100, default))!;

        Assert.Equal(7, all.Count);
        Assert.Equal(all.Select(item => (item.At, item.Title)), first.Items.Concat(rest.Items).Select(item => (item.At, item.Title)));
        Assert.Null(rest.Next);
    }

    [Fact]
    public async Task A_timeline_says_where_history_begins_for_whom_it_is_not_whole()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.TrackAsync("ann", "Product Viewed");
        await host.SettleAsync();
        await host.StopAsync();
        host.Time.Advance(TimeSpan.FromDays(40));
        await using (var store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Folder = host.DataFolder, LogRetentionDays = 30 }, host.Time))
        {
            await ServerHarness.UntilAsync(() => !store.History.Read(CustomerKey.User("ann")).Any(), "old records to leave");
        }

        await host.StartAsync();
        await host.TrackAsync("ann", "Product Viewed");
        await host.TrackAsync("bob", "Product Viewed");
        await host.SettleAsync();

        var (ann, bob) = ((await host.Server.Queries.TimelineAsync("ann", [TimelineKinds.Event], null, 100, default))!, (await host.Server.Queries.TimelineAsync("bob", [], null, 100, default))!);

        Assert.Single(ann.Items);
        Assert.NotNull(ann.HistoryFrom);
        Assert.InRange(ann.HistoryFrom.Value.ToUnixTimeMilliseconds(), 1, host.Time.Ms - (30L * 86_400_000));
        Assert.Null(bob.HistoryFrom);
    }

    [Fact]
    public async Task An_event_that_came_twice_stands_in_the_timeline_once()
    {
        await using var host = await ServerHarness.StartNewAsync();
        using (var batch = new RecordBatch())
        {
            batch.AddTrack(CustomerKey.User("ann"), "Product Viewed", host.Time.Ms, "p1");
            batch.AddTrack(CustomerKey.User("ann"), "Product Viewed", host.Time.Ms, "p1");
            await host.AppendAsync(batch);
        }

        await host.SettleAsync();

        Assert.Single((await host.Server.Queries.TimelineAsync("ann", [TimelineKinds.Event], null, 100, default))!.Items);
    }

    [Fact]
    public async Task A_timeline_tells_what_an_absorbed_device_did()
    {
        await using var host = await ServerHarness.StartNewAsync();
        using (var batch = new RecordBatch())
        {
            batch.AddTrack(CustomerKey.Anonymous("device"), "Product Viewed", host.Time.Ms, "p1");
            await host.AppendAsync(batch);
        }

        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""", anonymousId: "device");
        await host.SettleAsync();

        var titles = (await host.Server.Queries.TimelineAsync("ann", [], null, 100, default))!.Items.Select(item => item.Title).ToList();
        Assert.Contains(titles, title => title == "Product Viewed");
        Assert.Contains(titles, title => title == "Identify");
    }

    [Fact]
    public async Task Two_known_ids_that_became_one_tell_both_their_stories()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.TrackAsync("u1", "Product Viewed");
        await host.TrackAsync("u3", "Product Added");
        await AliasAsync(host, "u3", "u1");
        await host.TrackAsync("u1", "Order Completed");
        await AliasAsync(host, "u0", "u1");
        await host.TrackAsync("u1", "Signed Up");
        await host.SettleAsync();

        var events = (await host.Server.Queries.TimelineAsync("u0", [TimelineKinds.Event], null, 100, default))!.Items;

        Assert.Equal("Alias, Alias, Order Completed, Product Added, Product Viewed, Signed Up", string.Join(", ", events.Select(item => item.Title).Order(StringComparer.Ordinal)));
        Assert.All(events, item => Assert.NotNull(item.Score));
    }

    [Fact]
    public async Task No_score_of_an_event_is_told_when_earlier_records_are_not_kept_any_more()
    {
        var faults = new FaultStore();
        await using var host = await ServerHarness.StartNewAsync(set => set.Wrap = faults.Around);
        await host.TrackAsync("ann", "Order Completed", """{"total":10}""");
        await host.SettleAsync();
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));
        faults.DropHistoryBefore(host.Time.Ms);
        await host.TrackAsync("ann", "Order Completed", """{"total":10}""");
        await host.SettleAsync();

        var order = Assert.Single((await host.Server.Queries.TimelineAsync("ann", [TimelineKinds.Event], null, 100, default))!.Items);

        Assert.Null(order.Score);
    }

    private static async Task AliasAsync(ServerHarness host, string userId, string previousId)
    {
        using var batch = new RecordBatch();
        batch.AddEvent(
            Encoding.UTF8.GetBytes("u:" + userId), EventType.Alias, RecordFlags.GeneratedId, host.Time.Ms, [], [], Encoding.UTF8.GetBytes(previousId), "shop-web"u8, [], []);
        await host.SettleAsync();
        await host.AppendAsync(batch);
        await host.SettleAsync();
    }
}
