using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Triggers.Web.Ingest;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Ingest;

public sealed class RejectionTests : IAsyncLifetime
{
    private WebHost _host = null!;

    public async Task InitializeAsync() => _host = await WebHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("""{"type":"track","event":"A"}""", "userId or an anonymousId")]
    [InlineData("""{"type":"track","event":"A","userId":"  ","anonymousId":null}""", "userId or an anonymousId")]
    [InlineData("""{"type":"track","userId":"ann"}""", "\"event\"")]
    [InlineData("""{"type":"track","userId":"ann","event":""}""", "\"event\"")]
    [InlineData("""{"type":"track","userId":"ann","event":{}}""", "\"event\"")]
    [InlineData("""{"type":"group","userId":"ann"}""", "\"groupId\"")]
    [InlineData("""{"type":"alias","userId":"ann"}""", "previousId")]
    [InlineData("""{"type":"alias","anonymousId":"x","previousId":"y"}""", "userId")]
    [InlineData("""{"type":"dance","userId":"ann"}""", "\"dance\"")]
    [InlineData("""{"userId":"ann"}""", "\"type\"")]
    [InlineData("""{"type":"track","event":"A","userId":true}""", "\"userId\"")]
    [InlineData("""{"type":"track","event":"A","userId":"ann","properties":[]}""", "\"properties\"")]
    [InlineData("""{"type":"identify","userId":"ann","traits":"x"}""", "\"traits\"")]
    [InlineData("""{"type":"track","event":"A","userId":"ann","timestamp":"yesterday"}""", "\"yesterday\"")]
    [InlineData("""{"type":"track","event":"A","userId":"ann","timestamp":"1955-11-05"}""", "lies before 1970")]
    [InlineData("""{"type":"track","event":"A","userId":"ann","timestamp":"1955-11-05","sentAt":"2026-03-01T12:00:00Z"}""", "lies before 1970")]
    [InlineData("""{"type":"track","event":"A","userId":"ann","timestamp":"2026-03-01","sentAt":"2126-03-01"}""", "The sentAt lies 36,523 days ahead")]
    [InlineData("""{"type":"track","event":"A","userId":"ann","timestamp":"2026-03-01","sentAt":8e15}""", "The sentAt lies")]
    [InlineData("{\"type\":\"track\",\"event\":\"A\",\"userId\":\"a\\u0000b\"}", "\"userId\" holds the character U+0000")]
    [InlineData("\"text\"", "JSON object")]
    public async Task A_bad_event_does_not_sink_the_good_ones(string bad, string reason)
    {
        using var answer = await _host.SendEventAsync("/v1/b", $$"""{"writeKey":"shop-web-key","batch":[{"type":"page","userId":"ann"},{{bad}},{"type":"page","userId":"bob"}]}""");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["u:ann", "u:bob"], _host.Ingest.Events.Select(seen => seen.Key));
        var (source, why, payload) = Assert.Single(_host.Ingest.Rejected);
        Assert.Equal(("shop-web", bad), (source, payload));
        Assert.Contains(reason, why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_event_alone_is_answered_200_and_kept()
    {
        using var answer = await _host.SendEventAsync("/v1/track", """{"writeKey":"shop-web-key","userId":"ann"}""");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(_host.Ingest.Events);
        Assert.Single(_host.Ingest.Rejected);
    }

    [Theory]
    [InlineData(60, true)]
    [InlineData(61, false)]
    [InlineData(10_000, false)]
    public async Task An_event_nested_too_deep_does_not_sink_the_good_ones(int depth, bool isTaken)
    {
        var nested = $$"""{"type":"page","userId":"cid","properties":{"p":{{new string('[', depth)}}{{new string(']', depth)}} } }""";

        using var answer = await _host.SendEventAsync("/v1/b", $$"""{"writeKey":"shop-web-key","batch":[{"type":"page","userId":"ann"},{{nested}},{"type":"page","userId":"bob"}]}""");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(isTaken ? ["u:ann", "u:cid", "u:bob"] : ["u:ann", "u:bob"], _host.Ingest.Events.Select(seen => seen.Key));
        Assert.Equal(isTaken ? [] : ["The event is nested deeper than 64."], _host.Ingest.Rejected.Select(rejected => rejected.Reason));
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public async Task An_id_has_at_most_255_bytes(int length, bool isTaken)
    {
        await _host.SendEventAsync("/v1/page", $$"""{"writeKey":"shop-web-key","userId":"{{new string('x', length)}}"}""");

        Assert.Equal(isTaken ? 1 : 0, _host.Ingest.Events.Count);
        Assert.Equal(isTaken ? 0 : 1, _host.Ingest.Rejected.Count);
    }

    [Theory]
    [InlineData("x", 99, true)]
    [InlineData("x", 100, false)]
    [InlineData("é", 99, true)]
    public async Task A_message_id_has_fewer_than_100_characters(string character, int count, bool isTaken)
    {
        await _host.SendEventAsync("/v1/page", $$"""{"writeKey":"shop-web-key","userId":"ann","messageId":"{{string.Concat(Enumerable.Repeat(character, count))}}"}""");

        Assert.Equal(isTaken ? 1 : 0, _host.Ingest.Events.Count);
    }

    [Theory]
    [InlineData(32 * 1024, true)]
    [InlineData((32 * 1024) + 1, false)]
    public async Task An_event_has_at_most_32_kilobytes(int bytes, bool isTaken)
    {
        const string frame = """{"type":"page","userId":"ann","properties":{"p":""}}""";
        var large = frame.Replace("\"p\":\"\"", $"\"p\":\"{new string('x', bytes - frame.Length)}\"", StringComparison.Ordinal);

        using var answer = await _host.SendEventAsync("/v1/b", $$"""{"writeKey":"shop-web-key","batch":[{{large}},{"type":"page","userId":"bob"}]}""");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(isTaken ? 2 : 1, _host.Ingest.Events.Count);
        Assert.Equal(isTaken ? 0 : 1, _host.Ingest.Rejected.Count);
    }

    [Theory]
    [InlineData(2_500, HttpStatusCode.OK, "success")]
    [InlineData(2_501, HttpStatusCode.BadRequest, "too_many_events")]
    public async Task A_batch_has_at_most_2500_events(int count, HttpStatusCode expected, string answered)
    {
        var events = string.Join(',', Enumerable.Repeat("""{"type":"page","userId":"ann"}""", count));

        using var answer = await _host.SendEventAsync("/v1/b", $$"""{"batch":[{{events}}],"writeKey":"shop-web-key"}""");

        Assert.Equal(expected, answer.StatusCode);
        Assert.Contains($"\"{answered}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(expected == HttpStatusCode.OK ? count : 0, _host.Ingest.Events.Count);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_body_over_500_kilobytes_is_refused(bool isGzip, bool isChunked)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"writeKey":"shop-web-key","batch":[{"type":"page","userId":"ann"}],"pad":"{{new string('x', 512_000)}}"}""");
        var content = new ByteArrayContent(isGzip ? WireTests.Gzip(body) : body);
        if (isGzip)
        {
            content.Headers.ContentEncoding.Add("gzip");
        }

        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/b") { Content = content };
        request.Headers.TransferEncodingChunked = isChunked;
        using var answer = await _host.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("too_large", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(_host.Ingest.Events);
    }

    [Fact]
    public async Task A_zip_bomb_stops_at_the_limit()
    {
        var bomb = WireTests.Gzip(new byte[64 * 1024 * 1024]);
        var http = new DefaultHttpContext { Request = { Body = new MemoryStream(bomb), ContentLength = bomb.Length, Headers = { ContentEncoding = "gzip" } } };
        using var reader = new BodyReader(Limits.BatchBytesMax);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var reading = reader.ReadAsync(http.Request, CancellationToken.None);

        Assert.True(reading.IsCompleted);
        Assert.Equal(BodyStatus.TooLarge, await reading);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 3 * 1024 * 1024);
    }

    [Fact]
    public async Task Broken_gzip_and_unknown_encodings_are_refused()
    {
        var broken = new ByteArrayContent([0x1F, 0x8B, 1, 2, 3, 4, 5]);
        broken.Headers.ContentEncoding.Add("gzip");
        var brotli = new ByteArrayContent([1, 2, 3]);
        brotli.Headers.ContentEncoding.Add("br");

        using var first = await _host.Client.PostAsync("/v1/b", broken);
        using var second = await _host.Client.PostAsync("/v1/b", brotli);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (first.StatusCode, second.StatusCode));
    }

    [Fact]
    public async Task Bytes_that_are_no_utf8_are_refused()
    {
        using var answer = await _host.Client.PostAsync("/v1/t", new ByteArrayContent([.. "{\"writeKey\":\"shop-web-key\",\"userId\":\""u8, 0xFF, .. "\",\"event\":\"A\"}"u8]));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }
}
