using System.Net;
using Triggers.Engine.Records;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Tracking;

public sealed class TrackingTests : IAsyncLifetime
{
    private const string Message = "00112233445566778899aabbccddeeff";
    private WebHost _host = null!;

    public async Task InitializeAsync() => _host = await WebHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task The_pixel_counts_an_open_and_is_never_kept()
    {
        using var answer = await _host.Client.GetAsync(_host.Links.Open(Message));

        Assert.Equal("image/gif", answer.Content.Headers.ContentType?.MediaType);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.Equal("GIF89a"u8.ToArray(), (await answer.Content.ReadAsByteArrayAsync())[..6]);
        Assert.Equal((Message, OutcomeKind.Opened, ""), Assert.Single(_host.Commands.Outcomes));
    }

    [Fact]
    public async Task A_click_leads_to_the_signed_address_and_counts()
    {
        using var answer = await _host.Client.GetAsync(_host.Links.Click(Message, "https://shop.example/cart?a=1&b=ü"));

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("https://shop.example/cart?a=1&b=%C3%BC", answer.Headers.Location?.AbsoluteUri);
        Assert.Equal((Message, OutcomeKind.Clicked, "https://shop.example/cart?a=1&b=ü"), Assert.Single(_host.Commands.Outcomes));
    }

    [Fact]
    public async Task A_look_without_reading_counts_nothing()
    {
        using var open = await _host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, _host.Links.Open(Message)));
        using var click = await _host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, _host.Links.Click(Message, "https://shop.example/")));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Redirect), (open.StatusCode, click.StatusCode));
        Assert.Empty(_host.Commands.Outcomes);
    }

    [Fact]
    public async Task Opening_the_unsubscribe_page_changes_nothing()
    {
        using var answer = await _host.Client.GetAsync(_host.Links.Unsubscribe(Message));

        Assert.Contains("<form method=\"post\">", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(_host.Commands.Outcomes);
    }

    [Theory]
    [InlineData("List-Unsubscribe=One-Click")]
    [InlineData("")]
    public async Task One_click_and_the_form_unsubscribe(string body)
    {
        using var answer = await _host.Client.PostAsync(_host.Links.Unsubscribe(Message), new StringContent(body, null, "application/x-www-form-urlencoded"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("You are unsubscribed", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((Message, OutcomeKind.Unsubscribed, ""), Assert.Single(_host.Commands.Outcomes));
    }

    [Fact]
    public async Task Who_could_not_be_unsubscribed_is_told_so()
    {
        _host.Commands.Fails = true;

        using var answer = await _host.Client.PostAsync(_host.Links.Unsubscribe(Message), null);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    [Fact]
    public async Task Pictures_and_links_work_when_counting_does_not()
    {
        _host.Commands.Fails = true;

        using var open = await _host.Client.GetAsync(_host.Links.Open(Message));
        using var click = await _host.Client.GetAsync(_host.Links.Click(Message, "https://shop.example/"));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Redirect), (open.StatusCode, click.StatusCode));
    }

    [Fact]
    public async Task Links_that_we_did_not_sign_lead_nowhere()
    {
        var click = _host.Links.Click(Message, "https://shop.example/")!;
        var changed = click[..^2] + (click[^2] == 'A' ? 'B' : 'A') + click[^1];
        var otherKind = _host.Links.Open(Message).Replace("/o/", "/u/", StringComparison.Ordinal);

        using var first = await _host.Client.GetAsync(changed);
        using var second = await _host.Client.PostAsync(otherKind, null);
        using var third = await _host.Client.GetAsync(_host.Address + "o/nonsense");

        Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotFound], [first.StatusCode, second.StatusCode, third.StatusCode]);
        Assert.Empty(_host.Commands.Outcomes);
    }
}
