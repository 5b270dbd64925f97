using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Triggers.Web.Live;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Live;

public sealed class LiveTests : IAsyncLifetime
{
    private static readonly (string, string) Key = ("Authorization", "Bearer " + WebHost.Key);
    private WebHost _host = null!;

    public async Task InitializeAsync() => _host = await WebHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_viewer_gets_a_snapshot_and_then_deltas_in_order()
    {
        _host.Feed.Publish();
        await using var viewer = await LiveClient.ConnectAsync(_host, Key);

        var (target, snapshot) = await viewer.ReadAsync();
        Assert.Equal(("snapshot", 1L), (target, snapshot.GetProperty("version").GetInt64()));
        Assert.Equal(1.5, snapshot.GetProperty("rates").GetProperty("eventsPerSecond").GetDouble());
        _host.Feed.Publish();
        var (next, delta) = await viewer.ReadAsync();

        Assert.Equal(("delta", 2L, 2L), (next, delta.GetProperty("version").GetInt64(), delta.GetProperty("counters").GetProperty("events/total").GetInt64()));
    }

    [Fact]
    public async Task A_viewer_may_ask_for_a_new_snapshot()
    {
        await using var viewer = await LiveClient.ConnectAsync(_host, Key);
        await viewer.ReadAsync();

        await viewer.ResyncAsync();

        Assert.Equal("snapshot", (await viewer.ReadAsync()).Target);
    }

    [Fact]
    public async Task A_slow_viewer_gets_the_latest_and_no_backlog()
    {
        const int published = 2_000;
        await using var slow = await LiveClient.ConnectAsync(_host, Key);
        await slow.ReadAsync();
        for (var number = 0; number < published; number++)
        {
            _host.Feed.Publish(padding: 20_000);
            if (number % 50 == 0)
            {
                await Task.Yield();
            }
        }

        var frames = 0;
        var snapshots = 0;
        long version = 0;
        while (version < published)
        {
            var (target, content) = await slow.ReadAsync();
            var next = content.GetProperty("version").GetInt64();
            Assert.True(target == "snapshot" ? next >= version : next == version + 1, $"{target} {next} after {version}");
            version = next;
            frames++;
            snapshots += target == "snapshot" ? 1 : 0;
        }

        Assert.True(snapshots > 0);
        Assert.InRange(frames, 1, published / 2);
    }

    [Fact]
    public async Task A_viewer_that_left_is_forgotten()
    {
        var relay = _host.Services.GetRequiredService<LiveRelay>();
        var viewer = await LiveClient.ConnectAsync(_host, Key);
        await viewer.ReadAsync();
        Assert.Equal(1, relay.Viewers);

        await viewer.DisposeAsync();

        Assert.True(SpinWait.SpinUntil(() => relay.Viewers == 0, TimeSpan.FromSeconds(20)), "The viewer was still there after 20 s.");
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("Authorization", "Bearer wrong")]
    public async Task Nobody_else_may_watch(string? name, string? value)
        => await Assert.ThrowsAsync<WebSocketException>(() => LiveClient.ConnectAsync(_host, name is null ? [] : [(name, value!)]));

    [Fact]
    public async Task A_foreign_page_may_not_watch_even_with_a_key()
        => await Assert.ThrowsAsync<WebSocketException>(() => LiveClient.ConnectAsync(_host, Key, ("Origin", "https://evil.example")));

    [Theory]
    [InlineData("/live/negotiate")]
    [InlineData("/Live/negotiate")]
    [InlineData("/LIVE/NEGOTIATE")]
    public async Task A_foreign_page_may_not_watch_however_it_spells_the_path(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path + "?negotiateVersion=1");
        request.Headers.Add("Origin", "https://evil.example");

        using var answer = await _host.Manager.SendAsync(request);

        Assert.Equal(System.Net.HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public void A_foreign_origin_cannot_write_on_the_terminal_that_shows_the_log()
    {
        Assert.Equal("http://x?[2J?", LiveEndpoints.Shown("http://x\u001b[2J\u2028"));
        Assert.Equal(120, LiveEndpoints.Shown(new string('x', 8_000)).Length);
    }

    [Fact]
    public async Task Our_own_page_may_watch()
    {
        await using var viewer = await LiveClient.ConnectAsync(_host, Key, ("Origin", _host.Address.GetLeftPart(UriPartial.Authority)));

        Assert.Equal("snapshot", (await viewer.ReadAsync()).Target);
    }
}
