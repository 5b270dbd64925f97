using System.Net.Http.Json;
using System.Text.Json;
using Triggers.Engine.Definitions;
using Triggers.Storage;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Quality;

/// <summary>What the quality report says of events that came in.</summary>
public sealed class QualityTests : IAsyncLifetime
{
    private WebHost _host = null!;

    public async Task InitializeAsync() => _host = await WebHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Events_are_counted_by_name_with_what_they_lack()
    {
        await SendAsync("""
            {"type":"track","userId":"ann","event":"Paid","messageId":"1"},
            {"type":"track","anonymousId":"x","event":"Paid","messageId":"2"},
            {"type":"track","anonymousId":"x","event":"Paid","properties":{"a":1}},
            {"type":"page","userId":"ann","name":"Home","messageId":"3"},
            {"type":"track","userId":"ann"}
            """);

        Assert.Equal("3 2 1 0 0 0", Counts(await NameAsync("Paid"), "total"));
        Assert.Equal("1 0 0 0 0 0", Counts(await NameAsync("page"), "total"));
    }

    [Fact]
    public async Task The_last_day_is_told_apart_from_the_total()
    {
        await SendAsync("""{"type":"track","userId":"ann","event":"Paid"}""");
        _host.Time.Advance(TimeSpan.FromHours(23));
        await SendAsync("""{"type":"track","userId":"bob","event":"Paid"}""");
        Assert.Equal("2 0 2 0 0 0", Counts(await NameAsync("Paid"), "lastDay"));
        _host.Time.Advance(TimeSpan.FromHours(2));

        var paid = await NameAsync("Paid");
        Assert.Equal("1 0 1 0 0 0", Counts(paid, "lastDay"));
        Assert.Equal("2 0 2 0 0 0", Counts(paid, "total"));
    }

    [Fact]
    public async Task A_wrong_clock_is_told_by_sentAt_or_by_a_time_in_the_future()
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(_host.Time.Now);
        await SendAsync($$"""
            {"type":"track","userId":"a","event":"Paid","sentAt":"{{now.AddMinutes(-6):O}}","timestamp":"{{now.AddMinutes(-6):O}}"},
            {"type":"track","userId":"b","event":"Paid","sentAt":"{{now.AddMinutes(4):O}}"},
            {"type":"track","userId":"c","event":"Paid","timestamp":"{{now.AddMinutes(6):O}}"},
            {"type":"track","userId":"d","event":"Paid","timestamp":"{{now.AddDays(-6):O}}"}
            """);

