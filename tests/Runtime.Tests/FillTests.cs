using System.Text.Json;
using Triggers.Engine.Records;
using Triggers.Runtime.Fills;
using Triggers.Runtime.Tests.Support;

namespace Triggers.Runtime.Tests;

/// <summary>Definitions that come later know the past as if they had always been there.</summary>
public sealed class FillTests
{
    private const string Traits = """
        favourite: { name: Favourite category, value: "most frequent('Product Viewed', properties.category, within 3h)" }
        spent: sum('Order Completed', properties.total)
        views: count('Product Viewed')
        recent: count('Product Viewed', within 2h)
        pricey: count('Product Viewed', where properties.price > 50, within 6h)
        dearest: max('Product Viewed', properties.price, within 4h)
        cheapest: min('Product Viewed', properties.price)
        usual: average('Order Completed', properties.total, within 5h)
        kinds: distinct('Product Viewed', properties.category, within 2h)
        days: count days('Product Viewed', within 7d)
        entrance: first('Product Viewed', properties.category)
        lately: last('Order Completed', properties.total)
        """;

    private const string Segments = """
        viewers: count('Product Viewed', where properties.price > 50, within 4h) >= 3
        buyers: did('Order Completed')
        big-spender: sum('Order Completed', properties.total, within 365d) >= 500
        waverers: did('Product Added', within 2h) and not did('Order Completed', within 2h)
        quiet: lifecycle = 'dormant'
        never-bought: not did('Order Completed')
        path: sequence('Product Viewed', then 'Product Added' within 1h, then 'Order Completed' within 2h, within 6h)
        left: not did('Page Left', within 5h) and did('Signed Up')
        regulars: segment('viewers') and not segment('waverers')
        engaged: score >= 12.3
        leads: score('lead') >= 20.2 and not segment('quiet')
        graded: grade('lead') = 'A'
        """;

    private const string Scoring = """
        halfLife: 5h
        events:
          Product Viewed: 2
          Order Completed: { points: 10, where: properties.total > 100 }
        scores:
          lead:
            halfLife: 1d
            events: { Product Added: 3, Order Completed: { points: 0.1, times: properties.total }, Page Left: -4 }
            grades: { A: 40.5, B: 10.5 }
          steady: { events: { Signed Up: 5, Product Viewed: 1 } }
        """;

