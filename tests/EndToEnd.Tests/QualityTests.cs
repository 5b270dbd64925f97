using System.Text.Json;
using Triggers.EndToEnd.Tests.Harness;

namespace Triggers.EndToEnd.Tests;

/// <summary>What events were like, as the program tells it after a restart and after a kill.</summary>
public sealed class QualityTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_report_outlives_a_restart_and_a_kill_and_an_erased_customer_is_in_none_of_it()
    {
        var definitions = TestDefinitions.Write(_folder);
        _folder.Write("definitions/plan.yaml", "events: { Order Completed: { violations: flag, properties: { total: number } } }\n");
        await using (var first = await TriggersProgram.ServeAsync(_folder.Data, definitions))
        {
            using var site = first.Site();
            await site.SendAsync("/v1/track", """{"userId":"ada","event":"Order Completed","properties":{"total":"of ada"}}""");
            await site.SendAsync("/v1/track", """{"userId":"bob","event":"Order Completed","properties":{"total":"of bob"}}""");
            await site.SendAsync("/v1/track", """{"anonymousId":"x","event":"Ordr Completed","messageId":"1"}""");
            Assert.Equal(0, await first.StopAsync());
        }

        await using (var second = await TriggersProgram.ServeAsync(_folder.Data, definitions))
        {
            using var api = second.Client();
            Assert.Equal("Order Completed 2 0 2 2 like , Ordr Completed 1 1 0 0 like Order Completed", await ReportAsync(api));
            Assert.Equal("Order Completed total 2 (the text 'of bob', the text 'of ada')", await ViolationsAsync(api));
            using (await api.DeleteAsync("/api/v1/customers/ada"))
            {
            }

            await Wait.UntilAsync("what was found of an erased customer is gone", async () => await ViolationsAsync(api) == "Order Completed total 2 (the text 'of bob')", () => second.Output);
            await second.KillAsync();
        }

        await using var third = await TriggersProgram.ServeAsync(_folder.Data, definitions);
        using var again = third.Client();
        Assert.Equal("Order Completed 2 0 2 2 like , Ordr Completed 1 1 0 0 like Order Completed", await ReportAsync(again));
        Assert.Equal("Order Completed total 2 (the text 'of bob')", await ViolationsAsync(again));
    }

    private static async Task<string> ReportAsync(HttpClient api) => string.Join(", ", (await api.GetJsonAsync("/api/v1/quality")).GetProperty("names").EnumerateArray().Select(name =>
        $"{name.GetProperty("name")} {name.Number("total.events")} {name.Number("total.anonymous")} {name.Number("lastDay.generatedIds")} {name.Number("lastDay.violating")} like {string.Join(' ', Texts(name.GetProperty("like")))}"));

    private static async Task<string> ViolationsAsync(HttpClient api)
    {
        var view = await api.GetJsonAsync("/api/v1/violations");
        return string.Join(", ", view.GetProperty("kinds").EnumerateArray().Select(kind => $"{kind.GetProperty("event")} {kind.GetProperty("path")} {kind.Number("count")}"))
            + $" ({string.Join(", ", view.GetProperty("newest").EnumerateArray().Select(one => one.GetProperty("found")))})";
    }

    private static IEnumerable<string?> Texts(JsonElement list) => list.EnumerateArray().Select(item => item.GetString());
}