        Assert.Equal(2, (await NameAsync("Paid")).GetProperty("total").GetProperty("clockSkew").GetInt64());
    }

    [Fact]
    public async Task The_same_content_within_seconds_under_another_messageId_is_a_likely_duplicate()
    {
        const string paid = """{"type":"track","userId":"ann","event":"Paid","properties":{"a":1},"messageId":"1"}""";
        await SendAsync(paid);
        await SendAsync(paid);
        await SendAsync("""{"type":"track","userId":"ann","event":"Paid","properties":{"a":2},"messageId":"2"},{"type":"track","userId":"bob","event":"Paid","properties":{"a":1},"messageId":"3"}""");
        Assert.Equal(0, await DuplicatesAsync());

        await SendAsync("""{"type":"track","userId":"ann","event":"Paid","properties":{"a":1},"messageId":"4"}""");
        Assert.Equal(1, await DuplicatesAsync());
        _host.Time.Advance(TimeSpan.FromSeconds(Limits.RepeatWithinSeconds + 1));
        await SendAsync("""{"type":"track","userId":"ann","event":"Paid","properties":{"a":1},"messageId":"5"}""");
        Assert.Equal(1, await DuplicatesAsync());
    }

    [Fact]
    public async Task Properties_that_come_with_several_types_are_told_with_how_often()
    {
        await SendAsync("""
            {"type":"track","userId":"a","event":"Paid","properties":{"total":1,"sku":"x","note":null}},
            {"type":"track","userId":"b","event":"Paid","properties":{"total":"1","sku":"y","note":"n"}},
            {"type":"track","userId":"c","event":"Paid","properties":{"total":2,"inner":{"total":[]}}}
            """);

        var conflict = Assert.Single((await NameAsync("Paid")).GetProperty("typeConflicts").EnumerateArray());
        Assert.Equal("""total {"string":1,"number":2}""", $"{conflict.GetProperty("property")} {conflict.GetProperty("types")}");
    }

    [Fact]
    public async Task A_name_that_is_new_or_close_to_a_known_one_is_told()
    {
        await SendAsync(string.Join(',', Enumerable.Range(0, 20).Select(i => $$"""{"type":"track","userId":"u{{i}}","event":"Product Viewed"}""")));
        _host.Time.Advance(TimeSpan.FromHours(2));
        await SendAsync("""{"type":"track","userId":"ann","event":"Product Veiwed"}""");

        var (known, misspelt) = (await NameAsync("Product Viewed"), await NameAsync("Product Veiwed"));
        Assert.Equal((false, true), (known.GetProperty("isNew").GetBoolean(), misspelt.GetProperty("isNew").GetBoolean()));
        Assert.Empty(known.GetProperty("like").EnumerateArray());
        Assert.Equal("Product Viewed", Assert.Single(misspelt.GetProperty("like").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task Events_that_are_not_as_planned_are_counted_by_event_and_those_refused_too()
    {
        _host.Definitions.Current = _host.Definitions.Current with
        {
            Plan = new TrackingPlan { Events = [new PlannedEvent("Paid", "", PlanAction.Reject, false, [new PlannedProperty("a", "", PropertyType.Number, true, [], null, null, null), new PlannedProperty("b", "", PropertyType.Number, true, [], null, null, null)])] },
        };
        await SendAsync("""{"type":"track","userId":"a","event":"Paid"},{"type":"track","userId":"b","event":"Paid","properties":{"a":1,"b":2}}""");

        var paid = await NameAsync("Paid");
        Assert.Equal("2 0 2 0 1 0", Counts(paid, "total"));
        Assert.True(paid.GetProperty("isPlanned").GetBoolean());
    }

    [Fact]
    public async Task History_and_what_was_not_taken_in_are_not_counted()
    {
        await _host.SendEventAsync("/v1/import", """{"writeKey":"shop-web-key","batch":[{"type":"track","userId":"ann","event":"Paid"}]}""");
        _host.Ingest.Answer = new AppendResult(AppendStatus.Busy, 0, TimeSpan.FromSeconds(1), "full");
        await SendAsync("""{"type":"track","userId":"ann","event":"Paid"}""");

        Assert.Empty((await ViewAsync()).GetProperty("names").EnumerateArray());
    }

    [Fact]
    public async Task Further_names_than_are_told_apart_are_counted_together()
    {
        for (var from = 0; from < Limits.QualityNames + 100; from += 100)
        {
            await SendAsync(string.Join(',', Enumerable.Range(from, 100).Select(i => $$"""{"type":"track","userId":"ann","event":"e{{i}}"}""")));
        }

        var view = await ViewAsync();
        Assert.Equal((Limits.QualityNames, 100L), (view.GetProperty("names").GetArrayLength(), view.GetProperty("otherNames").GetProperty("events").GetInt64()));
    }

    private async Task SendAsync(string events)
    {
        using var answer = await _host.SendEventAsync("/v1/batch", $$"""{"writeKey":"shop-web-key","batch":[{{events}}]}""");
    }

    private Task<JsonElement> ViewAsync() => _host.Manager.GetFromJsonAsync<JsonElement>("/api/v1/quality");

    private async Task<JsonElement> NameAsync(string name) => (await ViewAsync()).GetProperty("names").EnumerateArray().Single(item => item.GetProperty("name").GetString() == name);

    private async Task<long> DuplicatesAsync() => (await NameAsync("Paid")).GetProperty("total").GetProperty("likelyDuplicates").GetInt64();

    private static string Counts(JsonElement name, string period) =>
        string.Join(' ', new[] { "events", "anonymous", "generatedIds", "clockSkew", "violating", "likelyDuplicates" }.Select(figure => name.GetProperty(period).GetProperty(figure).GetInt64()));
}
