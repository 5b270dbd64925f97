using FsCheck;
using FsCheck.Fluent;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Customers;

/// <summary>Dates of a person against the calendar: right at every second at which one of them changes, and at the second before.</summary>
public sealed class DateTests
{
    private static readonly string[] s_dates =
    [
        "\"2026-01-06\"", "\"2024-02-29\"", "\"1990-02-29\"", "\"1990-03-29\"", "\"1988-10-25\"", "\"02-29\"", "\"--12-31\"", "\"2026-01-05T10:00:30Z\"", "\"2026-03-29T02:30\"",
        "\"2026-10-25T02:30:00\"", "\"2025-12-31T23:30:00-05:00\"", "\"2026-01-05 10:00:00.250\"", "1767607200500", "\"soon\"", "\"2027-01-05\"", "null", "[\"2026-01-07\",\"2026-02-01\",5]", "\"1999-01-08T01:00:00+14:00\"",
    ];

    private static readonly string[] s_zones = ["\"America/New_York\"", "\"Europe/Berlin\"", "\"Pacific/Kiritimati\"", "\"Asia/Kolkata\"", "\"Nowhere/City\"", "null", "\"UTC\"", "\"America/Sao_Paulo\""];

    private static readonly string[] s_conditions =
    [
        "traits.a within next 7d", "traits.a within last 30d", "traits.a older than 1d6h", "traits.a before now", "traits.a after now", "not traits.a within next 90d", "any(traits.a) within next 3d",
        "traits.a before '2026-01-06'", "traits.a after '2026-01-05'", "traits.a after '2026-01-05T10:00:30Z'", "traits.a before traits.b", "traits.a after traits.b",
        "anniversary(traits.a) in 3d", "anniversary(traits.a) in 0d", "anniversary(traits.a) within next 10d", "anniversary(traits.a) within next 364d", "anniversary(traits.a) in 364d",
    ];

