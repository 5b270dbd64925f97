using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Triggers.Engine.Definitions;
using Triggers.Runtime.Definitions;
using Triggers.Runtime.Operations;
using Triggers.Storage;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Api;

public sealed class ApiTests : IAsyncLifetime
{
    private WebHost _host = null!;

    public async Task InitializeAsync() => _host = await WebHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Stats_count_events()
    {
        var stats = await GetAsync("/stats");

        Assert.Equal(7, stats.GetProperty("events").GetProperty("total").GetInt64());
        Assert.Equal(1, stats.GetProperty("lifecycle").GetProperty("at risk").GetInt64());
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

    [Theory]
    [InlineData("ann")]
    [InlineData("u:ann")]
    [InlineData("a%2Fb")]
    public async Task A_customer_is_found_by_id_or_key(string id)
    {
        var customer = await GetAsync("/customers/" + id);

        Assert.Equal("pro", customer.GetProperty("traits").GetProperty("plan").GetString());
        Assert.Equal(2, customer.GetProperty("events").GetProperty("total").GetInt64());
    }

    [Theory]
    [InlineData("/customers/ann/merge", """{"other":"u:ben"}""", HttpStatusCode.Accepted, "u:ann")]
    [InlineData("/customers/ann/merge", """{"other":"ann"}""", HttpStatusCode.Conflict, "one already")]
    [InlineData("/customers/ann/merge", "{}", HttpStatusCode.BadRequest, "'other' is missing")]
    [InlineData("/customers/nobody/merge", """{"other":"ann"}""", HttpStatusCode.NotFound, "no customer 'nobody'")]
    [InlineData("/customers/ann/split", """{"key":"tv"}""", HttpStatusCode.Accepted, "stays with this customer")]
    [InlineData("/customers/ann/split", """{"key":"u:ben"}""", HttpStatusCode.Conflict, "'u:ben' is none")]
    [InlineData("/customers/ann/split", "{}", HttpStatusCode.BadRequest, "'key' is missing")]
    public async Task Orders_to_merge_and_split_say_what_becomes_of_them(string path, string body, HttpStatusCode status, string word)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var answer = await _host.Manager.PostAsync("/api/v1" + path, content);

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(word, (await answer.Content.ReadAsStringAsync()).Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_merge_log_names_the_kinds_there_are()
    {
        using var answer = await _host.Manager.GetAsync("/api/v1/merges?kind=undone");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("merged, refused, split", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
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
    [InlineData("/customers?limit=ten", "limit")]
    [InlineData("/customers/ann/timeline?kinds=event,mail", "'mail'")]
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

    [Fact]
    public async Task An_explanation_is_of_now_or_of_an_instant_of_the_past()
    {
        Assert.Equal("in", (await GetAsync("/customers/ann/explain?segment=vip&campaign=")).GetProperty("outcome").GetString());
        Assert.Equal("2026-01-01T09:00:00+00:00", (await GetAsync("/customers/ann/explain?segment=vip&at=2026-01-01T10:00:00%2B01:00")).GetProperty("at").GetString());
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
        using var answer = await _host.Manager.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/api/v1" + path));

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(order, string.Join("; ", _host.Commands.Orders));
    }

    [Fact]
    public async Task Messages_page_by_what_came_before()
    {
        _host.Store.Rows.AddRange(Enumerable.Range(1, 5).Select(number => new MessageRow(
            number, $"m{number}", "u:ann", number % 2 == 0 ? "other" : "welcome", 1, "0", "email", "hello", "ann@example.com",
            number == 5 ? MessageStatus.Failed : MessageStatus.Sent, number == 5 ? "550 no such user" : "", 1, 1_000, number == 1 ? 0 : 2_000)));

        var first = await GetAsync("/messages?limit=2&campaign=welcome&customer=ann");
        var second = await GetAsync("/messages?limit=2&campaign=welcome&customer=ann&before=" + first.GetProperty("next").GetString());
        var dead = await GetAsync("/dead-letters");

        Assert.Equal(["m5", "m3"], Ids(first));
        Assert.Equal(["m1"], Ids(second));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
        Assert.Equal("550 no such user", Assert.Single(dead.GetProperty("items").EnumerateArray()).GetProperty("reason").GetString());
        var shown = second.GetProperty("items")[0];
        Assert.Equal(("ann", "sent", JsonValueKind.Null), (shown.GetProperty("customer").GetString(), shown.GetProperty("status").GetString(), shown.GetProperty("closedAt").ValueKind));
    }

    [Fact]
    public async Task The_mailbox_lists_mails_without_content_and_shows_one_whole()
    {
        _host.Store.Mails.Add(new MailboxItem(1, "m1", "shop@example.com", "ann@example.com", "Hello", "<p>Hello</p>", "Hello", "X: y", "welcome", "u:ann", 1_000, false));

        var list = await GetAsync("/mailbox");
        var mail = await GetAsync("/mailbox/m1");

        Assert.Equal("Hello", list.GetProperty("items")[0].GetProperty("subject").GetString());
        Assert.False(list.GetProperty("items")[0].TryGetProperty("html", out _));
        Assert.Equal("<p>Hello</p>", mail.GetProperty("html").GetString());
    }

    [Fact]
    public async Task Rejected_events_say_why()
    {
        _host.Store.RejectedRows.Add(new RejectedEvent(9, 1_000, "shop-web", "no id", "{}"));

        var row = (await GetAsync("/rejected")).GetProperty("items")[0];

        Assert.Equal(("shop-web", "no id", "1970-01-01T00:00:01+00:00"), (row.GetProperty("source").GetString(), row.GetProperty("reason").GetString(), row.GetProperty("at").GetString()));
    }

    [Fact]
    public async Task Invalid_definitions_change_nothing_and_say_why()
    {
        _host.Definitions.Next = new ReloadResult(false, false, 3, [new DefinitionError("segments.yaml", 2, 5, "big", "There is no event 'x'.")]);

        using var answer = await _host.Manager.PostAsync("/api/v1/definitions/reload", null);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var error = problem.GetProperty("errors")[0];
        Assert.Equal(("segments.yaml", 2), (error.GetProperty("file").GetString(), error.GetProperty("line").GetInt32()));
    }

    [Fact]
    public async Task Valid_definitions_answer_their_version()
    {
        using var answer = await _host.Manager.PostAsync("/api/v1/definitions/reload", null);

        Assert.Equal(4, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task Definitions_show_the_write_keys()
    {
        var definitions = await GetAsync("/definitions");

        Assert.Equal("shop-web-key", definitions.GetProperty("sources")[0].GetProperty("writeKey").GetString());
        Assert.Equal("sources.yaml", definitions.GetProperty("files")[0].GetProperty("path").GetString());
    }

    [Fact]
    public async Task Every_kind_of_definition_file_has_a_schema()
    {
        var schemas = (await GetAsync("/definitions/schema")).GetProperty("items").EnumerateArray().ToList();

        Assert.Contains("segments", schemas.Select(schema => schema.GetProperty("id").GetString()));
        Assert.All(schemas, schema => Assert.StartsWith("https://json-schema.org/", schema.GetProperty("schema").GetProperty("$schema").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Templates_are_previewed_and_sent_as_tests()
    {
        using var preview = await _host.Manager.PostAsJsonAsync("/api/v1/templates/welcome/preview", new { customer = "ann" });
        using var sent = await _host.Manager.PostAsJsonAsync("/api/v1/templates/welcome/test-send", new { customer = "ann", to = "me@example.com" });
        using var incomplete = await _host.Manager.PostAsJsonAsync("/api/v1/templates/welcome/test-send", new { customer = "ann" });
        using var unknown = await _host.Manager.PostAsJsonAsync("/api/v1/templates/nothing/preview", new { customer = "ann" });
        using var broken = await _host.Manager.PostAsync("/api/v1/templates/welcome/preview", WebHost.Json("{"));

        Assert.Equal("Hello", (await preview.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("subject").GetString());
        Assert.Equal("sent to me@example.com", (await sent.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("outcome").GetString());
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.NotFound, HttpStatusCode.BadRequest), (incomplete.StatusCode, unknown.StatusCode, broken.StatusCode));
    }

    [Fact]
    public async Task Erasures_under_way_are_listed()
    {
        _host.Store.Erasures.Add(new PendingErasure("u:ann", 1_000));

        var item = Assert.Single((await GetAsync("/erasures")).GetProperty("items").EnumerateArray());

        Assert.Equal(("u:ann", "1970-01-01T00:00:01+00:00"), (item.GetProperty("customerKey").GetString(), item.GetProperty("at").GetString()));
    }

    [Theory]
    [InlineData("nodes/10.0.0.1%3A11111/drain", PlacementOrder.Drain, "10.0.0.1:11111")]
    [InlineData("nodes/silo-2/undrain", PlacementOrder.Undrain, "silo-2")]
    [InlineData("rebalance", PlacementOrder.Rebalance, null)]
    [InlineData("balancing/hold", PlacementOrder.Hold, null)]
    [InlineData("balancing/release", PlacementOrder.Release, null)]
    public async Task Orders_about_where_partitions_run_are_taken(string path, PlacementOrder order, string? node)
    {
        using var answer = await _host.Manager.PostAsync($"/api/v1/operations/{path}", null);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal((order, node), Assert.Single(_host.Operations.Orders));
    }

    [Fact]
    public async Task The_models_of_purchases_and_what_they_expect_of_a_customer_are_shown()
    {
        var value = await GetAsync("/value");
        var predicted = (await GetAsync("/customers/ann")).GetProperty("predicted");

        Assert.Equal((0.243, 2357, 612), (value.GetProperty("purchases").GetProperty("r").GetDouble(), value.GetProperty("buyers").GetInt32(), value.GetProperty("holdOut").GetProperty("actual").GetInt32()));
        Assert.Equal((0.75, 1.25, 80.1), (predicted.GetProperty("alive").GetDouble(), predicted.GetProperty("purchases90Days").GetDouble(), predicted.GetProperty("lifetimeValue").GetDouble()));
    }

    [Fact]
    public async Task What_is_measured_over_all_customers_is_shown_and_measured_again_when_asked()
    {
        var measures = await GetAsync("/measures");
        using var answer = await _host.Manager.PostAsync("/api/v1/measures", null);

        var line = Assert.Single(measures.GetProperty("lines").EnumerateArray());
        Assert.Equal(("top(10%, traits.spent)", 120.5, 2), (line.GetProperty("text").GetString(), line.GetProperty("line").GetDouble(), measures.GetProperty("partitionsWalking").GetInt32()));
        Assert.Equal((HttpStatusCode.Accepted, 1), (answer.StatusCode, _host.Measuring.Requests));
    }

    [Fact]
    public async Task An_order_that_cannot_be_carried_out_is_refused_with_the_reason()
    {
        Assert.Equal("No other silo would be left to take its partitions.", await AssertProblemAsync("POST", "/operations/nodes/only/drain", HttpStatusCode.Conflict));
    }

    [Theory]
    [InlineData("""{"files":[{"path":"segments.yaml","text":"fans: did('page')"}],"expected":3}""", HttpStatusCode.OK, "added")]
    [InlineData("""{"files":[{"path":"segments.yaml","text":"fans: did('page')"}],"expected":2}""", HttpStatusCode.Conflict, "Version 3 of the definitions is in force, not 2")]
    [InlineData("""{"files":[{"path":"segments.yaml","text":"fans: did("}]}""", HttpStatusCode.UnprocessableEntity, "segments.yaml")]
    [InlineData("""{}""", HttpStatusCode.BadRequest, "'files' is missing")]
    public async Task Files_are_applied_or_refused_with_the_reason(string body, HttpStatusCode status, string says)
    {
        using var answer = await _host.Manager.PutAsync("/api/v1/definitions", WebHost.Json(body));

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(says, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_openapi_document_describes_every_operation()
    {
        var document = await _host.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

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
        using var answer = await _host.Client.GetAsync(path);

        Assert.Equal((HttpStatusCode.OK, type), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.DoesNotContain("https://", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_takes_good_rows_and_reports_bad_ones_by_line()
    {
        const string rows = """
            {"type":"track","event":"Order Completed","userId":"1","timestamp":"1997-01-01T00:00:00Z","messageId":"r-0"}
            not json

            {"type":"track","event":"Order Completed","userId":"2","timestamp":"1997-01-02T00:00:00Z"}
            {"type":"track","userId":"3"}
            """;

        var result = await ImportAsync("row=10&source=shop-app", rows);

        Assert.Equal(2, result.GetProperty("accepted").GetInt32());
        Assert.Equal([1, 4], result.GetProperty("rejected").EnumerateArray().Select(row => row.GetProperty("line").GetInt32()));
        Assert.Equal((15, false), (result.GetProperty("nextRow").GetInt32(), result.GetProperty("alreadyImported").GetBoolean()));
        Assert.Equal(new ImportMark("0123456789abcdef", "orders.ndjson", 10, 15), Assert.Single(_host.Ingest.Marks));
        Assert.Equal(["r-0", "0123456789abcdef:13"], _host.Ingest.Events.Select(seen => seen.MessageId));
        Assert.All(_host.Ingest.Events, seen => Assert.True(seen.Flags.HasFlag(Engine.Records.RecordFlags.Historical) && seen.Source == "shop-app"));
        Assert.Equal(2, _host.Ingest.Rejected.Count);
    }

    [Fact]
    public async Task An_import_may_count_rows_of_its_own()
    {
        var result = await ImportAsync("row=10&next=40", """{"type":"page","userId":"1"}""");

        Assert.Equal(40, result.GetProperty("nextRow").GetInt32());
        Assert.Equal("shop-web", Assert.Single(_host.Ingest.Events).Source);
    }

    [Fact]
    public async Task Rows_that_are_in_already_change_nothing()
    {
        _host.Ingest.Answer = new AppendResult(AppendStatus.AlreadyImported, 0, default, "");
        _host.Store.JournalRow = 77;

        var result = await ImportAsync("row=0", "not json");
        var progress = await GetAsync("/import?hash=0123456789abcdef");

        Assert.Equal((0, true, 77), (result.GetProperty("accepted").GetInt32(), result.GetProperty("alreadyImported").GetBoolean(), result.GetProperty("nextRow").GetInt32()));
        Assert.Equal(77, progress.GetProperty("nextRow").GetInt32());
        Assert.Empty(_host.Ingest.Rejected);
    }

    [Theory]
    [InlineData("row=-1")]
    [InlineData("row=5&next=4")]
    [InlineData("row=0&source=nobody")]
    [InlineData("")]
    public async Task An_import_that_makes_no_sense_is_refused(string query)
    {
        using var answer = await _host.Manager.PostAsync($"/api/v1/import?hash=0123456789abcdef&name=n&{query}", new StringContent("{}"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_full_server_tells_an_import_when_to_go_on()
    {
        _host.Ingest.Answer = new AppendResult(AppendStatus.Busy, 0, TimeSpan.FromMilliseconds(50), "full");

        using var answer = await _host.Manager.PostAsync("/api/v1/import?hash=0123456789abcdef&name=n&row=0", new StringContent("""{"type":"page","userId":"1"}"""));

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
    }

    private async Task<JsonElement> ImportAsync(string query, string rows)
    {
        var content = new ByteArrayContent(Ingest.WireTests.Gzip(rows));
        content.Headers.ContentEncoding.Add("gzip");
        using var answer = await _host.Manager.PostAsync($"/api/v1/import?hash=0123456789abcdef&name=orders.ndjson&{query}", content);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private Task<JsonElement> GetAsync(string path) => _host.Manager.GetFromJsonAsync<JsonElement>("/api/v1" + path);

    private async Task<string> AssertProblemAsync(string method, string path, HttpStatusCode status)
    {
        using var answer = await _host.Manager.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/api/v1" + path));
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        return problem.GetProperty("detail").GetString()!;
    }

    private static IEnumerable<string?> Ids(JsonElement list) => list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString());
}
