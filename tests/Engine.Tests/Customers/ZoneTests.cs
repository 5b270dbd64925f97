using FsCheck;
using FsCheck.Fluent;
using Triggers.Engine.Definitions;
using Triggers.Engine.Tests.Segments;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Customers;

/// <summary>Whose day it is: time zones from the trait, from what SDKs send along, and from the settings.</summary>
public sealed class ZoneTests
{
    private static readonly string?[] s_zones = [null, "America/New_York", "Pacific/Kiritimati", null, "Asia/Kolkata", "Nowhere/City", "Pacific/Pago_Pago", "UTC", "Europe/Berlin"];

    private static readonly DefinitionSet s_definitions = Define(new[]
    {
        "count days('View') >= 3", "count days('View', within 2d) >= 2", "count days('Order', within 3d) = 2", "count days('View', where properties.v > 3, within 50h) between 1 and 2", "count days('Order') > count days('View', within 4d)",
        "anniversary(traits.birthday) in 0d", "anniversary(traits.birthday) within next 3d", "traits.renewal within next 2d", "traits.renewal before '2026-01-08'", "traits.renewal after '2026-01-06T12:00'", "not traits.renewal older than 1d",
    }.Select((text, index) => ($"s{index}", text))) with { Sending = new SendingDefinition { TimeZone = "Asia/Tokyo" } };

    private static Gen<int[]> Steps => Gen.Choose(0, 1_000_000_000).ArrayOf();

    [Fact]
    public void Days_and_dates_are_those_of_the_place_however_late_and_often_events_come() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(40).WithReplay(20_260_309, 21), Prop.ForAll(Arb.From(Steps), steps => Live(steps, mergeAt: int.MaxValue)));

    [Fact]
    public void A_device_merged_in_between_keeps_its_days_and_brings_its_time_zone() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(40).WithReplay(20_260_310, 23), Prop.ForAll(Arb.From(Steps), steps => Live(steps, mergeAt: steps.Length / 2)));

    [Fact]
    public void Two_evenings_in_New_York_are_two_days_though_they_are_three_of_UTC()
    {
        var world = new World(Define([("two", "count days('View') = 2"), ("three", "count days('View') = 3")]));

        // 13:00 and 22:30 of the 5th, 9:00 and then 20:00 of the 6th in New York; PHP writes a slash with a backslash.
        foreach (var key in new[] { "u:there", "u:utc" })
        {
            foreach (var at in new[] { Start + (8 * Hour), Start + (17 * Hour) + (30 * Minute), Start + (28 * Hour) })
            {
                world.Now = Math.Max(world.Now, at);
                world.TrackFrom(key, "View", key == "u:there" ? """{"library":{"timezone":"Asia/Tokyo"},"timezone":"America\/New_York"}""" : "{}", at: at);
            }
        }

        Assert.True(world.Of("u:there").IsIn("two"));
        Assert.True(world.Of("u:utc").IsIn("two"));
        world.Wait(11 * Hour).Track("u:utc", "View").Track("u:there", "View");
        Assert.True(world.Of("u:utc").IsIn("three"));
        Assert.True(RoundTrip(world.Of("u:there")).IsIn("two"));
    }

    [Fact]
    public void Another_time_zone_moves_dates_at_once_and_leaves_the_days_that_were_counted()
    {
        var world = new World(Define([("today", "anniversary(traits.birthday) in 0d"), ("days", "count days('View') = 2")]));
        world.Identify("u:1", """{"birthday":"1990-01-06"}""").TrackFrom("u:1", "View", "{}").Wait(Minute);
        Assert.False(world.Of("u:1").IsIn("today"));

        world.TrackFrom("u:1", "View", """{"timezone":"Pacific/Kiritimati"}""");
        Assert.True(world.Of("u:1").IsIn("today"));
        Assert.True(world.Of("u:1").IsIn("days"));

        // A late one names an older place, one that nobody knows, none; then the person says so.
        world.Wait(Minute).TrackFrom("u:1", "Click", """{"timezone":"America/New_York"}""", at: Start - Hour).TrackFrom("u:1", "Click", """{"timezone":"Mars/Base"}""").TrackFrom("u:1", "Click", """{"timezone":7}""");
        Assert.True(world.Of("u:1").IsIn("today"));
        world.Identify("u:1", """{"timezone":"America/New_York"}""");
        Assert.False(world.Of("u:1").IsIn("today"));
        Assert.True(world.Of("u:1").IsIn("days"));
    }

    [Fact]
    public void Nothing_is_kept_of_time_zones_that_no_condition_asks_for()
    {
        var (with, without) = (new World(Define([("s", "count('View') > 3")])), new World(Define([("s", "count('View') > 3")])));

        Assert.Equal(BytesOf(without.TrackFrom("u:1", "View", "{}").Of("u:1")), BytesOf(with.TrackFrom("u:1", "View", """{"timezone":"Asia/Tokyo"}""").Of("u:1")));
    }

    private static void Live(int[] steps, int mergeAt)
    {
        var (world, naive) = (new World(s_definitions) { RoundTrips = true }, new Naive(s_definitions));
        for (var i = 0; i < steps.Length; i++)
        {
            Recount.RunTo(world, naive, world.Now + ((steps[i] % 5) switch { 0 => 0, 1 => Hour, 2 => 9 * Hour, 3 => 20 * Hour, _ => 12_345_678 }));
            var step = steps[i] / 5;
            var zone = s_zones[step % s_zones.Length];
            step /= s_zones.Length;
            if (i == mergeAt)
            {
                world.Track("u:1", "Login", device: "d");
                Recount.Move(naive);
            }

            if (step % 6 == 0)
            {
                var json = $$"""{"birthday":"1990-01-{{(step / 6 % 5) + 5:00}}","renewal":"2026-01-{{(step / 30 % 4) + 5:00}}T{{step / 120 % 24:00}}:30","timezone":{{(zone is null ? "null" : $"\"{zone}\"")}}}""";
                world.Identify("u:1", json);
                naive.SetTraits("u:1", json);
            }
            else
            {
                Track(world, naive, step / 6, zone, i < mergeAt && step % 2 == 0 ? "a:d" : "u:1");
            }

            Recount.AssertEqual(world, naive);
        }

        Recount.RunTo(world, naive, world.Now + (5 * Day));
    }

    private static void Track(World world, Naive naive, int step, string? zone, string key)
    {
        var (name, late) = (step % 2 == 0 ? "View" : "Order", (step / 2 % 3) switch { 0 => step / 6 % 200_000_000, 1 => step / 6 % 5 * 7 * Hour, _ => 0 });
        var (properties, messageId) = ($$"""{"v":{{step % 7}}}""", step % 5 == 0 ? $"m{step / 5 % 4}{key}" : "");
        var isNew = messageId.Length == 0 || !naive.Events(key).Any(item => item.MessageId == messageId && item.Seen > world.Now - Day);
        world.TrackFrom(key, name, zone is null ? """{"ip":"1.2.3.4"}""" : $$"""{"library":{"timezone":"UTC"},"timezone":"{{zone}}"}""", properties, messageId, world.Now - late);
        if (isNew)
        {
            naive.Events(key).Add(NaiveEvent.Of(name, world.Now - late, properties, messageId) with { Seen = world.Now, Zone = zone });
            var events = naive.Events(key);
            events[^1] = events[^1] with { DayZone = Naive.IsZone(zone) ? zone! : naive.Zone(key) ?? s_definitions.Sending.TimeZone };
        }
    }
}
