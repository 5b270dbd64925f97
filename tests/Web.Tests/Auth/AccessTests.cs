using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Triggers.Web.Auth;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Auth;

public sealed class AccessTests : IAsyncLifetime
{
    private WebHost _host = null!;

    public async Task InitializeAsync() => _host = await WebHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer wrong")]
    [InlineData("Bearer the-management-key-and-more")]
    [InlineData("Basic dGhlLW1hbmFnZW1lbnQta2V5Og==")]
    public async Task Without_the_key_the_api_answers_401_with_a_problem(string? authorization)
    {
        using var answer = await SendAsync(HttpMethod.Get, "/api/v1/stats", ("Authorization", authorization));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Theory]
    [InlineData("GET", "/api/v1/customers")]
    [InlineData("POST", "/api/v1/sending/pause")]
    [InlineData("DELETE", "/api/v1/customers/ann")]
    [InlineData("POST", "/api/v1/import?hash=12345678&name=n&row=0")]
    [InlineData("POST", "/live/negotiate?negotiateVersion=1")]
    public async Task Everything_that_manages_asks_who_you_are(string method, string path)
    {
        using var answer = await SendAsync(new HttpMethod(method), path);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Empty(_host.Commands.Orders);
    }

    [Fact]
    public async Task A_one_time_link_signs_a_browser_in_once()
    {
        var token = _host.Services.GetRequiredService<SignInLinks>().CreateToken();

        using var first = await SendAsync(HttpMethod.Get, "/sign-in?token=" + token);
        using var second = await SendAsync(HttpMethod.Get, "/sign-in?token=" + token);

        Assert.Equal((HttpStatusCode.Redirect, "/"), (first.StatusCode, first.Headers.Location?.ToString()));
        Assert.Equal(HttpStatusCode.Forbidden, second.StatusCode);
        Assert.False(second.Headers.Contains("Set-Cookie"));
        var cookie = first.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        using var stats = await SendAsync(HttpMethod.Get, "/api/v1/stats", ("Cookie", NameAndValue(cookie)));
        Assert.Equal(HttpStatusCode.OK, stats.StatusCode);
    }

