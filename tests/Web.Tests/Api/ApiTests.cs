using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Triggers.Runtime.Operations;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Api;

/// <summary>What holds for every resource: lists, problems, orders, the document.</summary>
public sealed class ApiTests : ApiTestBase
{
    [Fact]
    public async Task Stats_count_events()
    {
        var stats = await GetAsync("/stats");

        Assert.Equal(7, stats.GetProperty("events").GetProperty("total").GetInt64());
        Assert.Equal(1, stats.GetProperty("lifecycle").GetProperty("at risk").GetInt64());
    }

    [Fact]
    public async Task The_last_seconds_are_told_one_by_one()
    {
        var second = Assert.Single((await GetAsync("/stats/seconds")).GetProperty("seconds").EnumerateArray());

        Assert.Equal((12.0, 0.5), (second.GetProperty("events").GetDouble(), second.GetProperty("messages").GetDouble()));
        Assert.Equal(DateTimeOffset.UnixEpoch, second.GetProperty("at").GetDateTimeOffset());
    }

    [Theory]
    [InlineData("/customers?query=an", "items")]
    [InlineData("/customers/ann/timeline", "items")]
    [InlineData("/customers/ann/timeline?kinds=message,%20outcome", "items")]
    [InlineData("/customers/ann/traits/plan/history", "items")]
    [InlineData("/groups?query=ac", "items")]
    [InlineData("/groups/acme/members", "items")]
    [InlineData("/customers/ann/merges", "items")]
    [InlineData("/merges?kind=refused", "items")]
    [InlineData("/segments", "items")]
    [InlineData("/segments/high-intent/members", "items")]
    [InlineData("/campaigns", "items")]
    public async Task Lists_have_items_and_a_next(string path, string property)
    {
        var list = await GetAsync(path);

        Assert.Equal(1, list.GetProperty(property).GetArrayLength());
        Assert.True(list.TryGetProperty("next", out _));
    }

    [Fact]
    public async Task A_campaign_has_its_counters_beside_it()
    {
        var counters = await GetAsync("/campaigns/welcome/counters");

        Assert.Equal(1250, counters.GetProperty("revenue").GetProperty("USD").GetInt64());
        Assert.Equal(1, counters.GetProperty("skipped").GetProperty("opted out").GetInt64());
    }

    [Fact]
    public async Task Overlaps_name_the_other_segments_and_both_sizes()
    {
        var overlap = await GetAsync("/segments/high-intent/overlap");

        Assert.Equal(2, overlap.GetProperty("size").GetInt64());
        var other = Assert.Single(overlap.GetProperty("segments").EnumerateArray());
        Assert.Contains("counted for somebody else", await AssertProblemAsync("GET", "/segments/busy/overlap", HttpStatusCode.Conflict), StringComparison.Ordinal);
        Assert.Equal(("newsletter", 5, 1), (other.GetProperty("id").GetString(), other.GetProperty("size").GetInt64(), other.GetProperty("both").GetInt64()));
    }

    [Theory]
    [InlineData("GET", "/customers/nobody")]
    [InlineData("GET", "/customers/nobody/timeline")]
    [InlineData("GET", "/customers/nobody/traits/plan/history")]
    [InlineData("GET", "/customers/nobody/explain?segment=vip")]
    [InlineData("GET", "/customers/ann/explain?segment=nothing")]
    [InlineData("POST", "/customers/nobody/suppress")]
    [InlineData("DELETE", "/customers/nobody")]
    [InlineData("GET", "/groups/nobody")]
    [InlineData("GET", "/groups/nobody/members")]
    [InlineData("DELETE", "/groups/nobody")]
    [InlineData("GET", "/segments/nothing/members")]
    [InlineData("GET", "/segments/nothing/overlap")]
    [InlineData("GET", "/campaigns/nothing")]
    [InlineData("POST", "/campaigns/nobody/pause")]
    [InlineData("POST", "/dead-letters/nobody/resend")]
    [InlineData("GET", "/mailbox/nothing")]
    [InlineData("GET", "/nothing/at/all")]
    public async Task What_is_not_there_is_a_404_problem(string method, string path) => await AssertProblemAsync(method, path, HttpStatusCode.NotFound);

    [Theory]
    [InlineData("/customers?limit=0", "'limit'")]
    [InlineData("/customers?limit=501", "'limit'")]
    [InlineData("/customers?limit=ten", "'limit' cannot be 'ten'.")]
    [InlineData("/customers/ann/timeline?kinds=event,mail", "'mail'")]
    [InlineData("/customers/ann/timeline?after=junk", "'after' must be the 'next' of the page before; it is 'junk'.")]
    [InlineData("/customers/ann/explain", "'segment'")]
    [InlineData("/customers/ann/explain?segment=vip&campaign=welcome", "'campaign'")]
    [InlineData("/customers/ann/explain?segment=vip&at=yesterday", "'yesterday'")]
    [InlineData("/customers/ann/explain?segment=vip&at=2999-01-01", "ahead")]
    [InlineData("/customers/ann/explain?decision=0-0-0&at=2026-01-01", "'at'")]
    [InlineData("/messages?before=x", "'before'")]
    [InlineData("/messages?status=lost", "'status'")]
    [InlineData("/rejected?before=-1", "'before'")]
    public async Task A_bad_parameter_is_a_400_problem_that_names_it(string path, string name)
        => Assert.Contains(name, await AssertProblemAsync("GET", path, HttpStatusCode.BadRequest), StringComparison.Ordinal);

