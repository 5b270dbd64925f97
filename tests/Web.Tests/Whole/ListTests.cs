using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Whole;

/// <summary>Static lists as people upload them.</summary>
public sealed class ListTests : IAsyncLifetime
{
    private WholeServer _server = null!;

    public async Task InitializeAsync() => _server = await WholeServer.StartNewAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_list_of_ids_is_made_replaced_added_to_taken_from_and_removed()
    {
        var report = await UploadAsync(HttpMethod.Put, "/lists/vip", "ann\r\nbob\n\n bob \n\"eve, the 2nd\"\n");
        Assert.Equal((4, 3, 0, 3), (Of(report, "rows"), Of(report, "added"), Of(report, "removed"), Of(report, "members")));

        report = await UploadAsync(HttpMethod.Put, "/lists/vip", "name;User_ID\nBob;bob\nZoë;zoë\n");
        Assert.Equal((1, 2, 1, 2), (Of(report, "added"), Of(report, "removed"), Of(report, "unchanged"), Of(report, "members")));

        report = await UploadAsync(HttpMethod.Post, "/lists/vip/members", """
            "ann"
            {"userId":"bob"}
            {"userId":17}
            """, "application/x-ndjson");
        Assert.Equal((2, 4), (Of(report, "added"), Of(report, "members")));

        report = await UploadAsync(HttpMethod.Delete, "/lists/vip/members?column=who", "x,who\n1,ann\n2,nobody\n");
        Assert.Equal((1, 1, 3), (Of(report, "removed"), Of(report, "unchanged"), Of(report, "members")));

        var members = await GetAsync("/lists/vip/members?limit=2");
        Assert.Equal("17 bob", string.Join(' ', members.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("userId").GetString())));
        Assert.Equal("bob", members.GetProperty("next").GetString());
        await UntilAsync(async () => Of(await GetAsync("/lists/vip"), "waiting") == 0);

        using var removed = await _server.Manager.DeleteAsync("/api/v1/lists/vip");
        Assert.Equal(HttpStatusCode.Accepted, removed.StatusCode);
        await UntilAsync(async () => (await GetAsync("/lists")).GetProperty("items").GetArrayLength() == 0);
    }

    [Fact]
    public async Task Addresses_are_looked_up_and_those_that_nobody_or_more_than_one_has_are_told_by_line()
    {
        foreach (var (user, email) in new[] { ("ann", "Ann@example.com"), ("bob", "bob@example.com"), ("bob2", "bob@example.com") })
        {
            using var sent = await _server.Site.PostAsync("/v1/identify", WebHost.Json($$"""{ "writeKey": "shop-web", "userId": "{{user}}", "traits": { "email": "{{email}}" } }"""));
        }

        await UntilAsync(async () => (await GetAsync("/customers?query=bob")).GetProperty("items").GetArrayLength() == 2);
        await UntilAsync(async () => (await GetAsync("/customers?query=ann")).GetProperty("items").GetArrayLength() == 1);
        var report = await UploadAsync(HttpMethod.Put, "/lists/mail", "E-Mail\nann@EXAMPLE.com\nbob@example.com\nnobody@example.com\n");

        Assert.Equal((1, 1, 1, 1), (Of(report, "added"), Of(report, "notFound"), Of(report, "ambiguous"), Of(report, "members")));
        Assert.Equal("3 bob@example.com, 4 nobody@example.com", string.Join(", ", report.GetProperty("problems").EnumerateArray().Select(problem => $"{problem.GetProperty("line")} {problem.GetProperty("value")}")));
        await UntilAsync(async () => (await GetAsync("/customers/ann")).GetProperty("lists").GetArrayLength() == 1);
    }

    [Theory]
    [InlineData("PUT", "/lists/V.I.P", "a", HttpStatusCode.Conflict, "is not an id")]
    [InlineData("PUT", "/lists/vip", "name,age\na,1\n", HttpStatusCode.BadRequest, "Which column holds the ids? Give its name as 'column'. The first row has: name, age.")]
    [InlineData("PUT", "/lists/vip?column=id", "name,age\na,1\n", HttpStatusCode.BadRequest, "The first row has no column 'id'. It has: name, age.")]
    [InlineData("PUT", "/lists/vip?by=phone", "a\n", HttpStatusCode.BadRequest, "'by' is 'userId' or 'email'")]
    [InlineData("PUT", "/lists/vip?by=email", "a@b.c\n", HttpStatusCode.BadRequest, "None of the 1 rows names a user, and nothing was changed. Line 1, 'a@b.c': No known customer has this address.")]
    [InlineData("PUT", "/lists/vip", "\"a\n", HttpStatusCode.BadRequest, "Line 1: a field in quotes is never closed.")]
    [InlineData("PUT", "/lists/vip", "{\"userId\":", HttpStatusCode.BadRequest, "Line 1 is not JSON.")]
    [InlineData("PUT", "/lists/vip", "{\"userId\":[]}", HttpStatusCode.BadRequest, "Line 1 is neither a text nor an object")]
    [InlineData("DELETE", "/lists/vip/members", "a\n", HttpStatusCode.Conflict, "There is no list 'vip'.")]
    [InlineData("GET", "/lists/vip", "", HttpStatusCode.NotFound, "There is no list 'vip'.")]
    [InlineData("GET", "/lists/vip/members", "", HttpStatusCode.NotFound, "There is no list 'vip'.")]
    [InlineData("DELETE", "/lists/vip", "", HttpStatusCode.NotFound, "There is no list 'vip'.")]
    public async Task What_cannot_be_done_is_told_with_what_to_do(string method, string path, string body, HttpStatusCode status, string says)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/api/v1" + path) { Content = body.Length == 0 ? null : new StringContent(body) };
        using var answer = await _server.Manager.SendAsync(request);

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(says, JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, (await GetAsync("/lists")).GetProperty("items").GetArrayLength());
    }

    private static long Of(JsonElement element, string name) => element.GetProperty(name).GetInt64();

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await condition())
        {
            await Task.Delay(10, patience.Token);
        }
    }

    private async Task<JsonElement> UploadAsync(HttpMethod method, string path, string body, string type = "text/csv")
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        using var request = new HttpRequestMessage(method, "/api/v1" + path) { Content = content };
        using var answer = await _server.Manager.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private Task<JsonElement> GetAsync(string path) => _server.Manager.GetFromJsonAsync<JsonElement>("/api/v1" + path);
}
