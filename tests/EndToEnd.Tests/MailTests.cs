using System.Text.RegularExpressions;
using Triggers.EndToEnd.Tests.Harness;

namespace Triggers.EndToEnd.Tests;

public sealed partial class MailTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly SmtpServer _smtp = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _smtp.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_event_becomes_a_customer_a_mail_and_counters()
    {
        await using var program = await ServeAsync();
        using var site = program.Site();
        using var api = program.Client();

        await site.IdentifyAsync("ada", "ada@example.com", "Ada Löve");
        await site.TrackAsync("ada", "Signed Up");
        await Wait.UntilAsync("the welcome mail is at the SMTP server", () => _smtp.To("ada@example.com").Count == 1, () => program.Output);

        var mail = _smtp.To("ada@example.com")[0];
        Assert.Contains("List-Unsubscribe=One-Click", mail.Header("List-Unsubscribe-Post") ?? "", StringComparison.Ordinal);
        Assert.NotNull(mail.Header("Message-ID"));
        await Wait.UntilAsync("the campaign counts it", async () => (await api.GetJsonAsync("/api/v1/campaigns/welcome/counters")).Number("sent") == 1);
        var customer = await api.CustomerAsync("ada");
        Assert.Equal("ada@example.com", customer!.Value.GetProperty("email").GetString());
        Assert.Equal(2, customer.Value.Number("events.total"));
    }

    [Fact]
    public async Task A_wait_ends_on_time_and_an_order_meanwhile_takes_the_customer_out()
    {
        await using var program = await ServeAsync();
        using var site = program.Site();
        foreach (var user in new[] { "buyer", "leaver" })
        {
            await site.IdentifyAsync(user, $"{user}@example.com");
            await site.TrackAsync(user, "Product Added");
        }

        await site.TrackAsync("buyer", "Order Completed");
        await Wait.UntilAsync("the reminder is at the SMTP server", () => _smtp.To("leaver@example.com").Count == 1, () => program.Output);

        using var api = program.Client();
        await api.WaitAppliedAsync();
        Assert.Empty(_smtp.To("buyer@example.com"));
    }

    [Fact]
    public async Task Mail_waits_while_the_server_is_down_and_goes_out_once_and_not_to_who_unsubscribed_meanwhile()
    {
        await _smtp.DownAsync();
        await using var program = await ServeAsync();
        using var site = program.Site();
        using var api = program.Client();
        foreach (var user in new[] { "stays", "leaves" })
        {
            await site.IdentifyAsync(user, $"{user}@example.com");
            await site.TrackAsync(user, "Signed Up");
        }

        await Wait.UntilAsync("both mails were tried", async () =>
            (await api.GetJsonAsync("/api/v1/messages")).GetProperty("items").EnumerateArray().Count(message => message.Number("attempts") > 0) == 2, () => program.Output);
        using (var suppressed = await api.PostAsync("/api/v1/customers/leaves/suppress", null))
        {
            suppressed.EnsureSuccessStatusCode();
        }

        await api.WaitAppliedAsync();
        _smtp.Up();
        await Wait.UntilAsync("the mail is at the SMTP server", () => _smtp.To("stays@example.com").Count > 0, () => program.Output);
        await Wait.UntilAsync("both messages are done", async () => (await api.GetJsonAsync("/api/v1/stats")).Number("messages.queued") == 0, () => program.Output);
        await api.WaitAppliedAsync();

        Assert.Single(_smtp.To("stays@example.com"));
        Assert.Empty(_smtp.To("leaves@example.com"));
        var counters = await api.GetJsonAsync("/api/v1/campaigns/welcome/counters");
        Assert.Equal(1, counters.Number("sent"));
        Assert.Equal(1, counters.GetProperty("skipped").EnumerateObject().Sum(reason => reason.Value.GetInt64()));
    }

    [Fact]
    public async Task Opening_an_unsubscribe_link_changes_nothing_and_posting_to_it_stops_mail()
    {
        await using var program = await ServeAsync();
        using var site = program.Site();
        using var api = program.Client();
        await site.IdentifyAsync("ada", "ada@example.com");
        await site.TrackAsync("ada", "Signed Up");
        await Wait.UntilAsync("the welcome mail is at the SMTP server", () => _smtp.To("ada@example.com").Count == 1, () => program.Output);
        var link = UnsubscribeLink().Match(_smtp.Mails[0].Header("List-Unsubscribe")!).Groups[1].Value;

        using var receiver = new HttpClient();
        using (var opened = await receiver.GetAsync(link))
        {
            opened.EnsureSuccessStatusCode();
        }

        Assert.Empty(await OptedOutAsync(api));
        using (var form = new FormUrlEncodedContent([new KeyValuePair<string, string>("List-Unsubscribe", "One-Click")]))
        using (var posted = await receiver.PostAsync(link, form))
        {
            posted.EnsureSuccessStatusCode();
        }

        await Wait.UntilAsync("the customer is opted out", async () => (await OptedOutAsync(api)).Contains("email"));
    }

    private static async Task<IReadOnlyList<string>> OptedOutAsync(HttpClient api) =>
        [.. (await api.CustomerAsync("ada"))!.Value.GetProperty("optedOut").EnumerateArray().Select(channel => channel.GetString()!)];

    private Task<TriggersProgram> ServeAsync() => TriggersProgram.ServeAsync(_folder.Data, TestDefinitions.Write(_folder), environment: _smtp.Configuration);

    [GeneratedRegex("<(http[^>]+)>")]
    private static partial Regex UnsubscribeLink();
}
