using System.Globalization;
using System.Text.Json.Nodes;
using SQLitePCL;
using Triggers.EndToEnd.Tests.Harness;

namespace Triggers.EndToEnd.Tests;

/// <summary><c>triggers replay --check</c> on a folder that a real run left behind.</summary>
public sealed class ReplayTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly SmtpServer _smtp = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _smtp.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_folder_with_everything_in_it_agrees_and_a_changed_one_names_customer_and_record()
    {
        await LiveAsync();

        await using (var check = await CheckAsync())
        {
            Assert.True(check.ExitCode == 0, check.Output);
            Assert.Contains(" 0 disagree,", check.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(" 0 erased", check.Output, StringComparison.Ordinal);
            Assert.Contains("counters were not counted again", check.Output, StringComparison.Ordinal);
        }

        Execute("UPDATE DefinitionFiles SET Text = replace(Text, 'Signed Up', 'Signed In') WHERE Path LIKE '%welcome.yaml'");

        await using (var check = await CheckAsync())
        {
            Assert.True(check.ExitCode == 3, check.Output);
            var line = check.Output.Split('\n').Single(line => line.Contains("event Signed Up", StringComparison.Ordinal));
            Assert.Matches(@"^disagreement: partition \d+, offset \d+, customer u:ada, event Signed Up of ", line);
            Assert.Contains("does not decide message", line, StringComparison.Ordinal);
            Assert.Contains("campaign welcome", line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_no_data_folder_or_in_use_is_said()
    {
        await using var program = await TriggersProgram.ServeAsync(_folder.Data, TestDefinitions.Write(_folder));

        await using var used = await CheckAsync();
        await using var missing = await TriggersProgram.RunAsync("replay", "--check", "--data", Path.Combine(_folder.Path, "elsewhere"));

        Assert.Equal((1, 1), (used.ExitCode, missing.ExitCode));
        Assert.Contains("is not a data folder", missing.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "elsewhere")));
    }

    /// <summary>Mail, a wait that ends, a merge, an import, a kill, a new program, an erasure.</summary>
    private async Task LiveAsync()
    {
        var definitions = TestDefinitions.Write(_folder);
        await using (var program = await TriggersProgram.ServeAsync(_folder.Data, definitions, 0, _smtp.Configuration))
        {
            using var site = program.Site();
            await site.SendAsync("/v1/track", """{"anonymousId":"device","event":"Product Viewed","messageId":"1"}""");
            await site.SendAsync("/v1/identify", """{"userId":"ada","anonymousId":"device","traits":{"email":"ada@example.com"},"messageId":"2"}""");
            await site.TrackAsync("ada", "Signed Up");
            await site.TrackAsync("ada", "Product Added");
            await site.IdentifyAsync("gone", "gone@example.com");
            await site.TrackAsync("gone", "Product Added");
            await Wait.UntilAsync("the reminders are at the SMTP server", () => _smtp.To("ada@example.com").Count == 2 && _smtp.To("gone@example.com").Count == 1, () => program.Output);
            await using var import = await TriggersProgram.RunAsync("import", WriteHistory(), "--data", _folder.Data);
            Assert.True(import.ExitCode == 0, import.Output);
            await program.KillAsync();
        }

        TestDefinitions.Write(_folder, "\nviewed: \"did('Product Viewed', within 10d)\"");
        await using (var program = await TriggersProgram.ServeAsync(_folder.Data, definitions, 0, _smtp.Configuration))
        {
            using var site = program.Site();
            using var api = program.Client();
            Assert.Equal(2, (await api.GetJsonAsync("/api/v1/stats")).Number("definitionsVersion"));
            await site.TrackAsync("ada", "Order Completed");
            using var erased = await api.DeleteAsync("/api/v1/customers/gone");
            erased.EnsureSuccessStatusCode();
            await Wait.UntilAsync("the customer is gone", async () => await api.CustomerAsync("gone") is null, () => program.Output);
            await site.TrackAsync("gone", "Product Viewed");
            await api.WaitAppliedAsync();
            await Wait.UntilAsync("the erased bytes are rewritten", () => Count("SELECT count(*) FROM Erasures") == 0, () => program.Output);
            Assert.Equal(0, await program.StopAsync());
        }
    }

    private Task<TriggersProgram> CheckAsync() => TriggersProgram.RunAsync("replay", "--check", "--data", _folder.Data);

    private string WriteHistory()
    {
        var lines = Enumerable.Range(0, 300).Select(number => new JsonObject
        {
            ["type"] = "track",
            ["userId"] = string.Create(CultureInfo.InvariantCulture, $"u{number % 20}"),
            ["event"] = "Product Viewed",
            ["timestamp"] = DateTimeOffset.UtcNow.AddDays(-number % 9).ToString("O", CultureInfo.InvariantCulture),
        }.ToJsonString());
        return _folder.Write("history.ndjson", string.Join('\n', lines));
    }

    private void Execute(string sql)
    {
        using var database = Open();
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_exec(database, sql));
        Assert.True(raw.sqlite3_changes(database) > 0);
    }

    private long Count(string sql)
    {
        using var database = Open();
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_prepare_v2(database, sql, out var statement));
        using (statement)
        {
            Assert.Equal(raw.SQLITE_ROW, raw.sqlite3_step(statement));
            return raw.sqlite3_column_int64(statement, 0);
        }
    }

    private sqlite3 Open()
    {
        Batteries_V2.Init();
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open(Path.Combine(_folder.Data, "store.db"), out var database));
        return database;
    }
}
