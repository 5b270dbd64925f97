using Triggers.Runtime.Queries;
using Triggers.Runtime.Tests.Support;

namespace Triggers.Runtime.Tests;

/// <summary>Explanations through the queries that the API asks: of now, of the past, and of what was decided.</summary>
public sealed class ExplanationTests
{
    [Fact]
    public async Task A_segment_is_explained_as_of_now_and_as_of_the_past()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.TrackAsync("ann", "Product Viewed", """{"price":60}""");
        await host.TrackAsync("ann", "Product Viewed", """{"price":40}""");
        await host.AdvanceAsync(TimeSpan.FromSeconds(10));
        var between = host.Time.GetUtcNow();
        await host.AdvanceAsync(TimeSpan.FromSeconds(10));
        await host.TrackAsync("ann", "Product Viewed", """{"price":70}""");
        await host.SettleAsync();

        var now = await AskAsync(host, new ExplainQuestion("viewers", null, null, null));
        Assert.Equal(("not in", "Not in segment Viewers."), (now.Outcome, now.Summary));
        Assert.StartsWith("2 of 3; 1 more Product Viewed where properties.price > 50 by ", now.InTheWay!.Needed, StringComparison.Ordinal);
        Assert.Equal("2", Assert.Single(Assert.Single(now.Checks).Seen).Value);

        var past = await AskAsync(host, new ExplainQuestion("viewers", null, null, between));
        Assert.StartsWith("1 of 3; 2 more ", past.InTheWay!.Needed, StringComparison.Ordinal);
        Assert.Equal(between, past.At);

        Assert.Null(await host.Server.Queries.ExplainAsync("nobody", new ExplainQuestion("viewers", null, null, null), default));
        Assert.Equal("There is no segment 'nothing'.", await MissingAsync(host, new ExplainQuestion("nothing", null, null, null)));
        Assert.Equal("There is no campaign 'nothing'.", await MissingAsync(host, new ExplainQuestion(null, "nothing", null, null)));
        Assert.Contains("was not known yet", await MissingAsync(host, new ExplainQuestion("viewers", null, null, between.AddDays(-1))), StringComparison.Ordinal);
        Assert.Contains("take it from an item of the timeline", await MissingAsync(host, new ExplainQuestion(null, null, "0-0-0", null)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("9999-12-31T23:59:59.9999999Z")]
    [InlineData("9999-12-31")]
    public async Task What_ends_with_the_calendar_is_explained(string never)
    {
        await using var host = await ServerHarness.StartNewAsync(set => set.Definitions.Write("segments.yaml", """
            open: traits.until after now
            soon: traits.until within next 30d
            long-ago: traits.until older than 30d
            viewers: count('Product Viewed', within 10m) >= 3
            """));
        await host.IdentifyAsync("ann", $$"""{"until":"{{never}}"}""");
        await host.SettleAsync();

        Assert.Equal("in", (await AskAsync(host, new ExplainQuestion("open", null, null, null))).Outcome);
        Assert.Equal("not in", (await AskAsync(host, new ExplainQuestion("soon", null, null, null))).Outcome);
        Assert.Equal("not in", (await AskAsync(host, new ExplainQuestion("long-ago", null, null, null))).Outcome);
    }

    [Fact]
    public async Task Every_decision_of_a_timeline_is_explained_as_it_was_seen_then()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.TrackAsync("ann", "Product Added");
        await host.SettleAsync();
        await host.AdvanceAsync(TimeSpan.FromSeconds(5));
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await host.TrackAsync("ann", "Product Added");
        await host.AdvanceAsync(TimeSpan.FromSeconds(40));
        await host.TrackAsync("ann", "Order Completed", """{"total":700}""");
        await host.AdvanceAsync(TimeSpan.FromSeconds(5));

        // What is in force today is another matter.
        host.Definitions.Write("segments.yaml", "big-spender: sum('Order Completed', properties.total) >= 5000\n");
        host.Definitions.Write("campaigns/lookers.yaml", "campaign: lookers\ntrigger: { event: Looked }\nsteps: [ exit ]\n");
        host.Definitions.Write("campaigns/cart.yaml", "campaign: cart\nstatus: draft\ntrigger: { event: Product Added }\nsteps: [ exit ]\n");
        var reload = await host.Server.Definitions.ReloadAsync(default);
        Assert.True(reload.Valid, string.Join('\n', reload.Errors));
        await host.AdvanceAsync(TimeSpan.FromSeconds(5));

        var items = (await host.Server.Queries.TimelineAsync("ann", [], null, 100, default))!.Items.Where(item => item.Decision is not null).ToList();
        var told = new List<string>();
        foreach (var item in items.AsEnumerable().Reverse())
        {
            var view = await AskAsync(host, new ExplainQuestion(null, null, item.Decision, null));
            Assert.Equal((item.At, true), (view.At, view.Decision));
            told.Add($"{view.Kind} {view.Id} {view.Outcome} {view.Detail}; {view.InTheWay?.Text}".TrimEnd());
        }

        string[] expected =
        [
            "campaign cart did not enter not in the audience; exists(traits.email)",
            "campaign cart entered ;",
            "campaign cart decided hello;",
            "campaign cart converted 700.00 USD;",
            "campaign cart exited exit condition;",
            "segment big-spender entered ;",
            "segment buyers entered ;",
            "segment waverers entered ;",
            "segment waverers left ; did('Order Completed', within 5m)",
        ];
        Assert.Equal(string.Join('\n', expected.Order(StringComparer.Ordinal)), string.Join('\n', told.Order(StringComparer.Ordinal)));
        Assert.Equal("not in", (await AskAsync(host, new ExplainQuestion("big-spender", null, null, null))).Outcome);
        Assert.Equal("it is a draft: it has to be set live in its definition", (await AskAsync(host, new ExplainQuestion(null, "cart", null, null))).InTheWay!.Needed);
    }