    [Theory]
    [InlineData("", "A JSON body is needed; see /api for what it holds.")]
    [InlineData("{\n \"condition\" true }", "The body is not the JSON that is expected here: line 2, byte 14, at $.")]
    [InlineData("[]", "The body is not the JSON that is expected here: line 1, byte 2, at $.")]
    public async Task A_body_that_cannot_be_read_is_a_400_problem_in_the_words_of_the_caller(string body, string detail)
    {
        using var answer = await Host.Manager.PostAsync("/api/v1/segments/preview", WebHost.Json(body));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(detail, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_wrong_method_is_a_405_problem() => await AssertProblemAsync("PUT", "/stats", HttpStatusCode.MethodNotAllowed);

    [Theory]
    [InlineData("POST", "/customers/ann/suppress", "suppress ann True")]
    [InlineData("POST", "/customers/ann/unsuppress", "suppress ann False")]
    [InlineData("DELETE", "/customers/a%2Fb", "erase a/b")]
    [InlineData("POST", "/campaigns/welcome/pause", "pause welcome True")]
    [InlineData("POST", "/campaigns/welcome/resume", "pause welcome False")]
    [InlineData("POST", "/sending/pause", "sending False")]
    [InlineData("POST", "/sending/resume", "sending True")]
    [InlineData("POST", "/sending/resume?skipDecidedBefore=2026-05-01T12:00:00Z", "skip before 2026-05-01T12:00:00.0000000+00:00; sending True")]
    [InlineData("POST", "/dead-letters/00ff/resend", "resend 00ff")]
    public async Task An_order_is_passed_on(string method, string path, string order)
    {
        using var answer = await Host.Manager.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/api/v1" + path));

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(order, string.Join("; ", Host.Commands.Orders));
    }

    [Theory]
    [InlineData("nodes/10.0.0.1%3A11111/drain", PlacementOrder.Drain, "10.0.0.1:11111")]
    [InlineData("nodes/silo-2/undrain", PlacementOrder.Undrain, "silo-2")]
    [InlineData("rebalance", PlacementOrder.Rebalance, null)]
    [InlineData("balancing/hold", PlacementOrder.Hold, null)]
    [InlineData("balancing/release", PlacementOrder.Release, null)]
    public async Task Orders_about_where_partitions_run_are_taken(string path, PlacementOrder order, string? node)
    {
        using var answer = await Host.Manager.PostAsync($"/api/v1/operations/{path}", null);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal((order, node), Assert.Single(Host.Operations.Orders));
    }

    [Fact]
    public async Task What_is_measured_over_all_customers_is_shown_and_measured_again_when_asked()
    {
        var measures = await GetAsync("/measures");
        using var answer = await Host.Manager.PostAsync("/api/v1/measures", null);

        var line = Assert.Single(measures.GetProperty("lines").EnumerateArray());
        Assert.Equal(("top(10%, traits.spent)", 120.5, 2), (line.GetProperty("text").GetString(), line.GetProperty("line").GetDouble(), measures.GetProperty("partitionsWalking").GetInt32()));
        Assert.Equal((HttpStatusCode.Accepted, 1), (answer.StatusCode, Host.Measuring.Requests));
    }

    [Fact]
    public async Task An_order_that_cannot_be_carried_out_is_refused_with_the_reason()
    {
        Assert.Equal("No other silo would be left to take its partitions.", await AssertProblemAsync("POST", "/operations/nodes/only/drain", HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task The_openapi_document_describes_every_operation()
    {
        var document = await Host.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        var operations = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(operation => (path.Name, operation.Value))).ToList();
        Assert.True(operations.Count >= 26, $"{operations.Count} operations");
        Assert.All(operations, operation =>
        {
            Assert.StartsWith("/api/v1/", operation.Name, StringComparison.Ordinal);
            Assert.NotEmpty(operation.Value.GetProperty("summary").GetString()!);
            Assert.True(operation.Value.GetProperty("responses").TryGetProperty("401", out _), operation.Name);
        });
        Assert.Equal("bearer", document.GetProperty("components").GetProperty("securitySchemes").GetProperty("managementKey").GetProperty("scheme").GetString());
        Assert.True(document.GetProperty("components").GetProperty("schemas").TryGetProperty("StatsView", out _));
    }

    [Theory]
    [InlineData("/api", "text/html")]
    [InlineData("/api/reference.js", "text/javascript")]
    [InlineData("/api/reference.css", "text/css")]
    public async Task The_reference_page_is_ours_alone(string path, string type)
    {
        using var answer = await Host.Client.GetAsync(path);

        Assert.Equal((HttpStatusCode.OK, type), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.DoesNotContain("https://", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
