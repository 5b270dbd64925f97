using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Triggers.EndToEnd.Tests.Harness;

/// <summary>The few calls that most tests make.</summary>
public static class ApiExtensions
{
    /// <summary>Sends one Segment call; it must be answered 200.</summary>
    public static async Task SendAsync(this HttpClient site, string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await site.PostAsync(path, content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    public static Task IdentifyAsync(this HttpClient site, string user, string email, string name = "Ada") =>
        site.SendAsync("/v1/identify", new JsonObject { ["userId"] = user, ["traits"] = new JsonObject { ["email"] = email, ["name"] = name } }.ToJsonString());

    public static Task TrackAsync(this HttpClient site, string user, string name, string? messageId = null) =>
        site.SendAsync("/v1/track", new JsonObject { ["userId"] = user, ["event"] = name, ["messageId"] = messageId ?? Guid.NewGuid().ToString("N"), ["properties"] = new JsonObject() }.ToJsonString());

    public static async Task<JsonElement?> CustomerAsync(this HttpClient api, string id)
    {
        using var response = await api.GetAsync($"/api/v1/customers/{Uri.EscapeDataString(id)}");
        return response.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(response);
    }

    public static async Task<JsonElement> GetJsonAsync(this HttpClient api, string path)
    {
        using var response = await api.GetAsync(path);
        return await ReadAsync(response);
    }

    /// <summary>A number by its path, such as <c>events.total</c>.</summary>
    public static long Number(this JsonElement element, string path) => At(element, path).GetInt64();

    public static double Real(this JsonElement element, string path) => At(element, path).GetDouble();

    public static async Task<long> EventsOfAsync(this HttpClient api, string id) => await api.CustomerAsync(id) is { } customer ? customer.Number("events.total") : 0;

    /// <summary>Waits until everything appended is applied.</summary>
    public static Task WaitAppliedAsync(this HttpClient api) =>
        Wait.UntilAsync("everything appended is applied", async () => (await api.GetJsonAsync("/api/v1/stats")).Number("events.lag") == 0);

    private static JsonElement At(JsonElement element, string path) => path.Split('.').Aggregate(element, (at, name) => at.GetProperty(name));

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, string.Create(CultureInfo.InvariantCulture, $"{response.RequestMessage!.RequestUri} answered {(int)response.StatusCode}: {text}"));
        return JsonDocument.Parse(text).RootElement;
    }
}
