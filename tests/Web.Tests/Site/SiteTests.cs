using System.IO.Compression;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Triggers.Web.Auth;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Site;

public sealed class SiteTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("triggers-site").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_browser_script_is_under_3_kilobytes_gzipped()
    {
        await using var host = await WebHost.StartAsync();
        using var answer = await host.Client.GetAsync("/t.js");
        var script = await answer.Content.ReadAsByteArrayAsync();
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Optimal))
        {
            gzip.Write(script);
        }

        Assert.Equal("text/javascript", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.InRange(memory.ToArray().Length, 500, 3 * 1024 - 1);
    }

    [Fact]
    public async Task A_script_that_is_known_is_not_sent_again()
    {
        await using var host = await WebHost.StartAsync();
        using var first = await host.Client.GetAsync("/t.js");
        var again = new HttpRequestMessage(HttpMethod.Get, "/t.js");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await host.Client.SendAsync(again);
        var packed = new HttpRequestMessage(HttpMethod.Get, "/t.js");
        packed.Headers.AcceptEncoding.ParseAdd("gzip");
        using var third = await host.Client.SendAsync(packed);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal(["gzip"], third.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task A_dashboard_that_is_not_built_says_how_to_build_it()
    {
        await using var host = await WebHost.StartAsync(options => options with { DashboardFolder = _folder });
        using var answer = await GetSignedInAsync(host, "/campaigns/welcome");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("npm run build", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_are_the_dashboards_and_hashed_files_are_kept_for_ever()
    {
        WriteDashboard();
        await using var host = await WebHost.StartAsync(options => options with { DashboardFolder = _folder });
        using var page = await GetSignedInAsync(host, "/customers/ann@example.com");
        using var script = await host.Client.GetAsync("/assets/index-abc.js");
        using var missing = await host.Client.GetAsync("/assets/index-old.js");
        using var outside = await host.Client.GetAsync("/..%2fsecret.txt");

        Assert.Equal("<html>dashboard</html>", await page.Content.ReadAsStringAsync());
        Assert.True(page.Headers.CacheControl?.NoCache);
        Assert.True(page.Headers.Contains("Content-Security-Policy"));
        Assert.Contains("immutable", script.Headers.CacheControl?.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, outside.StatusCode);
    }

    [Theory]
    [InlineData("/favicon.svg")]
    [InlineData("/favicon.ico")]
    public async Task The_icon_is_there_before_the_dashboard_is_built(string path)
    {
        await using var host = await WebHost.StartAsync(options => options with { DashboardFolder = _folder });
        using var icon = await host.Client.GetAsync(path);
        using var page = await host.Client.GetAsync("/sign-in");

        Assert.Equal("image/svg+xml", icon.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("<svg", await icon.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("href=\"/favicon.svg\"", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/", "/sign-in")]
    [InlineData("/segments?x=1", "/sign-in?return=%2Fsegments%3Fx%3D1")]
    public async Task Who_is_not_signed_in_is_led_to_the_form(string path, string location)
    {
        WriteDashboard();
        await using var host = await WebHost.StartAsync(options => options with { DashboardFolder = _folder });
        using var answer = await host.Client.GetAsync(path);
        using var form = await host.Client.GetAsync(answer.Headers.Location);

        Assert.Equal((HttpStatusCode.Redirect, location), (answer.StatusCode, answer.Headers.Location?.ToString()));
        Assert.Contains("name=\"key\"", await form.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_shop_is_open_to_everybody()
    {
        File.WriteAllText(Path.Combine(_folder, "index.html"), "<html>shop</html>");
        await using var host = await WebHost.StartAsync(options => options with { ShopFolder = _folder });
        using var redirect = await host.Client.GetAsync("/shop");
        using var page = await host.Client.GetAsync("/shop/");
        using var missing = await host.Client.GetAsync("/shop/nothing.js");

        Assert.Equal("/shop/", redirect.Headers.Location?.ToString());
        Assert.Equal("<html>shop</html>", await page.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    private void WriteDashboard()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "assets"));
        File.WriteAllText(Path.Combine(_folder, "index.html"), "<html>dashboard</html>");
        File.WriteAllText(Path.Combine(_folder, "assets", "index-abc.js"), "1");
    }

    private static async Task<HttpResponseMessage> GetSignedInAsync(WebHost host, string path)
    {
        using var signIn = await host.Client.GetAsync("/sign-in?token=" + host.Services.GetRequiredService<SignInLinks>().CreateToken());
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Cookie", signIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        return await host.Client.SendAsync(request);
    }
}
