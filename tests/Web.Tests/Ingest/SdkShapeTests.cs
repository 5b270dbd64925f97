using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Triggers.Engine.Records;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Ingest;

/// <summary>Requests as the SDKs really send them: path, headers, encoding and body shape, taken from their sources.</summary>
public sealed class SdkShapeTests : IAsyncLifetime
{
    private WebHost _host = null!;

    public async Task InitializeAsync() => _host = await WebHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Analytics_next_sends_one_event_as_text_with_basic_authorization()
    {
        await SendAsync("/v1/t", "text/plain", """
            {"timestamp":"2026-03-01T11:59:58.500Z","integrations":{"Segment.io":true},"userId":null,"anonymousId":"5f0c-anon","event":"Product Viewed","type":"track",
             "properties":{"price":19.99},"context":{"page":{"path":"/p/1","referrer":"","search":"","title":"P","url":"https://shop.example/p/1"},"userAgent":"Mozilla/5.0","locale":"en-US",
             "library":{"name":"analytics.js","version":"next-1.70.0"},"traits":{"email":"x@example.com"}},"messageId":"ajs-next-1709294398500-6a1e","writeKey":"shop-web-key","sentAt":"2026-03-01T11:59:59.000Z","_metadata":{"bundled":["Segment.io"]}}
            """, basicKey: "shop-web-key", retryCount: "1");

        var seen = _host.TakeEvent();
        Assert.Equal(("a:5f0c-anon", "Product Viewed", """{"price":19.99}""", _host.Time.Now - 500), (seen.Key, seen.Name, seen.Body, seen.OccurredAt));
        Assert.Contains("x@example.com", seen.Context, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Analytics_next_batches_events_that_repeat_the_key()
    {
        await SendAsync("/v1/b", "text/plain", """
            {"writeKey":"shop-web-key","batch":[{"anonymousId":"x","type":"page","name":null,"properties":{"path":"/"},"messageId":"1","writeKey":"shop-web-key","timestamp":"2026-03-01T11:59:58.500Z","context":{}},
             {"anonymousId":"x","userId":"ann","type":"identify","traits":{"email":"ann@example.com"},"messageId":"2","writeKey":"shop-web-key","timestamp":"2026-03-01T11:59:58.600Z","context":{}}],"sentAt":"2026-03-01T11:59:59.000Z"}
            """, basicKey: "shop-web-key");

        Assert.Equal([("a:x", ""), ("u:ann", "x")], _host.Ingest.Events.Select(seen => (seen.Key, seen.OtherId)));
        Assert.Equal(_host.Time.Now - 500, _host.Ingest.Events[0].OccurredAt);
    }

    [Fact]
    public async Task Analytics_node_names_the_key_twice_and_sent_at_once()
    {
        await SendAsync("/v1/batch", "application/json", """
            {"batch":[{"type":"track","event":"Order Completed","userId":"ann","properties":{"total":50},"context":{"library":{"name":"@segment/analytics-node","version":"2.1.0"}},"timestamp":"2026-03-01T11:59:00.000Z",
             "messageId":"node-next-1709294340000-abc","integrations":{},"_metadata":{"nodeVersion":"20.0.0","jsRuntime":"node"}}],"writeKey":"shop-web-key","sentAt":"2026-03-01T12:00:00.000Z"}
            """, basicKey: "shop-web-key");

        Assert.Equal(_host.Time.Now - 60_000, _host.TakeEvent().OccurredAt);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Analytics_python_has_the_key_in_the_body_and_offsets_in_its_times(bool isGzip)
    {
        await SendAsync("/v1/batch", "application/json", """
            {"batch":[{"integrations":{},"anonymousId":null,"properties":{"total":1},"timestamp":"2026-03-01T13:59:00.123456+02:00","context":{"library":{"name":"analytics-python","version":"2.3.2"}},"userId":"ann","type":"track","event":"A","messageId":"0e8d"}],
             "sentAt":"2026-03-01T12:00:00.123456+00:00","writeKey":"shop-web-key"}
            """, isGzip: isGzip);

        var seen = _host.TakeEvent();
        Assert.Equal(("u:ann", "", _host.Time.Now - 60_000), (seen.Key, seen.OtherId, seen.OccurredAt));
    }

    [Fact]
    public async Task Analytics_ruby_sends_the_key_by_basic_authorization_only()
    {
        await SendAsync("/v1/batch", "application/json", """
            {"sentAt":"2026-03-01T12:00:00.000Z","batch":[{"context":{"library":{"name":"analytics-ruby","version":"2.5.0"}},"messageId":"r-1","timestamp":"2026-03-01T11:59:00.000Z","userId":42,"type":"alias","previousId":"anon-1"}]}
            """, basicKey: "shop-web-key");

        var seen = _host.TakeEvent();
        Assert.Equal((EventType.Alias, "u:42", "anon-1"), (seen.Type, seen.Key, seen.OtherId));
    }

    [Fact]
    public async Task Analytics_csharp_is_gzipped_and_names_no_content_type()
    {
        await SendAsync("/v1/b", null, """
            {"batch":[{"type":"screen","name":"Home","properties":{},"anonymousId":"a-1","messageId":"c-1","userId":"","timestamp":"2026-03-01T11:59:00.000Z","context":{"library":{"name":"Analytics-CSharp"}},"integrations":{},"_metadata":{}}],"writeKey":"shop-web-key","sentAt":"2026-03-01T12:00:00.000Z"}
            """, isGzip: true);

        var seen = _host.TakeEvent();
        Assert.Equal((EventType.Screen, "Home", "a:a-1"), (seen.Type, seen.Name, seen.Key));
    }

    [Fact]
    public async Task Analytics_kotlin_is_gzipped_chunked_text()
    {
        await SendAsync("/v1/b", "text/plain", """
            {"batch":[{"type":"group","groupId":"g-1","traits":{"plan":"pro"},"anonymousId":"a-1","userId":"ann","messageId":"k-1","timestamp":"2026-03-01T11:59:00.000Z","context":{},"integrations":{}}],"sentAt":"2026-03-01T12:00:00.000Z","writeKey":"shop-web-key"}
            """, isGzip: true, isChunked: true);

        var seen = _host.TakeEvent();
        Assert.Equal((EventType.Group, "g-1", """{"plan":"pro"}"""), (seen.Type, seen.Name, seen.Body));
    }

    [Fact]
    public async Task Rudder_sdk_node_repeats_original_and_sent_times_in_each_event()
    {
        await SendAsync("/v1/batch", "application/json", """
            {"batch":[{"event":"A","userId":"ann","properties":{},"context":{},"type":"track","channel":"server","originalTimestamp":"2026-03-01T11:59:00.000Z","timestamp":"2026-03-01T01:00:00.000Z","messageId":"rs-1","sentAt":"2026-03-01T12:00:00.000Z"}]}
            """, basicKey: "shop-web-key", isGzip: true);

        Assert.Equal(_host.Time.Now - 60_000, _host.TakeEvent().OccurredAt);
    }

    private async Task SendAsync(string path, string? contentType, string body, string? basicKey = null, bool isGzip = false, bool isChunked = false, string? retryCount = null)
    {
        var content = new ByteArrayContent(isGzip ? WireTests.Gzip(body) : Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = contentType is null ? null : new MediaTypeHeaderValue(contentType);
        if (isGzip)
        {
            content.Headers.ContentEncoding.Add("gzip");
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.TransferEncodingChunked = isChunked;
        if (basicKey is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(basicKey + ":")));
        }

        if (retryCount is not null)
        {
            request.Headers.Add("X-Retry-Count", retryCount);
        }

        using var answer = await _host.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("""{"success":true}""", await answer.Content.ReadAsStringAsync());
        Assert.Empty(_host.Ingest.Rejected);
    }
}
