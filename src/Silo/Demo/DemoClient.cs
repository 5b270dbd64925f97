using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Triggers.Silo.Serve;

namespace Triggers.Silo.Demo;

/// <summary>Sends the demo's events as any site would: over HTTP, in batches, waiting when the server asks for it.</summary>
internal sealed class DemoClient : IDisposable
{
    private readonly HttpClient _client;
    private readonly ILogger _logger;

    public DemoClient(string url, string writeKey, ILogger logger)
    {
        // Where a mail's link leads to is another site: only that it was followed counts here.
        _client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(url) };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(writeKey + ":")));
        _logger = logger;
    }

    public async Task SendAsync(string path, IReadOnlyList<JsonObject> calls, DateTimeOffset now, CancellationToken cancellation)
    {
        var batch = new JsonArray();
        foreach (var call in calls)
        {
            batch.Add((JsonNode)call);
        }

        var body = new JsonObject { ["batch"] = batch, ["sentAt"] = DemoTime.Text(now) }.ToJsonString();
        while (true)
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await _client.PostAsync(path, content, cancellation);
            if (response.IsSuccessStatusCode)
            {
                return;
            }

            if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable))
            {
                throw new HttpRequestException($"The server answered {(int)response.StatusCode} to the demo: {await response.Content.ReadAsStringAsync(cancellation)}");
            }

            var wait = response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1);
            _logger.DemoRefused((int)response.StatusCode, wait.TotalSeconds);
            await Task.Delay(wait, cancellation);
        }
    }

    /// <summary>A link of a mail; whatever is answered.</summary>
    public async Task FollowAsync(HttpMethod method, string path, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path);
        using var response = await _client.SendAsync(request, cancellation);
    }

    public void Dispose() => _client.Dispose();
}