    private static readonly string[] s_events = ["Product Viewed", "Product Viewed", "Product Viewed", "Product Added", "Order Completed", "Signed Up", "Page Left"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_is_defined_later_comes_to_what_it_had_come_to_from_the_beginning(int seed)
    {
        await using var always = await ServerHarness.StartNewAsync(Define);
        await LiveAsync(always, new Random(seed), 16, async _ => await Task.CompletedTask);
        await using var later = await ServerHarness.StartNewAsync();
        await LiveAsync(later, new Random(seed), 16, async round =>
        {
            if (round == 10)
            {
                Define(later);
                await later.Server.Definitions.ReloadAsync(default);
                await later.SettleAsync();
            }
        });

        Assert.Equal(3, later.Server.Definitions.Version);
        var fill = Assert.Single(later.Server.Fills.List());
        Assert.Equal((2, FillStates.Done, 3), (fill.Version, fill.State, fill.FilledIn));
        Assert.Empty(await DifferencesAsync(always, later));
        Assert.Contains("lead=", await PictureAsync(later, "user1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5)]
    public async Task Several_changes_one_upon_the_other_and_crashes_in_the_middle_lose_and_double_nothing(int seed)
    {
        await using var always = await ServerHarness.StartNewAsync(Define);
        await LiveAsync(always, new Random(seed), 16, async _ => await Task.CompletedTask);
        await using var later = await ServerHarness.StartNewAsync();
        await LiveAsync(later, new Random(seed), 16, async round =>
        {
            if (round == 5)
            {
                later.Definitions.Write("traits.yaml", Traits.Replace("within 6h", "within 1h").Replace("within 2h", "within 30m").Replace("within 4h", "within 2h"));
                await later.Server.Definitions.ReloadAsync(default);
                later.Definitions.Write("segments.yaml", Segments.Replace("within 4h", "within 20m"));
                later.Definitions.Write("scoring.yaml", Scoring.Replace("5h", "1h").Replace("0.1", "0.2").Replace("Signed Up", "Product Added"));
                await later.Server.Definitions.ReloadAsync(default);
                await later.CrashAndStartAsync();
            }
            else if (round == 8)
            {
                later.Definitions.Write("traits.yaml", "spent: sum('Order Completed', properties.total)\n");
                await later.Server.Definitions.ReloadAsync(default);
            }
            else if (round == 10)
            {
                Define(later);
                await later.Server.Definitions.ReloadAsync(default);
                await later.CrashAndStartAsync();
                await later.SettleAsync();
            }
        });

        Assert.All(later.Server.Fills.List(), fill => Assert.Equal(FillStates.Done, fill.State));
        Assert.Empty(await DifferencesAsync(always, later));
    }

    [Fact]
    public async Task Who_is_found_to_be_a_member_triggers_only_campaigns_that_ask_for_it()
    {
        await using var host = await ServerHarness.StartNewAsync();
        foreach (var user in (string[])["ann", "bob", "cid"])
        {
            await host.IdentifyAsync(user, $$"""{"email":"{{user}}@example.com"}""");
        }

        await host.TrackAsync("ann", "Refunded");
        await host.TrackAsync("bob", "Refunded");
        await host.SettleAsync();
        host.Time.Advance(TimeSpan.FromMinutes(1));
        host.Definitions.Write("segments.yaml", "viewers: did('Product Viewed')\nrefunded: did('Refunded')\ncontent: not did('Refunded')\n");
        foreach (var (campaign, trigger) in (ReadOnlySpan<(string, string)>)[("sorry", "enters: refunded, fromHistory: enter"), ("later", "enters: refunded"), ("cheers", "enters: content, fromHistory: enter")])
        {
            host.Definitions.Write($"campaigns/{campaign}.yaml", $$"""
                campaign: {{campaign}}
                trigger: { {{trigger}} }
                steps: [ { id: mail, send: { channel: email, template: hello } } ]
                """);
        }

        await host.Server.Definitions.ReloadAsync(default);
        await host.SettleAsync();
        await host.TrackAsync("cid", "Refunded");
        await host.TrackAsync("ann", "Refunded");
        await host.SettleAsync();

        Assert.Equal("ann@example.com bob@example.com cid@example.com", string.Join(' ', host.Email.Attempts.Where(message => message.Campaign == "sorry").Select(message => message.Address).Order(StringComparer.Ordinal)));
        Assert.Equal("cid@example.com", Assert.Single(host.Email.Attempts, message => message.Campaign == "later").Address);
        Assert.Equal("cid@example.com", Assert.Single(host.Email.Attempts, message => message.Campaign == "cheers").Address);
        Assert.Equal((3, 0), (host.Counter("segment/refunded/size"), host.Counter("segment/content/size")));
    }

    [Theory]
    [InlineData("halfLife: 1d")]
    [InlineData("window: 10d")]
    public async Task A_new_score_sets_where_customers_stand_and_triggers_only_campaigns_that_ask_for_it(string keeping)
    {
        await using var host = await ServerHarness.StartNewAsync();
        foreach (var (user, times) in ((string, int)[])[("ann", 3), ("bob", 1), ("cid", 0)])
        {
            await host.IdentifyAsync(user, $$"""{"email":"{{user}}@example.com"}""");
            for (var time = 0; time < times; time++)
            {
                await host.TrackAsync(user, "Looked");
            }
        }

        await host.SettleAsync();
        host.Time.Advance(TimeSpan.FromMinutes(1));
        host.Definitions.Write("scoring.yaml", $"scores: {{ interest: {{ {keeping}, events: {{ Looked: 5 }} }} }}\n");
        host.Definitions.Write("segments.yaml", "viewers: did('Product Viewed')\n");
        foreach (var (campaign, trigger) in (ReadOnlySpan<(string, string)>)
            [("asked", "scoreAbove: 9, score: interest, fromHistory: enter"), ("up", "scoreAbove: 9, score: interest, until: 6"), ("down", "scoreBelow: 2, score: interest, until: 9")])
        {
            host.Definitions.Write($"campaigns/{campaign}.yaml", $$"""
                campaign: {{campaign}}
                reentry: always
                trigger: { {{trigger}} }
                steps: [ { id: mail, send: { channel: email, template: hello } } ]
                """);
        }

        var reload = await host.Server.Definitions.ReloadAsync(default);
        Assert.True(reload.Valid, string.Join(' ', reload.Errors));
        await host.SettleAsync();
        await ServerHarness.UntilAsync(() => host.Server.Definitions.Version == 3, "the score to be filled");
        await host.SettleAsync();
        Assert.Equal("asked:ann", Sent());
        Assert.Equal(15, (await host.CustomerAsync("ann")).Scores.Single(score => score.Id == "interest").Value, 0.1);

        // Bob rises to the line by his own doing, Ann is over it already, and Cid begins from nothing.
        await host.TrackAsync("ann", "Looked");
        await host.TrackAsync("bob", "Looked");
        await host.TrackAsync("cid", "Looked");
        await host.CrashAndStartAsync();
        await host.SettleAsync();
        Assert.Equal("asked:ann asked:bob up:bob", Sent());

        // Cid never was at the line: nobody but the two can fall.
        await host.AdvanceAsync(TimeSpan.FromDays(11), TimeSpan.FromHours(6));
        Assert.Equal("asked:ann asked:bob down:ann down:bob up:bob", Sent());

        // A crash between an attempt and its being noted repeats the attempt.
        string Sent() => string.Join(' ', host.Email.Attempts.DistinctBy(message => message.MessageId, StringComparer.Ordinal).Select(message => $"{message.Campaign}:{message.Address![..3]}").Order(StringComparer.Ordinal));
    }

    private static void Define(ServerHarness host)
    {
        host.Definitions.Write("traits.yaml", Traits);
        host.Definitions.Write("segments.yaml", Segments);
        host.Definitions.Write("scoring.yaml", Scoring);
    }

    /// <summary>Everything that can be said of every customer, where the two say otherwise.</summary>
    private static async Task<List<string>> DifferencesAsync(ServerHarness expected, ServerHarness actual)
    {
        var differences = new List<string>();
        string[] ids = [.. Enumerable.Range(0, 15).Select(number => $"user{number}"), .. Enumerable.Range(0, 30).Select(number => $"device{number}")];
        foreach (var id in ids)
        {
            var (was, now) = (await PictureAsync(expected, id), await PictureAsync(actual, id));
            if (was != now)
            {
                differences.Add($"{id}\n  {was}\n  {now}");
            }
        }

        foreach (var (name, total) in expected.Store.Recover().Counters.Where(counter => counter.Key.StartsWith("segment/", StringComparison.Ordinal) || counter.Key.StartsWith("customers/", StringComparison.Ordinal)))
        {
            if (actual.Counter(name) != total)
            {
                differences.Add($"{name}: {total}, {actual.Counter(name)}");
            }
        }

        return differences;
    }

    private static async Task<string> PictureAsync(ServerHarness host, string id)
    {
        if (await host.Server.Queries.CustomerAsync(id, default) is not { } customer)
        {
            return "unknown";
        }

        var traits = customer.ComputedTraits.Select(trait => $"{trait.Id}={(trait.Value is { } value ? JsonSerializer.Serialize(value) : "none")}{(trait.Collecting ? "?" : "")}");
        var scores = customer.Scores.Where(score => score.Id is "lead" or "steady").Select(score => $"{score.Id}={score.Value:F2} {score.Grade}{(score.Collecting ? "?" : "")}");
        return $"{customer.Key} {customer.Events.Total} {customer.Score:F2} {string.Join(' ', scores)} [{string.Join(' ', customer.Segments.Select(segment => segment.Id).Order(StringComparer.Ordinal))}] {string.Join(' ', traits)}";
    }

    /// <summary>Visitors who look, buy, sign up and become known, late and repeated events, and hours that pass.</summary>
    private static async Task LiveAsync(ServerHarness host, Random random, int rounds, Func<int, Task> before)
    {
        for (var round = 0; round < rounds; round++)
        {
            await before(round);
            using var batch = new RecordBatch();
            for (var index = 0; index < 25; index++)
            {
                var number = random.Next(30);
                var name = s_events[random.Next(s_events.Length)];
                var properties = $$"""{"price":{{random.Next(100)}},"total":{{random.Next(300)}},"category":"c{{random.Next(4)}}"}""";
                var device = $"device{number}";
                var id = random.Next(8) == 0 ? $"u{Math.Max(0, round - 1)}-{index}" : $"u{round}-{index}";
                var late = random.Next(4) == 0 ? random.Next(3 * 3_600_000) : random.Next(5_000);
                switch (random.Next(6))
                {
                    case 0:
                        ServerHarness.AddIdentify(batch, $"user{number / 2}", $$"""{"email":"user{{number / 2}}@example.com"}""", host.Time.Ms, $"i{round}-{index}", number % 3 == 0 ? device : "");
                        break;
                    case 1 or 2:
                        batch.AddTrack(CustomerKey.Anonymous(device), name, host.Time.Ms - late, id, properties);
                        break;
                    default:
                        batch.AddTrack(CustomerKey.User($"user{number / 2}"), name, host.Time.Ms - late, id, properties);
                        break;
                }
            }

            await host.AppendAsync(batch);
            await host.SettleAsync();
            await host.AdvanceAsync(TimeSpan.FromSeconds(random.Next(60, 2400)), TimeSpan.FromMinutes(20));
        }
    }
}
