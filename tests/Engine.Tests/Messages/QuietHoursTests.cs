using Triggers.Engine.Definitions;
using Triggers.Engine.Explanations;
using Triggers.Engine.Messages;
using Triggers.Engine.Records;
using Triggers.Engine.Tests.Customers;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Messages;

public sealed class QuietHoursTests
{
    private static readonly CampaignDefinition s_campaign = new()
    {
        Id = "c",
        ContentHash = "c",
        Trigger = new TriggerDefinition(TriggerKind.Event, "Go"),
        Steps = [new SendStep("1", "email", "a", null, null), new SendStep("2", "webhook", "b", null, "https://example.com")],
    };

    [Theory]
    [InlineData("21:00", "08:00", "Europe/Berlin", "2026-07-01T22:30:00Z", "2026-07-02T06:00:00Z")]
    [InlineData("21:00", "08:00", "Europe/Berlin", "2026-07-02T02:00:00Z", "2026-07-02T06:00:00Z")]
    [InlineData("21:00", "08:00", "Europe/Berlin", "2026-07-02T06:00:00Z", null)]
    [InlineData("21:00", "08:00", "Europe/Berlin", "2026-07-02T18:59:59.999Z", null)]
    [InlineData("21:00", "08:00", "Europe/Berlin", "2026-07-02T19:00:00Z", "2026-07-03T06:00:00Z")]
    [InlineData("12:00", "14:30", "America/New_York", "2026-01-05T18:00:00Z", "2026-01-05T19:30:00Z")]
    [InlineData("22:00", "02:30", "Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("22:00", "02:30", "Europe/Berlin", "2026-10-25T00:15:00Z", "2026-10-25T01:30:00Z")]
    [InlineData("22:00", "02:30", "Europe/Berlin", "2026-10-25T01:15:00Z", "2026-10-25T01:30:00Z")]
    public void They_end_when_the_clock_of_the_place_says_so(string from, string until, string zone, string at, string? over)
    {
        var hours = new QuietHours(Minutes(from), Minutes(until));

        var isQuiet = Quiet.IsWithin(hours, NodaTime.DateTimeZoneProviders.Tzdb[zone], DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(), out var end);

        Assert.Equal(over, isQuiet ? DateTimeOffset.FromUnixTimeMilliseconds(end).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture) : null);
    }

    [Fact]
    public void A_message_waits_for_their_end_in_the_customers_own_zone_and_leaves_at_that_second()
    {
        // The world begins at 10:00 UTC: 11:00 in Berlin, 19:00 in Tokyo.
        var world = new World(Quietly(18, 7, s_campaign));
        world.Identify("u:berlin", """{"email":"b@example.com","timezone":"Europe/Berlin"}""").Identify("u:tokyo", """{"email":"t@example.com","timezone":"Asia/Tokyo"}""");

        world.Track("u:berlin", "Go").Track("u:tokyo", "Go");

        Assert.Equal("a b", world.Templates);
        Assert.Equal(1, world["campaign/c/active"]);
        var reason = Explainer.Campaign(world.Of("u:tokyo"), world.Facts, "c", world.Now)!;
        Assert.Contains("quiet hours", System.Text.Json.JsonSerializer.Serialize(reason), StringComparison.Ordinal);
        world.RunTo(Start + Day);
        Assert.Equal("a b a b", world.Templates);
        Assert.Equal(Start + (12 * Hour), world.Messages[2].DecidedAt);
        Assert.Equal(2, world["campaign/c/completed"]);
    }

    [Fact]
    public void A_campaign_may_ignore_them_and_what_stops_a_message_is_looked_at_when_they_are_over()
    {
        var receipts = s_campaign with { Id = "r", ContentHash = "r", IgnoresQuietHours = true };
        var world = new World(Quietly(9, 12, s_campaign, receipts));
        world.Identify("u:1", """{"email":"a@example.com"}""").Track("u:1", "Go");
        Assert.Equal("a b", world.Templates);

        world.Command("u:1", CommandKind.Unsubscribe, "email").RunTo(Start + Day);

        Assert.Equal("a b b", world.Templates);
        Assert.Equal((1, 2), (world["campaign/c/skipped/opted out"], world["campaign/c/completed"] + world["campaign/r/completed"]));
    }

    [Theory]
    [InlineData("quietHours: { from: '25:00', until: '08:00' }", "Expected a time of day such as 21:30")]
    [InlineData("quietHours: { from: '08:00', until: '08:00' }", "write two different times")]
    [InlineData("quietHours: { from: '08:00' }", "until")]
    public void Times_that_are_none_are_refused(string yaml, string says) =>
        Assert.Contains(says, string.Join('\n', DefinitionLoader.Load([new DefinitionFile("sending.yaml", yaml)]).Errors), StringComparison.Ordinal);

    private static DefinitionSet Quietly(int from, int until, params CampaignDefinition[] campaigns)
    {
        var definitions = Define(campaigns: campaigns);
        return definitions with { Sending = definitions.Sending with { QuietHours = new QuietHours(from * 60, until * 60) } };
    }

    private static int Minutes(string time) => (int)TimeOnly.Parse(time, System.Globalization.CultureInfo.InvariantCulture).ToTimeSpan().TotalMinutes;
}
