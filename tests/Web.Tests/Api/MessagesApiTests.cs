using System.Text.Json;
using Triggers.Storage;

namespace Triggers.Web.Tests.Api;

/// <summary>Messages, the local mailbox and rejected events.</summary>
public sealed class MessagesApiTests : ApiTestBase
{
    [Fact]
    public async Task Messages_page_by_what_came_before()
    {
        Host.Store.Rows.AddRange(Enumerable.Range(1, 5).Select(number => new MessageRow(
            number, $"m{number}", "u:ann", number % 2 == 0 ? "other" : "welcome", 1, "0", "email", "hello", "ann@example.com",
            number == 5 ? MessageStatus.Failed : MessageStatus.Sent, number == 5 ? "550 no such user" : "", 1, 1_000, number == 1 ? 0 : 2_000)));

        var first = await GetAsync("/messages?limit=2&campaign=welcome&customer=ann");
        var second = await GetAsync("/messages?limit=2&campaign=welcome&customer=ann&before=" + first.GetProperty("next").GetString());
        var full = await GetAsync("/messages?limit=3&campaign=welcome&customer=ann");
        var dead = await GetAsync("/dead-letters");

        Assert.Equal((3, JsonValueKind.Null), (Ids(full).Count(), full.GetProperty("next").ValueKind));
        Assert.Equal(["m5", "m3"], Ids(first));
        Assert.Equal(["m1"], Ids(second));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
        Assert.Equal("550 no such user", Assert.Single(dead.GetProperty("items").EnumerateArray()).GetProperty("reason").GetString());
        var shown = second.GetProperty("items")[0];
        Assert.Equal(("ann", "sent", JsonValueKind.Null), (shown.GetProperty("customer").GetString(), shown.GetProperty("status").GetString(), shown.GetProperty("closedAt").ValueKind));
    }

    [Fact]
    public async Task The_mailbox_lists_mails_without_content_and_shows_one_whole()
    {
        Host.Store.Mails.Add(new MailboxItem(1, "m1", "shop@example.com", "ann@example.com", "Hello", "<p>Hello</p>", "Hello", "X: y", "welcome", "u:ann", 1_000, false));

        var list = await GetAsync("/mailbox");
        var mail = await GetAsync("/mailbox/m1");

        Assert.Equal("Hello", list.GetProperty("items")[0].GetProperty("subject").GetString());
        Assert.False(list.GetProperty("items")[0].TryGetProperty("html", out _));
        Assert.Equal("<p>Hello</p>", mail.GetProperty("html").GetString());
    }

    [Fact]
    public async Task Rejected_events_say_why()
    {
        Host.Store.RejectedRows.Add(new RejectedEvent(9, 1_000, "shop-web", "no id", "{}"));

        var row = (await GetAsync("/rejected")).GetProperty("items")[0];

        Assert.Equal(("shop-web", "no id", "1970-01-01T00:00:01+00:00"), (row.GetProperty("source").GetString(), row.GetProperty("reason").GetString(), row.GetProperty("at").GetString()));
    }

    private static IEnumerable<string?> Ids(JsonElement list) => list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString());
}
