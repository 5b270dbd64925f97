using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Triggers.Storage;

namespace Triggers.Web.Tests.Api;

/// <summary>Imports by rows.</summary>
public sealed class ImportApiTests : ApiTestBase
{
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
        Assert.Equal(new ImportMark("0123456789abcdef", "orders.ndjson", 10, 15), Assert.Single(Host.Ingest.Marks));
        Assert.Equal(["r-0", "0123456789abcdef:13"], Host.Ingest.Events.Select(seen => seen.MessageId));
        Assert.All(Host.Ingest.Events, seen => Assert.True(seen.Flags.HasFlag(Engine.Records.RecordFlags.Historical) && seen.Source == "shop-app"));
        Assert.Equal(2, Host.Ingest.Rejected.Count);
    }

    [Fact]
    public async Task Rows_that_the_sender_could_not_read_are_listed_by_its_reason_and_their_text()
    {
        const string rows = """
            {"rejected":"'soon' is no date","row":"1,soon,\"5\""}
            {"type":"track","event":"Order Completed","userId":"2","rejected":"a field of an event"}
            {"rejected":"an event that begins so is one","type":"page","userId":"3"}
            """;

        var result = await ImportAsync("row=4&source=shop-app", rows);

        Assert.Equal(2, result.GetProperty("accepted").GetInt32());
        var rejected = Assert.Single(result.GetProperty("rejected").EnumerateArray());
        Assert.Equal((0, "'soon' is no date"), (rejected.GetProperty("line").GetInt32(), rejected.GetProperty("reason").GetString()));
        Assert.Equal(7, result.GetProperty("nextRow").GetInt32());
        Assert.Equal(("shop-app", "Import of orders.ndjson: 'soon' is no date", "1,soon,\"5\""), Assert.Single(Host.Ingest.Rejected));
    }

    [Fact]
    public async Task An_import_may_count_rows_of_its_own()
    {
        var result = await ImportAsync("row=10&next=40", """{"type":"page","userId":"1"}""");

        Assert.Equal(40, result.GetProperty("nextRow").GetInt32());
        Assert.Equal("shop-web", Assert.Single(Host.Ingest.Events).Source);
    }

    [Fact]
    public async Task Rows_that_are_in_already_change_nothing()
    {
        Host.Ingest.Answer = new AppendResult(AppendStatus.AlreadyImported, 0, default, "");
        Host.Store.JournalRow = 77;

        var result = await ImportAsync("row=0", "not json");
        var progress = await GetAsync("/import?hash=0123456789abcdef");

        Assert.Equal((0, true, 77), (result.GetProperty("accepted").GetInt32(), result.GetProperty("alreadyImported").GetBoolean(), result.GetProperty("nextRow").GetInt32()));
        Assert.Equal(77, progress.GetProperty("nextRow").GetInt32());
        Assert.Empty(Host.Ingest.Rejected);
    }

    [Theory]
    [InlineData("row=-1")]
    [InlineData("row=5&next=4")]
    [InlineData("row=0&source=nobody")]
    [InlineData("")]
    public async Task An_import_that_makes_no_sense_is_refused(string query)
    {
        using var answer = await Host.Manager.PostAsync($"/api/v1/import?hash=0123456789abcdef&name=n&{query}", new StringContent("{}"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_full_server_tells_an_import_when_to_go_on()
    {
        Host.Ingest.Answer = new AppendResult(AppendStatus.Busy, 0, TimeSpan.FromMilliseconds(50), "full");

        using var answer = await Host.Manager.PostAsync("/api/v1/import?hash=0123456789abcdef&name=n&row=0", new StringContent("""{"type":"page","userId":"1"}"""));

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
    }

    private async Task<JsonElement> ImportAsync(string query, string rows)
    {
        var content = new ByteArrayContent(Ingest.WireTests.Gzip(rows));
        content.Headers.ContentEncoding.Add("gzip");
        using var answer = await Host.Manager.PostAsync($"/api/v1/import?hash=0123456789abcdef&name=orders.ndjson&{query}", content);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
