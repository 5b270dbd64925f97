using System.Net;
using System.Net.Http.Headers;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Operations;

public sealed class MetricsEndpointTests
{
    [Fact]
    public async Task Metrics_are_open_to_the_management_key_and_to_a_key_that_may_nothing_else()
    {
        await using var host = await WebHost.StartAsync(options => options with { MetricsKey = "only-metrics" });

        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(host, "/metrics", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(host, "/metrics", "wrong"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(host, "/metrics", "only-metrics"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(host, "/metrics", WebHost.Key));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(host, "/api/v1/stats", "only-metrics"));
    }

    [Fact]
    public async Task Without_a_key_of_their_own_metrics_are_open_to_no_empty_one()
    {
        await using var host = await WebHost.StartAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(host, "/metrics", ""));
    }

    [Fact]
    public async Task A_request_is_measured_by_route_once_somebody_has_asked()
    {
        await using var host = await WebHost.StartAsync();
        await host.Manager.GetAsync("/metrics");
        using var sent = await host.SendEventAsync("/v1/track", """{"writeKey":"shop-web-key","userId":"ann","event":"Viewed"}""");
        using var answer = await host.Manager.GetAsync("/metrics");

        var text = await answer.Content.ReadAsStringAsync();

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Contains("http_server_request_duration_seconds_count{", text, StringComparison.Ordinal);
        Assert.Contains("http_route=\"/v1/track\"", text, StringComparison.Ordinal);
        Assert.Contains("target_info{service_name=\"triggers\"", text, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> GetAsync(WebHost host, string path, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        using var answer = await host.Client.SendAsync(request);
        return answer.StatusCode;
    }
}
