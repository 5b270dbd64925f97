using Triggers.Engine.Records;
using Triggers.Runtime.Definitions;
using Triggers.Runtime.Live;
using Triggers.Runtime.Queries;
using Triggers.Runtime.Tests.Support;

namespace Triggers.Runtime.Tests;

public sealed class QueryTests
{
    [Fact]
    public async Task Members_come_in_pages_from_memory_and_store_without_gap_or_repeat()
    {
        await using var host = await ServerHarness.StartNewAsync(set => set.CustomerMemoryBytes = 256 * 1024);
        for (var user = 0; user < 150; user++)
        {
            await host.TrackAsync($"user{user}", user % 3 == 0 ? "Order Completed" : "Product Viewed", """{"total":10}""");
        }

        await host.AdvanceAsync(TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(4));
        await host.TrackAsync("late", "Order Completed", """{"total":10}""");
        await host.SettleAsync();

        var members = new List<string>();
        string? after = null;
        do
        {
            var page = (await host.Server.Queries.MembersAsync("buyers", after, 7, default))!;
            Assert.InRange(page.Items.Count, 0, 7);
            members.AddRange(page.Items.Select(item => item.Id));
            after = page.Next;
        }
        while (after is not null);

        var expected = Enumerable.Range(0, 50).Select(index => $"user{index * 3}").Append("late").Order(StringComparer.Ordinal);
        Assert.Equal(expected, members.Order(StringComparer.Ordinal));
        Assert.Null(await host.Server.Queries.MembersAsync("none", null, 7, default));
    }

    [Fact]
    public async Task A_customer_tells_how_much_of_the_room_for_traits_is_taken()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.IdentifyAsync("ann", $$"""{"email":"ann@example.com","note":"{{new string('n', 30_000)}}"}""");
        await host.IdentifyAsync("ann", $$"""{"more":"{{new string('m', 5_000)}}"}""");
        await host.SettleAsync();

        var ann = await host.CustomerAsync("ann");

