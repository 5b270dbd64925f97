using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Api;

/// <summary>Tests of campaigns over HTTP.</summary>
public sealed class CampaignTestsApiTests : IAsyncLifetime
{
    private WebHost _host = null!;

    public async Task InitializeAsync() => _host = await WebHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_test_takes_a_person_events_and_files()
    {
        const string body = """
            {"files":[{"path":"segments.yaml","text":"fans: did('page')"}],"person":{"traits":{"email":"a@example.com"},"lists":["vips"]},"event":{"name":"Quoted","properties":{"total":7}},
            "events":[{"name":"Paid","after":"1h30m"},{"name":"page","after":"-3d"}],"span":"30d","anyway":true,"send":true,"to":" me@example.com "}
            """;
        using var answer = await _host.Manager.PostAsync("/api/v1/campaigns/cart/test", WebHost.Json(body));
        using var plain = await _host.Manager.PostAsync("/api/v1/campaigns/cart/test", WebHost.Json("""{"customer":"ann"}"""));

        Assert.Equal("completed", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("outcome").GetString());
        var asked = _host.Tests.Asked[0];
        Assert.Equal(("cart", "fans", "vips", "Quoted"), (asked.Campaign, asked.Definitions!.Segments.Single().Id, asked.Person!.Lists.Single(), asked.Event!.Name));
        Assert.Equal((5_400_000L, -259_200_000L, 30 * 86_400_000L), (asked.Events[0].AfterMs, asked.Events[1].AfterMs, asked.SpanMs));
        Assert.Equal((true, "me@example.com", false), (asked.Anyway, asked.SendTo, asked.SendWebhooks));
        Assert.Equal(HttpStatusCode.OK, plain.StatusCode);
        Assert.Equal((null, "ann", 400 * 86_400_000L, null), (_host.Tests.Asked[1].Definitions, _host.Tests.Asked[1].Customer, _host.Tests.Asked[1].SpanMs, _host.Tests.Asked[1].SendTo));
    }

    [Theory]
    [InlineData("""{"customer":"Missing"}""", HttpStatusCode.NotFound, "It is Missing.")]
    [InlineData("""{"customer":"Busy"}""", HttpStatusCode.Conflict, "It is Busy.")]
    [InlineData("""{"customer":"Invalid"}""", HttpStatusCode.BadRequest, "It is Invalid.")]
    [InlineData("""{"customer":"NoTestAddress"}""", HttpStatusCode.BadRequest, "It is NoTestAddress.")]
    [InlineData("""{"customer":"ann","span":"soon"}""", HttpStatusCode.BadRequest, "'span' soon")]
    [InlineData("""{"customer":"ann","events":[{"name":"Paid"}]}""", HttpStatusCode.BadRequest, "'after' of event 'Paid' is missing")]
    [InlineData("""{"customer":"ann","event":{"name":"Paid","after":"1h"}}""", HttpStatusCode.BadRequest, "'event' happens at the beginning")]
    [InlineData("""{"customer":"ann","send":true}""", HttpStatusCode.BadRequest, "'send' needs 'to'")]
    [InlineData("""{"customer":"ann","to":"me@example.com"}""", HttpStatusCode.BadRequest, "only with 'send'")]
    [InlineData("""{"customer":"ann","files":[{"path":"segments.yaml","text":"fans: did("}]}""", HttpStatusCode.UnprocessableEntity, "segments.yaml")]
    public async Task A_test_that_cannot_be_is_refused_with_the_reason(string body, HttpStatusCode status, string reason)
    {
        using var answer = await _host.Manager.PostAsync("/api/v1/campaigns/cart/test", WebHost.Json(body));

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(reason, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task The_unsubscribe_link_of_a_test_says_so_and_unsubscribes_nobody(string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/u/test");
        using var answer = await _host.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("This is a test message", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(_host.Commands.Outcomes);
    }
}