    [Fact]
    public async Task What_was_decided_about_a_device_is_explained_of_the_person_it_belongs_to()
    {
        await using var host = await ServerHarness.StartNewAsync();
        using (var batch = new Engine.Records.RecordBatch())
        {
            batch.AddTrack(Engine.Records.CustomerKey.Anonymous("phone"), "Order Completed", host.Time.GetUtcNow().ToUnixTimeMilliseconds(), "m1", """{"total":600}""", "", default);
            await host.AppendAsync(batch);
        }

        await host.SettleAsync();
        var asDevice = host.Time.GetUtcNow();
        await host.AdvanceAsync(TimeSpan.FromSeconds(10));
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""", "phone");
        await host.AdvanceAsync(TimeSpan.FromSeconds(10));

        var entered = (await host.Server.Queries.TimelineAsync("ann", [], null, 100, default))!.Items.First(item => item.Title == "Entered segment Big spender");
        var view = await AskAsync(host, new ExplainQuestion(null, null, entered.Decision, null));
        Assert.Equal("600", view.Checks[0].Seen[0].Value);
        Assert.Equal("in", (await AskAsync(host, new ExplainQuestion("big-spender", null, null, asDevice))).Outcome);
    }

    [Fact]
    public async Task A_store_at_rest_answers_as_its_server_did()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.TrackAsync("ann", "Product Viewed", """{"price":60}""");
        await host.SettleAsync();
        var now = host.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var question = new ExplainQuestion("viewers", null, null, null);
        var needed = (await AskAsync(host, question)).InTheWay!.Needed;
        await host.StopAsync();

        await using var store = await host.OpenStore(host);
        var stored = new StoredExplanations(store);
        Assert.Equal(needed, stored.Explain("ann", question, now, default)!.Explanation!.InTheWay!.Needed);
        Assert.Null(stored.Explain("nobody", question, now, default));
    }

    private static async Task<ExplanationView> AskAsync(ServerHarness host, ExplainQuestion question)
    {
        var answer = (await host.Server.Queries.ExplainAsync("ann", question, default))!;
        return answer.Explanation ?? throw new InvalidOperationException(answer.Missing);
    }

    private static async Task<string> MissingAsync(ServerHarness host, ExplainQuestion question) => (await host.Server.Queries.ExplainAsync("ann", question, default))!.Missing;
}
