using System.Net.Http.Json;
using System.Text.Json;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Api;

/// <summary>What pages say of where to send events, and where mail goes, is what the server was set up with.</summary>
public sealed class SetupApiTests : ApiTestBase
{
    [Fact]
    public async Task Sources_shop_and_mail_are_as_the_server_was_set_up()
    {
        var setup = await GetAsync("/setup");

        Assert.Equal(
            [("shop-web", "Shop", "shop-web-key"), ("shop-app", "App", "Shop-App")],
            setup.GetProperty("sources").EnumerateArray().Select(source => (source.GetProperty("id").GetString(), source.GetProperty("name").GetString(), source.GetProperty("writeKey").GetString())));
        Assert.Equal((false, false), (setup.GetProperty("shop").GetBoolean(), setup.GetProperty("sendsMail").GetBoolean()));

        await using var other = await WebHost.StartAsync(options => options with { ShopFolder = AppContext.BaseDirectory }, sendsMail: true);
        var full = await other.Manager.GetFromJsonAsync<JsonElement>("/api/v1/setup");
        Assert.Equal((true, true), (full.GetProperty("shop").GetBoolean(), full.GetProperty("sendsMail").GetBoolean()));
    }
}