    [Fact]
    public void Every_condition_on_dates_is_right_at_every_second()
    {
        var definitions = Define(s_conditions.Select((text, index) => ($"s{index}", text))) with { Sending = new SendingDefinition { TimeZone = "Asia/Tokyo" } };
        var cases = Gen.Choose(0, 1_000_000_000).ArrayOf(3);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(150).WithReplay(20_260_302, 7), Prop.ForAll(Arb.From(cases), numbers =>
        {
            var (world, naive) = (new World(definitions) { RoundTrips = true }, new Naive(definitions));
            foreach (var number in numbers)
            {
                var json = $$"""{"a":{{s_dates[number % s_dates.Length]}},"b":{{s_dates[number / 20 % s_dates.Length]}},"timezone":{{s_zones[number / 400 % s_zones.Length]}}}""";
                world.Identify("u:1", json);
                naive.SetTraits("u:1", json);
                AssertEqual(world, naive, definitions, world.Now, json);
                var until = world.Now + (number % 7 * 61 * Day) + (number % 90_000_000);
                for (var steps = 0; world.Of("u:1").Due <= until; steps++)
                {
                    Assert.True(steps < 100, $"{json} wakes too often");
                    AssertEqual(world, naive, definitions, world.Of("u:1").Due - 1, json);
                    world.RunTo(world.Of("u:1").Due);
                    AssertEqual(world, naive, definitions, world.Now, json);
                }

                world.RunTo(until);
                AssertEqual(world, naive, definitions, world.Now, json);
            }
        }));
    }

    [Theory]
    [InlineData("\"9999-12-31\"")]
    [InlineData("\"9999-12-31T23:59:59\"")]
    [InlineData("\"9999-12-31T23:59:59Z\"")]
    [InlineData("\"9999-12-31T23:59:59.999-18:00\"")]
    [InlineData("253402300799999")]
    [InlineData("\"0001-01-01\"")]
    [InlineData("\"0001-01-01T00:00:00+18:00\"")]
    [InlineData("-62135596800000")]
    public void A_date_at_the_end_of_the_calendar_is_one_like_others(string date)
    {
        var definitions = Define(s_conditions.Append("traits.b after traits.a").Select((text, index) => ($"s{index}", text))) with { Sending = new SendingDefinition { TimeZone = "Asia/Tokyo" } };
        foreach (var zone in s_zones)
        {
            var world = new World(definitions);
            world.Identify("u:1", $$"""{"a":{{date}},"b":"2026-01-05","timezone":{{zone}}}""").Wait(Day).Timer("u:1");

            var isAhead = date.Contains("9999", StringComparison.Ordinal) || date.StartsWith("2534", StringComparison.Ordinal);
            Assert.Equal((isAhead, !isAhead), (world.Of("u:1").IsIn("s4"), world.Of("u:1").IsIn("s3")));
            Assert.Equal((isAhead, !isAhead), (world.Of("u:1").IsIn("s11"), world.Of("u:1").IsIn($"s{s_conditions.Length}")));
        }
    }

    [Fact]
    public void A_birthday_on_29_February_is_on_the_28th_in_other_years_and_begins_at_midnight_where_the_customer_is()
    {
        var world = new World(Define([("soon", "anniversary(traits.birthday) in 3d"), ("today", "anniversary(traits.birthday) in 0d")]));

        world.Identify("u:1", """{"birthday":"1992-02-29","timezone":"America/New_York"}""");

        // Midnight of 25 February in New York.
        world.RunTo(1_771_995_600_000 - 1);
        Assert.False(world.Of("u:1").IsIn("soon"));
        world.RunTo(1_771_995_600_000);
        Assert.True(world.Of("u:1").IsIn("soon"));
        world.RunTo(1_771_995_600_000 + (3 * Day) - 1);
        Assert.False(world.Of("u:1").IsIn("today"));
        world.RunTo(1_771_995_600_000 + (3 * Day));
        Assert.True(world.Of("u:1").IsIn("today"));
        world.RunTo(1_771_995_600_000 + (4 * Day));
        Assert.False(world.Of("u:1").IsIn("today"));
    }

    [Fact]
    public void Another_default_time_zone_asks_again_whoever_has_none()
    {
        var definitions = Define([("today", "anniversary(traits.birthday) in 0d"), ("other", "traits.birthday = 1")]);
        var world = new World(definitions);
        world.Identify("u:1", """{"birthday":"1992-01-05"}""");
        Assert.True(world.Of("u:1").IsIn("today"));

        world.Activate(definitions with { Sending = new SendingDefinition { TimeZone = "Pacific/Kiritimati" } });
        world.Wait(Second).Timer("u:1");

        Assert.False(world.Of("u:1").IsIn("today"));
    }

    [Fact]
    public void A_condition_on_a_date_ends_a_run_through_a_campaign_at_its_second()
    {
        var campaign = new CampaignDefinition
        {
            Id = "c",
            ContentHash = "c",
            Trigger = new TriggerDefinition(TriggerKind.Event, "Go", Parse("properties.until after now", ExpressionScope.Event)),
            Exit = Parse("traits.renewal within next 1h", ExpressionScope.Campaign),
            Steps = [new WaitStep("1", Day)],
        };
        var world = new World(Define(campaigns: campaign));

        world.Identify("u:1", $$"""{"renewal":{{Start + (2 * Hour) + 500}}}""").Track("u:1", "Go", """{"until":"2026-01-05T09:59Z"}""");
        Assert.Equal(0, world["campaign/c/entered"]);
        world.Track("u:1", "Go", """{"until":"2026-01-05T10:01Z"}""").RunTo(Start + Hour);

        Assert.Equal((1, 0), (world["campaign/c/entered"], world["campaign/c/exited"]));
        world.RunTo(Start + Hour + Second);
        Assert.Equal(1, world["campaign/c/exited"]);
    }

    private static void AssertEqual(World world, Naive naive, DefinitionSet definitions, long now, string json)
    {
        foreach (var segment in definitions.Segments)
        {
            var expected = naive.Holds("u:1", segment.Condition, now);
            Assert.True(expected == world.Of("u:1").IsIn(segment.Id), $"{Canonical.Of(segment.Condition)} of {json} at {now}: {!expected}");
        }
    }
}