    [Fact]
    public async Task A_link_is_too_old_after_ten_minutes()
    {
        var token = _host.Services.GetRequiredService<SignInLinks>().CreateToken();
        _host.Time.Advance(TimeSpan.FromMinutes(10));

        using var answer = await SendAsync(HttpMethod.Get, "/sign-in?token=" + token);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task A_browser_that_looks_ahead_does_not_use_the_link_up()
    {
        var token = _host.Services.GetRequiredService<SignInLinks>().CreateToken();

        using var ahead = await SendAsync(HttpMethod.Get, "/sign-in?token=" + token, ("Sec-Purpose", "prefetch;prerender"));
        using var real = await SendAsync(HttpMethod.Get, "/sign-in?token=" + token);

        Assert.False(ahead.Headers.Contains("Set-Cookie"));
        Assert.Equal(HttpStatusCode.Redirect, real.StatusCode);
    }

    [Fact]
    public async Task A_link_followed_from_another_site_goes_on_by_our_own_page()
    {
        var token = _host.Services.GetRequiredService<SignInLinks>().CreateToken();

        using var answer = await SendAsync(HttpMethod.Get, "/sign-in?token=" + token, ("Sec-Fetch-Site", "cross-site"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("0;url=/", answer.Headers.GetValues("Refresh").Single());
    }

    [Fact]
    public async Task The_form_takes_the_management_key_and_nothing_else()
    {
        using var wrong = await SubmitAsync("guess", "/campaigns");
        using var right = await SubmitAsync(WebHost.Key, "/campaigns");

        Assert.Equal(HttpStatusCode.Forbidden, wrong.StatusCode);
        Assert.Equal((HttpStatusCode.Redirect, "/campaigns"), (right.StatusCode, right.Headers.Location?.ToString()));
        Assert.True(right.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("javascript:alert(1)")]
    public async Task Signing_in_leads_nowhere_else(string target)
    {
        using var answer = await SubmitAsync(WebHost.Key, target);

        Assert.Equal("/", answer.Headers.Location?.ToString());
    }

    [Theory]
    [InlineData(null, null, HttpStatusCode.NoContent)]
    [InlineData("self", null, HttpStatusCode.NoContent)]
    [InlineData("https://evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData("null", null, HttpStatusCode.Forbidden)]
    [InlineData(null, "cross-site", HttpStatusCode.Forbidden)]
    [InlineData(null, "same-site", HttpStatusCode.Forbidden)]
    [InlineData(null, "same-origin", HttpStatusCode.NoContent)]
    public async Task A_signed_in_browser_changes_things_only_from_our_pages(string? origin, string? site, HttpStatusCode expected)
    {
        var from = origin == "self" ? _host.Address.GetLeftPart(UriPartial.Authority) : origin;

        using var answer = await SendAsync(HttpMethod.Post, "/api/v1/sending/pause", ("Cookie", await SignInAsync()), ("Origin", from), ("Sec-Fetch-Site", site));

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(expected == HttpStatusCode.NoContent ? 1 : 0, _host.Commands.Orders.Count);
    }

    [Fact]
    public async Task A_session_ends_and_a_forged_one_never_begins()
    {
        var cookie = await SignInAsync();
        var forged = cookie[..^3] + (cookie.EndsWith("AAA", StringComparison.Ordinal) ? "BBB" : "AAA");

        using var withForged = await SendAsync(HttpMethod.Get, "/api/v1/stats", ("Cookie", forged));
        _host.Time.Advance(TimeSpan.FromDays(31));
        using var late = await SendAsync(HttpMethod.Get, "/api/v1/stats", ("Cookie", cookie));

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (withForged.StatusCode, late.StatusCode));
    }

    [Fact]
    public async Task Signing_out_takes_the_cookie_away()
    {
        using var answer = await SendAsync(HttpMethod.Post, "/sign-out", ("Cookie", await SignInAsync()));

        Assert.Contains("expires=Thu, 01 Jan 1970", answer.Headers.GetValues("Set-Cookie").Single(), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("https://triggers.example", "triggers.example", true)]
    [InlineData("https://triggers.example", "Triggers.Example:443", true)]
    [InlineData("https://triggers.example", "127.0.0.1:8080", false)]
    [InlineData("http://triggers.example", "triggers.example", false)]
    public async Task Behind_a_proxy_with_tls_the_cookie_is_for_tls_alone(string publicUrl, string asked, bool secure)
    {
        await using var host = await WebHost.StartAsync(options => options with { PublicUrl = publicUrl });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/sign-in?token=" + host.Services.GetRequiredService<SignInLinks>().CreateToken());
        request.Headers.Host = asked;

        using var answer = await host.Client.SendAsync(request);

        Assert.Equal(secure, answer.Headers.GetValues("Set-Cookie").Single().Contains("secure", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("/api/v1/stats")]
    [InlineData("/API/v1/stats")]
    [InlineData("/api/v1/nope")]
    [InlineData("/health/live")]
    [InlineData("/openapi/v1.json")]
    public async Task An_answer_is_what_its_type_says(string path)
    {
        using var answer = await _host.Manager.GetAsync(path);

        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Theory]
    [InlineData("/api/v1/stats")]
    [InlineData("/API/V1/stats")]
    public async Task What_managers_read_is_kept_nowhere(string path)
    {
        using var answer = await _host.Manager.GetAsync(path);

        Assert.True(answer.Headers.CacheControl?.NoStore);
    }

    private async Task<string> SignInAsync()
    {
        using var answer = await SubmitAsync(WebHost.Key, "/");
        return NameAndValue(answer.Headers.GetValues("Set-Cookie").Single());
    }

    private Task<HttpResponseMessage> SubmitAsync(string key, string target)
        => _host.Client.PostAsync("/sign-in", new FormUrlEncodedContent(new Dictionary<string, string> { ["key"] = key, ["return"] = target }));

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers.Where(header => header.Value is not null))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _host.Client.SendAsync(request);
    }

    private static string NameAndValue(string cookie) => cookie[..cookie.IndexOf(';')];
}
