using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Triggers.Engine.Records;
using Triggers.Storage;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Ingest;

public sealed class WireTests : IAsyncLifetime
{
    private WebHost _host = null!;

    public async Task InitializeAsync() => _host = await WebHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("/v1/track", "event", EventType.Track)]
    [InlineData("/v1/t", "event", EventType.Track)]
    [InlineData("/v1/page", "name", EventType.Page)]
    [InlineData("/v1/p", "name", EventType.Page)]
    [InlineData("/v1/screen", "name", EventType.Screen)]
    [InlineData("/v1/s", "name", EventType.Screen)]
    [InlineData("/v1/group", "groupId", EventType.Group)]
    [InlineData("/v1/g", "groupId", EventType.Group)]
    public async Task Each_call_of_one_event_arrives_with_its_type_and_name(string path, string field, EventType type)
    {
        using var answer = await _host.SendEventAsync(path, $$"""{"writeKey":"shop-web-key","userId":"ann","{{field}}":"Thing","messageId":"m-1"}""");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("""{"success":true}""", await answer.Content.ReadAsStringAsync());
        var seen = _host.TakeEvent();
        Assert.Equal((type, "Thing", "u:ann", "m-1", "shop-web"), (seen.Type, seen.Name, seen.Key, seen.MessageId, seen.Source));
    }

    [Theory]
    [InlineData("/v1/identify")]
    [InlineData("/v1/i")]
    public async Task An_identify_carries_its_traits(string path)
    {
        await _host.SendEventAsync(path, """{"writeKey":"shop-web-key","userId":"ann","anonymousId":"x","traits":{"email":"ann@example.com"},"context":{"ip":"1.2.3.4"}}""");

        var seen = _host.TakeEvent();
        Assert.Equal((EventType.Identify, "x", """{"email":"ann@example.com"}""", """{"ip":"1.2.3.4"}"""), (seen.Type, seen.OtherId, seen.Body, seen.Context));
    }

    [Theory]
    [InlineData("/v1/alias")]
    [InlineData("/v1/a")]
    public async Task An_alias_names_the_new_id_and_the_old_one(string path)
    {
        await _host.SendEventAsync(path, """{"writeKey":"shop-web-key","userId":"ann","previousId":"old","anonymousId":"x"}""");

        var seen = _host.TakeEvent();
        Assert.Equal((EventType.Alias, "u:ann", "old"), (seen.Type, seen.Key, seen.OtherId));
    }

    [Theory]
    [InlineData("/v1/batch")]
    [InlineData("/v1/b")]
    [InlineData("/v1/batch/b")]
    [InlineData("/v1/projects")]
    public async Task A_batch_may_name_its_key_and_times_behind_its_events(string path)
    {
        var body = """
            {"batch":[{"type":"track","userId":"ann","event":"A","timestamp":"2026-03-01T11:00:00.000Z"},{"anonymousId":"x","type":"page"}],
             "context":{"library":{"name":"n"}},"sentAt":"2026-03-01T11:00:10Z","writeKey":"Shop-App","integrations":{}}
            """;

        using var answer = await _host.SendEventAsync(path, body);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(2, _host.Ingest.Events.Count);
        var (track, page) = (_host.Ingest.Events[0], _host.Ingest.Events[1]);
        Assert.Equal(("A", _host.Time.Now - 10_000, "shop-app", """{"library":{"name":"n"}}"""), (track.Name, track.OccurredAt, track.Source, track.Context));
        Assert.Equal(("a:x", EventType.Page, _host.Time.Now), (page.Key, page.Type, page.OccurredAt));
    }

    [Fact]
    public async Task An_imported_batch_is_historical_and_keeps_its_own_times()
    {
        await _host.SendEventAsync("/v1/import", """{"writeKey":"shop-web-key","sentAt":"2026-03-01T10:00:00Z","batch":[{"type":"track","event":"A","userId":"ann","timestamp":"1998-07-01"}]}""");

        var seen = _host.TakeEvent();
        Assert.Equal(RecordFlags.Historical | RecordFlags.GeneratedId, seen.Flags);
        Assert.Equal(899251200000, seen.OccurredAt);
    }

    [Fact]
    public async Task An_events_context_wins_over_the_batchs()
    {
        await _host.SendEventAsync("/v1/b", """{"writeKey":"shop-web-key","context":{"a":1,"b":{"c":2}},"batch":[{"type":"page","userId":"ann","context":{"a":9,"d":4}}]}""");

        Assert.Equal("""{"a":9,"d":4,"b":{"c":2}}""", _host.TakeEvent().Context);
    }

    [Theory]
    [InlineData(10, HttpStatusCode.OK)]
    [InlineData(30, HttpStatusCode.BadRequest)]
    public async Task A_batchs_context_is_not_multiplied_without_end(int events, HttpStatusCode expected)
    {
        var batch = string.Join(',', Enumerable.Range(0, events).Select(i => $$"""{"type":"page","userId":"u{{i}}"}"""));

        using var answer = await _host.SendEventAsync("/v1/b", $$"""{"writeKey":"shop-web-key","context":{"pad":"{{new string('x', 200_000)}}"},"batch":[{{batch}}]}""");

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(expected == HttpStatusCode.OK ? events : 0, _host.Ingest.Events.Count);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    [InlineData(null)]
    public async Task The_content_type_does_not_matter(string? contentType)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes("""{"writeKey":"shop-web-key","userId":"ann","event":"A"}"""));
        content.Headers.ContentType = contentType is null ? null : new MediaTypeHeaderValue(contentType);

        using var answer = await _host.Client.PostAsync("/v1/t", content);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("A", _host.TakeEvent().Name);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task Gzip_is_understood_said_or_not_and_chunked_or_not(bool isSaid, bool isChunked)
    {
        var content = new ByteArrayContent(Gzip("""{"writeKey":"shop-web-key","batch":[{"type":"track","userId":"ann","event":"A"}]}"""));
        if (isSaid)
        {
            content.Headers.ContentEncoding.Add("gzip");
        }

        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/b") { Content = content };
        request.Headers.TransferEncodingChunked = isChunked;
        using var answer = await _host.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("A", _host.TakeEvent().Name);
    }

    [Fact]
    public async Task The_write_key_may_come_by_basic_authorization()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/t") { Content = WebHost.Json("""{"userId":"ann","event":"A"}""") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("shop-web-key:"u8));

        using var answer = await _host.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("Basic", "c2hvcC13ZWIta2V5")]
    [InlineData("basic", "c2hvcC13ZWIta2V5OnB3")]
    [InlineData("Bearer", "shop-web-key")]
    public async Task Other_forms_of_the_same_key_are_understood(string scheme, string parameter)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/t") { Content = WebHost.Json("""{"userId":"ann","event":"A"}""") };
        request.Headers.Authorization = new AuthenticationHeaderValue(scheme, parameter);

        using var answer = await _host.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("SHOP-WEB-KEY")]
    [InlineData("nobody")]
    [InlineData("")]
    public async Task An_unknown_key_is_refused_with_code_and_message(string key)
    {
        using var answer = await _host.SendEventAsync("/v1/t", $$"""{"writeKey":"{{key}}","userId":"ann","event":"A"}""");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        var refusal = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("unknown_write_key", refusal.GetProperty("code").GetString());
        Assert.NotEmpty(refusal.GetProperty("message").GetString()!);
        Assert.Empty(_host.Ingest.Events);
    }

    [Fact]
    public async Task New_definitions_bring_their_keys_at_once()
    {
        _host.Definitions.Current = new() { Sources = [new("new", "new-key", "New")] };

        using var taken = await _host.SendEventAsync("/v1/t", """{"writeKey":"new-key","userId":"ann","event":"A"}""");
        using var refused = await _host.SendEventAsync("/v1/t", """{"writeKey":"shop-web-key","userId":"ann","event":"A"}""");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (taken.StatusCode, refused.StatusCode));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"writeKey":"shop-web-key","userId":"ann","event":"A"} x""")]
    [InlineData("""{"writeKey":"shop-web-key","userId":"ann","event":"A",}""")]
    public async Task Bad_json_is_refused_with_code_and_message(string body)
    {
        using var answer = await _host.SendEventAsync("/v1/t", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("invalid_json", JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_batch_call_without_a_batch_is_refused()
    {
        using var answer = await _host.SendEventAsync("/v1/batch", """{"writeKey":"shop-web-key","type":"track","userId":"ann","event":"A"}""");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData(AppendStatus.Busy, 429)]
    [InlineData(AppendStatus.Unavailable, 503)]
    public async Task Back_pressure_says_when_to_come_again(AppendStatus status, int expected)
    {
        _host.Ingest.Answer = new AppendResult(status, 0, TimeSpan.FromMilliseconds(1_200), "");

        using var answer = await _host.SendEventAsync("/v1/b", """{"writeKey":"shop-web-key","batch":[{"type":"page","userId":"ann"},{"type":"page"}]}""");

        Assert.Equal(expected, (int)answer.StatusCode);
        Assert.Equal("2", answer.Headers.GetValues("Retry-After").Single());
        Assert.Contains("Retry-After", answer.Headers.GetValues("Access-Control-Expose-Headers"));
        Assert.Empty(_host.Ingest.Rejected);
    }

    [Theory]
    [InlineData("/v1/t")]
    [InlineData("/v1/batch")]
    [InlineData("/v1/m")]
    [InlineData("/v1/foo")]
    [InlineData("/v1/projects/shop-web-key/settings")]
    public async Task Pages_of_other_sites_may_send(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.Add("Origin", "https://shop.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type,x-retry-count");

        using var answer = await _host.Client.SendAsync(request);

        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        var headers = answer.Headers.GetValues("Access-Control-Allow-Headers").Single();
        Assert.All(["authorization", "content-type", "x-retry-count"], name => Assert.Contains(name, headers, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_of_the_sdk_are_taken_and_ignored()
    {
        using var answer = await _host.Client.PostAsync("/v1/m", new StringContent("""{"series":[]}""", Encoding.UTF8, "text/plain"));

        Assert.Equal("""{"success":true}""", await answer.Content.ReadAsStringAsync());
        Assert.Empty(_host.Ingest.Events);
    }

    [Theory]
    [InlineData("/v1/projects/shop-web-key/settings")]
    [InlineData("/projects/projects/shop-web-key/settings")]
    public async Task Settings_send_the_sdk_to_this_host_alone(string path)
    {
        using var answer = await _host.Client.GetAsync(path);

        var settings = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        var integration = Assert.Single(settings.GetProperty("integrations").EnumerateObject());
        Assert.Equal("Segment.io", integration.Name);
        Assert.Equal("shop-web-key", integration.Value.GetProperty("apiKey").GetString());
        Assert.Equal(_host.Address.Authority + "/v1", integration.Value.GetProperty("apiHost").GetString());
        Assert.Equal("http", integration.Value.GetProperty("protocol").GetString());
        Assert.Equal(0, settings.GetProperty("metrics").GetProperty("sampleRate").GetInt32());
        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task Settings_of_an_unknown_key_are_not_found()
    {
        using var answer = await _host.Client.GetAsync("/v1/projects/nobody/settings");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("/v1/projects/shop-web-key/settings", HttpStatusCode.OK)]
    [InlineData("/v1/projects/nobody/settings", HttpStatusCode.NotFound)]
    public async Task Settings_answer_head_as_get_without_the_body(string path, HttpStatusCode expected)
    {
        using var head = await _host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        using var get = await _host.Client.GetAsync(path);

        Assert.Equal((expected, expected), (head.StatusCode, get.StatusCode));
        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("POST", "/v1/foo")]
    [InlineData("POST", "/v1/v1/track")]
    [InlineData("POST", "/v1")]
    [InlineData("GET", "/v1/track")]
    [InlineData("PUT", "/v1/batch")]
    public async Task A_call_that_there_is_not_is_refused_with_code_and_message(string method, string path)
    {
        using var answer = await _host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        var refusal = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("not_found", refusal.GetProperty("code").GetString());
        Assert.Contains($"{method} {path}", refusal.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody", "shop-web-key")]
    [InlineData("shop-web-key", "nobody")]
    public async Task A_key_that_is_unknown_in_one_place_is_looked_for_in_the_next(string user, string inBody)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/t") { Content = WebHost.Json($$"""{"writeKey":"{{inBody}}","userId":"ann","event":"A"}""") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(user + ":")));

        using var answer = await _host.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("shop-web", _host.TakeEvent().Source);
    }

    internal static byte[] Gzip(string text) => Gzip(Encoding.UTF8.GetBytes(text));

    internal static byte[] Gzip(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return memory.ToArray();
    }
}