        Assert.False(ann.Traits.TryGetProperty("more", out _));
        Assert.Equal((ann.Traits.GetRawText().Length, 32 * 1024), (ann.TraitRoom.Used, ann.TraitRoom.Max));
    }

    [Fact]
    public async Task Every_campaign_of_the_list_has_the_counts_that_it_has_by_itself()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await host.TrackAsync("ann", "Signed Up");
        await host.TrackAsync("ann", "Product Added");
        await host.SettleAsync();

        var campaigns = host.Server.Queries.Campaigns();

        Assert.Equal((1, 1), (campaigns.Single(each => each.Id == "welcome").Counters.Sent, campaigns.Single(each => each.Id == "cart").Counters.Active));
        Assert.All(campaigns, each => Assert.Equivalent(host.Server.Queries.Campaign(each.Id), each, strict: true));
    }

    [Theory]
    [InlineData("junk")]
    [InlineData("1-")]
    [InlineData("-1-2")]
    public async Task A_place_that_no_page_gave_out_is_refused(string after)
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.TrackAsync("ann", "Order Completed", """{"total":10}""");
        await host.SettleAsync();

        await Assert.ThrowsAsync<UnknownPlaceException>(() => host.Server.Queries.MembersAsync("buyers", after, 7, default));
        await Assert.ThrowsAsync<UnknownPlaceException>(() => host.Server.Queries.TimelineAsync("ann", [], after, 7, default));
        Assert.Single((await host.Server.Queries.MembersAsync("buyers", "", 7, default))!.Items);
    }

    [Fact]
    public async Task Members_in_common_are_counted_over_memory_and_store()
    {
        await using var host = await ServerHarness.StartNewAsync(set =>
        {
            set.CustomerMemoryBytes = 256 * 1024;
            set.Definitions.Write("segments.yaml", $"{File.ReadAllText(set.Definitions.In("segments.yaml"))}\nothers: not segment('buyers')\nlookers: did('Product Viewed')\n");
        });
        for (var user = 0; user < 210; user++)
        {
            await host.TrackAsync($"user{user}", user % 7 == 0 ? "Order Completed" : "Product Viewed", """{"total":10}""");
            await host.TrackAsync($"user{user}", user % 14 == 0 ? "Product Viewed" : "Other");
        }

        await host.AdvanceAsync(TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(4));
        await host.SettleAsync();

        var overlap = (await host.Server.Queries.OverlapAsync("buyers", default))!;

        Assert.Equal(("buyers", 30), (overlap.Segment, overlap.Size));
        Assert.Equal(("lookers", 195, 15), Of(overlap.Segments[0]));
        Assert.Equal(("others", 180, 0), Of(Assert.Single(overlap.Segments, item => item.Id == "others")));
        Assert.DoesNotContain(overlap.Segments, item => item.Id == "buyers");
        Assert.Null(await host.Server.Queries.OverlapAsync("none", default));
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.Server.Queries.OverlapAsync("buyers", gone.Token));

        static (string Id, long Size, long Both) Of(OverlapView item) => (item.Id, item.Size, item.Both);
    }

    [Fact]
    public async Task Whenever_nothing_lags_everything_acknowledged_is_counted()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.SettleAsync();
        for (var acknowledged = 1; acknowledged <= 200; acknowledged++)
        {
            await host.TrackAsync($"user{acknowledged}", "Product Viewed");
            var stats = host.Server.Queries.Stats();
            while (stats.Events.Lag > 0)
            {
                stats = host.Server.Queries.Stats();
            }

            Assert.Equal(acknowledged, stats.Events.Total);
        }
    }

    [Fact]
    public async Task A_customer_is_found_by_id_and_by_mail()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.IdentifyAsync("ann", """{"email":"Ann@Example.com","name":"Ann Lee"}""");
        await host.IdentifyAsync("bob", """{"email":"bob@example.com"}""");
        await host.SettleAsync();

        Assert.Equal("ann", Assert.Single(await host.Server.Queries.SearchAsync("ann@ex", 10, default)).Id);
        Assert.Equal("Ann Lee", Assert.Single(await host.Server.Queries.SearchAsync("ann", 10, default)).Name);
        Assert.Equal(2, (await host.Server.Queries.SearchAsync("", 10, default)).Count);
        Assert.Empty(await host.Server.Queries.SearchAsync("zoe", 10, default));
    }

    [Fact]
    public async Task A_customer_has_the_computed_traits_as_of_now()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.TrackAsync("ann", "Product Viewed", """{"category":"lamps"}""");
        await host.TrackAsync("ann", "Order Completed", """{"total":12.5}""");
        await host.SettleAsync();

        Assert.Equal("favourite Favourite category lamps False, spent Spent 12.5 False", await ShownAsync());
        await host.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal("favourite Favourite category  False, spent Spent 12.5 False", await ShownAsync());

        async Task<string> ShownAsync() =>
            string.Join(", ", (await host.Server.Queries.CustomerAsync("ann", default))!.ComputedTraits.Select(trait => $"{trait.Id} {trait.Name} {trait.Value} {trait.Collecting}"));
    }

    [Fact]
    public async Task A_customer_has_every_score_with_its_grade_and_the_timeline_tells_when_it_changed()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.TrackAsync("ann", "Order Completed", """{"total":12.5}""");
        await host.SettleAsync();

        Assert.Equal("engagement Engagement 20 hot, value Value 12.5 A", await ShownAsync());
        await host.AdvanceAsync(TimeSpan.FromHours(2) + TimeSpan.FromSeconds(2));
        Assert.Equal("engagement Engagement 5 , value Value 0 ", await ShownAsync());
        var timeline = (await host.Server.Queries.TimelineAsync("ann", ["decision"], null, 50, default))!;
        Assert.Contains(timeline.Items, item => item.Title == "Score value has no grade any more");

        async Task<string> ShownAsync() =>
            string.Join(", ", (await host.Server.Queries.CustomerAsync("ann", default))!.Scores.Select(score => $"{score.Id} {score.Name} {Math.Round(score.Value, 1)} {score.Grade}"));
    }

    [Fact]
    public async Task The_last_seconds_tell_events_and_messages_as_they_were()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await host.TrackAsync("ann", "Signed Up");
        await host.SettleAsync();
        await ServerHarness.UntilAsync(() => host.Server.Queries.Stats().Messages.Sent == 1, "the message to be counted");
        await host.AdvanceAsync(TimeSpan.FromSeconds(1));

        await ServerHarness.UntilAsync(() => host.Server.Queries.Seconds().Seconds.Sum(second => second.Events) == 2, "the events of a second");
        var seconds = host.Server.Queries.Seconds().Seconds;
        Assert.Equal(1, seconds.Sum(second => second.Messages));
        Assert.Equal(seconds.Select(second => second.At).Order(), seconds.Select(second => second.At));
    }

    [Fact]
    public async Task Campaigns_show_their_steps_with_what_was_counted()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await host.TrackAsync("ann", "Product Added");
        await host.AdvanceAsync(TimeSpan.FromSeconds(31));
        var message = Assert.Single(host.Email.Attempts);
        Assert.True(await host.Server.Commands.RecordOutcomeAsync(message.MessageId, OutcomeKind.Opened, "", default));
        Assert.True(await host.Server.Commands.RecordOutcomeAsync(message.MessageId, OutcomeKind.Opened, "", default));
        await host.TrackAsync("ann", "Order Completed", """{"total":12.5}""");
        await host.SettleAsync();

        var cart = host.Server.Queries.Campaign("cart")!;

        Assert.Equal(("live", "Product Added", "every 1m"), (cart.Status, cart.Trigger, cart.Reentry));
        Assert.Equal((1L, 1L, 1L, 2L, 1L), (cart.Counters.Entered, cart.Counters.Sent, cart.Counters.Opened, cart.Counters.OpenedTotal, cart.Counters.Converted));
        Assert.Equal(1250, cart.Counters.Revenue["USD"]);
        var reminder = cart.Steps.Single(step => step.Id == "reminder");
        Assert.Equal((1L, 1L, 1L), (reminder.Reached, reminder.Sent, reminder.Opened));
        Assert.Contains(cart.Steps, step => step is { Kind: "exit", Depth: 1, Path: "then" });
        Assert.False(await host.Server.Commands.RecordOutcomeAsync(new string('0', 32), OutcomeKind.Opened, "", default));
    }

    [Fact]
    public async Task A_preview_and_a_test_send_leave_no_trace_in_the_counters()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.IdentifyAsync("ann", """{"email":"ann@example.com","name":"Ann"}""");
        await host.SettleAsync();

        var preview = (await host.Server.Commands.PreviewAsync("hello", "ann", default))!;
        Assert.Contains("Hello Ann", preview.Subject);
        Assert.Equal("sent", await host.Server.Commands.TestSendAsync("hello", "ann", "me@example.com", default));
        Assert.Null(await host.Server.Commands.PreviewAsync("hello", "nobody", default));
        Assert.Null(await host.Server.Commands.TestSendAsync("none", "ann", "me@example.com", default));

        var sent = Assert.Single(host.Email.Attempts);
        Assert.True(sent is { Address: "me@example.com", IsTest: true });
        Assert.Equal(0, host.Counter("messages/decided"));
    }

    [Fact]
    public async Task Viewers_get_what_changed_once_with_running_versions()
    {
        await using var host = await ServerHarness.StartNewAsync();
        var deltas = new List<LiveDelta>();
        var start = host.Server.Live.Snapshot();
        host.Server.Live.Changed += delta =>
        {
            lock (deltas)
            {
                deltas.Add(delta);
            }
        };
        for (var user = 0; user < 100; user++)
        {
            await host.TrackAsync($"user{user}", "Order Completed", """{"total":600}""");
        }

        await host.SettleAsync();
        for (var tick = 0; tick < 60; tick++)
        {
            await host.AdvanceAsync(TimeSpan.FromMilliseconds(250));
        }

        await ServerHarness.UntilAsync(() => host.Server.Live.Snapshot() is { Rates: { EventsPerSecond: 0, LagRecords: 0 } } snapshot && snapshot.Counters["events/total"] == 100, "the rate to fall to nothing");
        var snapshot = host.Server.Live.Snapshot();
        lock (deltas)
        {
            Assert.InRange(deltas.Count, 1, 60);
            Assert.Equal(Enumerable.Range(1, deltas.Count).Select(number => start.Version + number), deltas.Select(delta => delta.Version));
            Assert.Equal(100, deltas.Last(delta => delta.Counters.ContainsKey("events/total")).Counters["events/total"]);
            Assert.Equal(snapshot.Version, deltas[^1].Version);
        }

        Assert.Equal(100, snapshot.Counters["segment/big-spender/size"]);
        Assert.Equal(50, snapshot.Feed.Count);
        for (var tick = 0; tick < 12; tick++)
        {
            await host.AdvanceAsync(TimeSpan.FromMilliseconds(250));
        }

        Assert.Equal(snapshot.Version, host.Server.Live.Snapshot().Version);
    }

    [Fact]
    public async Task A_server_without_valid_definitions_does_not_start()
    {
        await using var host = new ServerHarness();
        host.Definitions.Write("campaigns/welcome.yaml", "campaign: welcome\ntrigger: { event: Signed Up }\nsteps: [ { send: { channel: email, template: gone } } ]\n");

        var error = await Assert.ThrowsAsync<DefinitionsInvalidException>(host.StartAsync);

        Assert.Contains("campaigns/welcome.yaml:3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_changed_while_the_server_was_down_is_a_new_version()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.IdentifyAsync("ann", """{"plan":"pro"}""");
        await host.SettleAsync();
        await host.StopAsync();
        host.Definitions.Write("segments.yaml", "pros: traits.plan = 'pro'\nviewers: count('Product Viewed', within 10m) >= 3\n");
        await host.StartAsync();
        await host.AdvanceAsync(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100));

        Assert.Equal(3, host.Server.Definitions.Version);
        Assert.Equal(1, host.Counter("segment/pros/size"));
    }

    [Fact]
    public async Task What_could_not_be_taken_in_is_kept_with_its_reason()
    {
        await using var host = await ServerHarness.StartNewAsync();
        host.Server.Ingest.Reject("shop-web", "no event name", System.Text.Encoding.UTF8.GetBytes(new string('x', 10_000)));

        await ServerHarness.UntilAsync(() => host.Store.Rejected.Total == 1, "the rejected event to be kept");
        Assert.Equal(Limits.RejectedPayloadBytes, Assert.Single(host.Store.Rejected.List(null, 10)).Payload.Length);
    }
}
