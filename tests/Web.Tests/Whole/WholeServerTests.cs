using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Whole;

public sealed partial class WholeServerTests : IAsyncLifetime
{
    private WholeServer _server = null!;

    public async Task InitializeAsync() => _server = await WholeServer.StartNewAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task From_a_sign_up_to_a_mail_and_back_every_step_is_counted()
    {
        await SendAsync("""
            {"type":"identify","userId":"ann","anonymousId":"x","traits":{"email":"ann@example.com","name":"Ann"},"messageId":"1"},
            {"type":"track","userId":"ann","event":"Signed Up","messageId":"2"},
            {"type":"track","userId":"ann"}
            """);

        var mail = await UntilAsync(async () => (await GetAsync("/mailbox")).GetProperty("items").EnumerateArray().FirstOrDefault(), item => item.ValueKind == JsonValueKind.Object, "a mail in the local mailbox");
        Assert.Equal("Hello Ann", mail.GetProperty("subject").GetString());
        Assert.Contains("ann@example.com", mail.GetProperty("to").GetString(), StringComparison.Ordinal);
        var html = (await GetAsync("/mailbox/" + mail.GetProperty("messageId").GetString())).GetProperty("html").GetString()!;

        using var open = await _server.Site.GetAsync(PathOf(html, 'o'));
        using var click = await _server.Site.GetAsync(PathOf(html, 'c'));
        using var again = await _server.Site.GetAsync(PathOf(html, 'c'));
        using var ask = await _server.Site.GetAsync(PathOf(html, 'u'));
        using var leave = await _server.Site.PostAsync(PathOf(html, 'u'), new FormUrlEncodedContent(new Dictionary<string, string> { ["List-Unsubscribe"] = "One-Click" }));
        await SendAsync("""{"type":"track","userId":"ann","event":"Order Completed","properties":{"total":12.5},"messageId":"3"}""");

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Redirect, HttpStatusCode.OK, HttpStatusCode.OK], [open.StatusCode, click.StatusCode, ask.StatusCode, leave.StatusCode]);
        Assert.Equal("https://shop.example/start?a=1", click.Headers.Location?.AbsoluteUri);
        var counters = await UntilAsync(() => GetAsync("/campaigns/welcome/counters"), found => found.GetProperty("converted").GetInt64() == 1 && found.GetProperty("unsubscribed").GetInt64() == 1, "a conversion");
        Assert.Equal(
            (1L, 1L, 1L, 1L, 2L, 1L, 1250L),
            (Count(counters, "entered"), Count(counters, "sent"), Count(counters, "opened"), Count(counters, "clicked"), Count(counters, "clickedTotal"), Count(counters, "unsubscribed"), counters.GetProperty("revenue").GetProperty("USD").GetInt64()));
        var customer = await GetAsync("/customers/ann");
        Assert.Equal(["email"], customer.GetProperty("optedOut").EnumerateArray().Select(channel => channel.GetString()));
        Assert.Equal("buyers", Assert.Single(customer.GetProperty("segments").EnumerateArray()).GetProperty("id").GetString());
        var rejected = await UntilAsync(async () => (await GetAsync("/rejected")).GetProperty("items"), items => items.GetArrayLength() == 1, "the rejected event");
        Assert.Contains("\"event\"", rejected[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tracking_plan_refuses_one_event_flags_another_and_lets_both_be_looked_up()
    {
        await SendAsync("""
            {"type":"track","userId":"ann","event":"Survey Answered","properties":{"stars":"five"},"messageId":"1"},
            {"type":"track","userId":"ann","event":"Cart Saved","properties":{"items":2},"messageId":"2"},
            {"type":"track","userId":"ann","event":"Not Planned","messageId":"3"}
            """);
        await UntilTotalAsync(2);

        var rejected = await UntilAsync(async () => (await GetAsync("/rejected")).GetProperty("items"), items => items.GetArrayLength() == 1, "the rejected event");
        Assert.Equal("The tracking plan refuses this 'Survey Answered': stars: expected an integer, found the text 'five'.", rejected[0].GetProperty("reason").GetString());
        Assert.Equal(
            ["Cart Saved items the number 2", "Survey Answered stars the text 'five'"],
            (await GetAsync("/violations")).GetProperty("newest").EnumerateArray().Select(item => $"{item.GetProperty("event")} {item.GetProperty("path")} {item.GetProperty("found")}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_was_answered_is_there_once_after_a_restart()
    {
        const string batch = """{"type":"track","userId":"bob","event":"Order Completed","properties":{"total":1},"messageId":"m-1"},{"type":"page","anonymousId":"x","messageId":"m-2"}""";
        await SendAsync(batch);
        await SendAsync(batch);
        await UntilTotalAsync(2);
        await _server.StopAsync();
        await _server.StartAsync();
        await SendAsync(batch);
        await UntilAsync(() => GetAsync("/stats"), stats => stats.GetProperty("events").GetProperty("duplicates").GetInt64() == 4, "four duplicates");

        Assert.Equal(1, (await GetAsync("/customers/bob")).GetProperty("events").GetProperty("total").GetInt64());
        await UntilTotalAsync(2);
    }

    [Fact]
    public async Task An_import_sent_twice_changes_nothing_and_sends_nothing()
    {
        const string rows = """
            {"type":"identify","userId":"old","traits":{"email":"old@example.com"},"timestamp":"1998-01-01T00:00:00Z"}
            {"type":"track","userId":"old","event":"Signed Up","timestamp":"1998-01-01T00:00:00Z"}
            """;

        var first = await ImportAsync(rows);
        var second = await ImportAsync(rows);
        await UntilTotalAsync(2);

        Assert.Equal((2, false, 2L), (first.GetProperty("accepted").GetInt32(), first.GetProperty("alreadyImported").GetBoolean(), first.GetProperty("nextRow").GetInt64()));
        Assert.Equal((0, true, 2L), (second.GetProperty("accepted").GetInt32(), second.GetProperty("alreadyImported").GetBoolean(), second.GetProperty("nextRow").GetInt64()));
        Assert.Equal(0, Count(await GetAsync("/campaigns/welcome/counters"), "entered"));
        Assert.Empty((await GetAsync("/messages")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task An_import_whose_rows_are_all_bad_goes_on_behind_them()
    {
        var first = await ImportAsync("not json\n{}");

        Assert.Equal((0, 2L), (first.GetProperty("accepted").GetInt32(), first.GetProperty("nextRow").GetInt64()));
    }

    private async Task<JsonElement> ImportAsync(string rows)
    {
        using var answer = await _server.Manager.PostAsync("/api/v1/import?hash=0123456789abcdef&name=old.ndjson&row=0", new StringContent(rows));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task SendAsync(string events)
    {
        using var answer = await _server.Site.PostAsync("/v1/batch", WebHost.Json($$"""{"writeKey":"shop-web","batch":[{{events}}]}"""));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private Task UntilTotalAsync(long total)
        => UntilAsync(() => GetAsync("/stats"), stats => stats.GetProperty("events").GetProperty("total").GetInt64() == total, $"{total} events in all");

    private Task<JsonElement> GetAsync(string path) => _server.Manager.GetFromJsonAsync<JsonElement>("/api/v1" + path);

    private static async Task<JsonElement> UntilAsync(Func<Task<JsonElement>> read, Func<JsonElement, bool> condition, string what)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var found = await read();
            if (condition(found))
            {
                return found;
            }

            Assert.False(patience.IsCancellationRequested, $"Waited 20 s for {what}; the last answer was {found}.");
            await Task.Delay(10);
        }
    }

    private static long Count(JsonElement counters, string name) => counters.GetProperty(name).GetInt64();

    private static string PathOf(string html, char kind) => Links().Matches(html).Select(match => match.Value).First(path => path[1] == kind);

    [GeneratedRegex("/[ocu]/[A-Za-z0-9_-]+", RegexOptions.None, 1000)]
    private static partial Regex Links();
}
