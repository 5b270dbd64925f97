using System.Globalization;
using System.Text;
using Triggers.EndToEnd.Tests.Harness;

namespace Triggers.EndToEnd.Tests;

public sealed class ImportTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_comes_into_a_running_server_once_and_sends_nothing()
    {
        var file = WriteEvents(3_000);
        await using var program = await TriggersProgram.ServeAsync(_folder.Data, TestDefinitions.Write(_folder));
        using var api = program.Client();

        await using var first = await TriggersProgram.RunAsync("import", file, "--url", program.Url, "--key", program.ManagementKey);
        await using var second = await TriggersProgram.RunAsync("import", file, "--data", _folder.Data);

        Assert.Equal(0, first.ExitCode);
        Assert.Equal(0, second.ExitCode);
        Assert.Contains("3,000 imported", first.Output, StringComparison.Ordinal);
        Assert.Contains("0 imported, 3,000 already in", second.Output, StringComparison.Ordinal);
        var stats = await api.GetJsonAsync("/api/v1/stats");
        Assert.Equal(3_000, stats.Number("events.total"));
        Assert.Equal(100, stats.Number("customers.total"));
        Assert.Equal(0, stats.Number("messages.total"));
    }

    [Fact]
    public async Task A_file_comes_into_a_stopped_data_folder_and_the_server_has_it()
    {
        var file = WriteEvents(1_000);
        var definitions = TestDefinitions.Write(_folder);

        await using (var import = await TriggersProgram.RunAsync("import", file, "--data", _folder.Data, "--definitions", definitions))
        {
            Assert.True(import.ExitCode == 0, import.Output);
        }

        await using var again = await TriggersProgram.RunAsync("import", file, "--data", _folder.Data);
        await using var program = await TriggersProgram.ServeAsync(_folder.Data, definitions);
        using var api = program.Client();
        Assert.Contains("1,000 already in", again.Output, StringComparison.Ordinal);
        Assert.Equal(1_000, (await api.GetJsonAsync("/api/v1/stats")).Number("events.total"));
        Assert.Equal(10, await api.EventsOfAsync("u7"));
    }

    [Fact]
    public async Task A_server_killed_half_way_through_has_every_row_once_after_the_next_try()
    {
        const int rows = 60_000;
        var file = WriteEvents(rows);
        var definitions = TestDefinitions.Write(_folder);
        var port = TriggersProgram.FreePort();
        await using (var program = await TriggersProgram.ServeAsync(_folder.Data, definitions, port))
        {
            using var api = program.Client();
            var importing = TriggersProgram.RunAsync("import", file, "--url", program.Url, "--key", program.ManagementKey);
            await Wait.UntilAsync("some rows are in", async () => (await api.GetJsonAsync("/api/v1/stats")).Number("events.total") > 5_000, () => program.Output);
            await program.KillAsync();
            await using var server = await TriggersProgram.ServeAsync(_folder.Data, definitions, port);
            await using var import = await importing;
            Assert.True(import.ExitCode == 0, import.Output);
        }

        await using var last = await TriggersProgram.ServeAsync(_folder.Data, definitions, port);
        using var client = last.Client();
        await using var again = await TriggersProgram.RunAsync("import", file, "--data", _folder.Data);
        await client.WaitAppliedAsync();
        Assert.Contains("60,000 already in", again.Output, StringComparison.Ordinal);
        Assert.Equal(rows, (await client.GetJsonAsync("/api/v1/stats")).Number("events.total"));
        Assert.Equal(rows / 100, await client.EventsOfAsync("u42"));
    }

    [Fact]
    public async Task An_import_that_is_told_to_stop_says_that_it_can_go_on_and_does()
    {
        const int rows = 60_000;
        var file = WriteEvents(rows);
        await using var program = await TriggersProgram.ServeAsync(_folder.Data, TestDefinitions.Write(_folder));
        using var api = program.Client();
        await using var import = TriggersProgram.Begin("import", file, "--data", _folder.Data);
        await Wait.UntilAsync("some rows are in", async () => (await api.GetJsonAsync("/api/v1/stats")).Number("events.total") > 5_000, () => import.Output);
        var code = await import.StopAsync();

        await using var again = await TriggersProgram.RunAsync("import", file, "--data", _folder.Data);
        await api.WaitAppliedAsync();

        Assert.True(code == 130, import.Output);
        Assert.Contains("the same command goes on where this one ended", import.Output, StringComparison.Ordinal);
        Assert.True(again.ExitCode == 0, again.Output);
        Assert.DoesNotContain(" 0 already in", again.Output, StringComparison.Ordinal);
        Assert.Equal(rows, (await api.GetJsonAsync("/api/v1/stats")).Number("events.total"));
    }

    [Fact]
    public async Task Rows_that_are_refused_are_reported_with_line_and_reason()
    {
        var file = _folder.Write("bad.ndjson", """
            {"type":"track","event":"Product Viewed","userId":"a","timestamp":"2026-01-02T03:04:05Z"}
            nonsense
            {"type":"track","event":"Product Viewed","timestamp":"2026-01-02T03:04:05Z"}
            """);
        await using var import = await TriggersProgram.RunAsync("import", file, "--data", _folder.Data, "--definitions", TestDefinitions.Write(_folder));

        Assert.Equal(3, import.ExitCode);
        Assert.Contains("1 imported", import.Output, StringComparison.Ordinal);
        Assert.Contains("2 rejected", import.Output, StringComparison.Ordinal);
        Assert.Contains("not JSON", import.Output, StringComparison.Ordinal);
        Assert.Contains("userId", import.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_that_are_no_events_are_listed_with_what_they_held_and_counted()
    {
        var events = _folder.Write("bad.ndjson", "{\"type\":\"track\",\"event\":\"Product Viewed\",\"userId\":\"a\"}\nnonsense\n");
        var orders = _folder.Write("bad.csv", "id,date,total\n1,soon,5\n2,1997-01-02,much\n3,1997-01-03\n4,1997-01-04,5\n");
        await using var program = await TriggersProgram.ServeAsync(_folder.Data, TestDefinitions.Write(_folder));
        using var api = program.Client();

        await using var first = await TriggersProgram.RunAsync("import", events, "--data", _folder.Data);
        await using var second = await TriggersProgram.RunAsync(
            "import", orders, "--data", _folder.Data, "--event", "Order Completed", "--map", "userId=id", "--map", "timestamp=date", "--map", "properties.total:number=total");
        await using var again = await TriggersProgram.RunAsync("import", events, "--data", _folder.Data);

        Assert.Contains("1 imported, 0 already in, 1 rejected", first.Output, StringComparison.Ordinal);
        Assert.Contains("1 imported, 0 already in, 3 rejected", second.Output, StringComparison.Ordinal);
        Assert.Equal((3, 3, 0), (first.ExitCode, second.ExitCode, again.ExitCode));
        await Wait.UntilAsync("four rejected events", async () => (await api.GetJsonAsync("/api/v1/stats")).Number("events.rejected") == 4, () => program.Output);
        var rejected = (await api.GetJsonAsync("/api/v1/rejected")).GetProperty("items").EnumerateArray().ToDictionary(
            row => row.GetProperty("payload").GetString()!, row => row.GetProperty("reason").GetString()!, StringComparer.Ordinal);
        Assert.Equal(["1,soon,5", "2,1997-01-02,much", "3,1997-01-03", "nonsense"], rejected.Keys.Order(StringComparer.Ordinal));
        Assert.StartsWith("Import of bad.ndjson: not JSON", rejected["nonsense"], StringComparison.Ordinal);
        Assert.StartsWith("Import of bad.csv: 'soon' is no date", rejected["1,soon,5"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_was_never_served_is_refused_without_definitions_and_nothing_is_left_there()
    {
        await using var import = await TriggersProgram.RunAsync("import", WriteEvents(10), "--data", _folder.Data);

        Assert.Equal(1, import.ExitCode);
        Assert.Contains("was never served", import.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Data));
    }

    private string WriteEvents(int count)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            var at = new DateTime(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(i).ToString("o", CultureInfo.InvariantCulture);
            var name = i % 10 == 0 ? "Signed Up" : "Product Viewed";
            text.Append(CultureInfo.InvariantCulture, $$$"""{"type":"track","event":"{{{name}}}","userId":"u{{{i % 100}}}","timestamp":"{{{at}}}","properties":{"n":{{{i}}}}}""").Append('\n');
        }

        return _folder.Write("events.ndjson", text.ToString());
    }
}
