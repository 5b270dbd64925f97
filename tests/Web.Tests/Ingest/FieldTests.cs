using System.Text;
using System.Text.Json;
using Triggers.Engine.Records;
using Triggers.Web.Ingest;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Ingest;

public sealed class FieldTests : IAsyncLifetime
{
    private WebHost _host = null!;

    public async Task InitializeAsync() => _host = await WebHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("42", "u:42")]
    [InlineData("4.5e3", "u:4.5e3")]
    [InlineData("\"  ann \"", "u:ann")]
    [InlineData("\"a\\u00e9\\\"b\\n\"", "u:aé\"b")]
    [InlineData("null", "a:x")]
    [InlineData("\"\"", "a:x")]
    public async Task Ids_are_text_without_white_space_around(string userId, string key)
    {
        await _host.SendEventAsync("/v1/page", $$"""{"writeKey":"shop-web-key","userId":{{userId}},"anonymousId":"x"}""");

        var seen = _host.TakeEvent();
        Assert.Equal((key, key[0] == 'u' ? "x" : ""), (seen.Key, seen.OtherId));
    }

    [Fact]
    public async Task Many_escaped_fields_of_one_event_do_not_disturb_each_other()
    {
        var pad = string.Concat(Enumerable.Repeat("\\u00e9", 120));
        await _host.SendEventAsync("/v1/t", $$"""{"writeKey":"shop-web-key","userId":"u{{pad}}","anonymousId":"a{{pad}}","event":"e{{pad}}","messageId":"m\u00e9","timestamp":"2026-03-01\u005411:00:00Z"}""");

        var text = string.Concat(Enumerable.Repeat("é", 120));
        var seen = _host.TakeEvent();
        Assert.Equal(("u:u" + text, "a" + text, "e" + text, "mé"), (seen.Key, seen.OtherId, seen.Name, seen.MessageId));
        Assert.Equal(_host.Time.Now - 3_600_000, seen.OccurredAt);
    }

    [Fact]
    public async Task Properties_travel_byte_for_byte()
    {
        const string properties = """{ "price" : 1.50, "nested":{"a":[1,2,{"b":null}]}, "text":"\u00e9 \\u" }""";
        await _host.SendEventAsync("/v1/t", $$"""{"writeKey":"shop-web-key","userId":"ann","event":"A","properties":{{properties}}}""");

        Assert.Equal(properties, _host.TakeEvent().Body);
    }

    [Fact]
    public async Task Half_an_emoji_becomes_a_replacement_character()
    {
        await _host.SendEventAsync("/v1/t", """{"writeKey":"shop-web-key","userId":"ann\ud83d","event":"A","properties":{"a":"\uD83D\uDE00","b":"x\ud83d","c":"\\ud83d","d":"\\\ude00"}}""");

        var seen = _host.TakeEvent();
        Assert.Equal("u:ann\uFFFD", seen.Key);
        Assert.Equal("""{"a":"\uD83D\uDE00","b":"x\ufffd","c":"\\ud83d","d":"\\\ufffd"}""", seen.Body);
        Assert.Equal("😀", JsonDocument.Parse(seen.Body).RootElement.GetProperty("a").GetString());
    }

    [Fact]
    public async Task A_missing_message_id_is_made_and_marked()
    {
        await _host.SendEventAsync("/v1/b", """{"writeKey":"shop-web-key","batch":[{"type":"page","userId":"ann"},{"type":"page","userId":"ann"},{"type":"page","userId":"ann","messageId":"m"}]}""");

        var events = _host.Ingest.Events;
        Assert.Equal([RecordFlags.GeneratedId, RecordFlags.GeneratedId, RecordFlags.None], events.Select(seen => seen.Flags));
        Assert.Equal(3, events.Select(seen => seen.MessageId).Distinct().Count());
        Assert.All(events, seen => Assert.NotEmpty(seen.MessageId));
    }

    [Fact]
    public async Task Escaped_field_names_and_a_byte_order_mark_are_understood()
    {
        var body = "\uFEFF" + """{"write\u004bey":"shop-web-key","user\u0049d":"ann","event":"A","user":1,"batc":2}""";

        await _host.SendEventAsync("/v1/t", body);

        Assert.Equal("u:ann", _host.TakeEvent().Key);
    }

    [Theory]
    [InlineData("2026-03-01T11:59:00Z", "2026-03-01T11:59:30Z", -30_000)]
    [InlineData("2026-03-02T11:59:00Z", "2026-03-02T11:59:30Z", -30_000)]
    [InlineData("2026-03-01T11:59:00Z", null, -60_000)]
    [InlineData("2026-03-01T12:59:00Z", null, 0)]
    [InlineData("2026-03-01T12:00:30Z", "2026-03-01T12:00:00Z", 0)]
    [InlineData("2026-03-01T11:59:00Z", "nonsense", -60_000)]
    [InlineData(null, "2026-03-01T10:00:00Z", 0)]
    public async Task A_wrong_client_clock_is_corrected_by_sent_at(string? timestamp, string? sentAt, long fromNow)
    {
        var fields = (timestamp is null ? "" : $",\"timestamp\":\"{timestamp}\"") + (sentAt is null ? "" : $",\"sentAt\":\"{sentAt}\"");

        await _host.SendEventAsync("/v1/page", $$"""{"writeKey":"shop-web-key","userId":"ann"{{fields}}}""");

        Assert.Equal(_host.Time.Now + fromNow, _host.TakeEvent().OccurredAt);
    }

    [Theory]
    [InlineData("2026-02-03T04:05:06.789Z", 1770091506789)]
    [InlineData("2026-02-03T04:05:06Z", 1770091506000)]
    [InlineData("2026-02-03T04:05:06.1Z", 1770091506100)]
    [InlineData("2026-02-03T04:05:06.123456789Z", 1770091506123)]
    [InlineData("2026-02-03T04:05:06.123456+00:00", 1770091506123)]
    [InlineData("2026-02-03T06:05:06+02:00", 1770091506000)]
    [InlineData("2026-02-02T22:35:06-0530", 1770091506000)]
    [InlineData("2026-02-03 04:05:06", 1770091506000)]
    [InlineData("2026-02-03", 1770076800000)]
    [InlineData("2000-02-29T00:00:00Z", 951782400000)]
    [InlineData("1970-01-01T00:00:00Z", 0)]
    [InlineData("1969-12-31T23:59:59.999Z", -1)]
    [InlineData("2026-02-03T04:05Z", 1770091500000)]
    [InlineData("2026/02/03 04:05:06", 1770091506000)]
    [InlineData("Tue, 03 Feb 2026 04:05:06 GMT", 1770091506000)]
    public void Times_of_every_sdk_are_read(string text, long expected)
    {
        Assert.True(Iso8601.TryParse(Encoding.UTF8.GetBytes(text), out var actual));
        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("2026-13-01T00:00:00Z")]
    [InlineData("2026-02-30T00:00:00Z")]
    [InlineData("2026-02-03T25:00:00Z")]
    [InlineData("2026-02-03T04:05:06+99:00")]
    [InlineData("2026-02-03T04:05:06ZZ")]
    [InlineData("01/02/2026")]
    [InlineData("10:30")]
    [InlineData("5 Feb")]
    public void What_is_no_time_is_not_read(string text) => Assert.False(Iso8601.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Every_day_of_four_centuries_is_read_as_the_framework_does()
    {
        for (var day = new DateTime(1900, 1, 1, 13, 14, 15, 167, DateTimeKind.Utc); day.Year < 2300; day = day.AddDays(1))
        {
            Assert.True(Iso8601.TryParse(Encoding.UTF8.GetBytes(day.ToString("yyyy-MM-ddTHH:mm:ss.fffZ")), out var actual));
            Assert.Equal(new DateTimeOffset(day).ToUnixTimeMilliseconds(), actual);
        }
    }

    [Theory]
    [InlineData("1770091506789", 1770091506789)]
    [InlineData("1770091506", 1770091506000)]
    public async Task A_numeric_timestamp_is_milliseconds_or_seconds(string number, long expected)
    {
        await _host.SendEventAsync("/v1/page", $$"""{"writeKey":"shop-web-key","userId":"ann","timestamp":{{number}}}""");

        Assert.Equal(expected, _host.TakeEvent().OccurredAt);
    }
}
