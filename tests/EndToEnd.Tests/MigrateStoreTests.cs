using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Triggers.EndToEnd.Tests.Harness;
using Triggers.Tests.Shared;

namespace Triggers.EndToEnd.Tests;

/// <summary><c>triggers migrate-store</c> on a folder that a real run left behind.</summary>
[NeedsPostgres]
public sealed class MigrateStoreTests : IAsyncLifetime
{
    private static readonly string[] s_questions =
    [
        "/api/v1/customers/ada/timeline", "/api/v1/customers/waiting/timeline", "/api/v1/customers/u3/timeline", "/api/v1/messages?limit=500", "/api/v1/rejected", "/api/v1/mailbox",
        "/api/v1/campaigns/welcome/counters", "/api/v1/campaigns/cart/counters", "/api/v1/segments/viewers/members?limit=500", "/api/v1/customers?query=ada@", "/api/v1/erasures",
    ];

    private readonly TempFolder _folder = new();
    private readonly SmtpServer _smtp = new();
    private PostgresServer _server = null!;
    private string _definitions = null!;

    public async Task InitializeAsync() => _server = await PostgresServer.StartAsync(fsync: false);

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _smtp.DisposeAsync();
        _folder.Dispose();
    }

    [EngineFact]
    public async Task A_folder_is_moved_and_its_server_goes_on_on_PostgreSQL_as_if_nothing_had_been()
    {
        var answers = await LiveAsync();

        await using (var moved = await MoveAsync())
        {
            Assert.True(moved.ExitCode == 0, moved.Output);
            Assert.Contains("Verified:", moved.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("not-to-be-shown", moved.Output, StringComparison.Ordinal);
        }

        await using (var again = await MoveAsync())
        {
            Assert.Equal(1, again.ExitCode);
            Assert.Contains("and verified at", again.Output, StringComparison.Ordinal);
        }

        await using (var program = await ServeAsync("--store", "postgres", "--connection", Connection))
        {
            using var site = program.Site();
            using var api = program.Client();
            await api.WaitAppliedAsync();
            Assert.Equal(answers, await AskAsync(api));

            _smtp.Up();
            using (var resumed = await api.PostAsync("/api/v1/sending/resume", null))
            {
                resumed.EnsureSuccessStatusCode();
            }

            await Wait.UntilAsync("the mail that waited, and that of the wait that ended meanwhile, are at the SMTP server",
                () => _smtp.To("waiting@example.com").Count == 1 && _smtp.To("later@example.com").Count == 1, () => program.Output);
            await site.TrackAsync("ada", "Signed Up", "repeated");
            await site.IdentifyAsync("new", "new@example.com");
            await site.TrackAsync("new", "Signed Up");
            await Wait.UntilAsync("a new customer's mail is at the SMTP server", () => _smtp.To("new@example.com").Count == 1, () => program.Output);
            await api.WaitAppliedAsync();
            await Wait.UntilAsync("all messages are done", async () => (await api.GetJsonAsync("/api/v1/stats")).Number("messages.queued") == 0, () => program.Output);
            Assert.All(_smtp.Mails.GroupBy(mail => mail.Header("Message-ID")), mails => Assert.Single(mails));
            Assert.Single(_smtp.To("ada@example.com"));
            Assert.Equal(0, await program.StopAsync());
        }

        await using var check = await TriggersProgram.RunAsync("replay", "--check", "--data", _folder.Data, "--store", "postgres", "--connection", Connection);
        Assert.True(check.ExitCode == 0, check.Output);
        Assert.Contains(" 0 disagree,", check.Output, StringComparison.Ordinal);
    }

    [EngineFact]
    public async Task A_folder_in_use_and_a_store_that_is_not_empty_are_refused_with_one_message()
    {
        _definitions = TestDefinitions.Write(_folder);
        await using (var program = await ServeAsync())
        {
            await using var inUse = await MoveAsync();
            Assert.Equal(1, inUse.ExitCode);
            Assert.Contains("is in use by another process", inUse.Output, StringComparison.Ordinal);
            Assert.Equal(0, await program.StopAsync());
        }

        await using (var other = await TriggersProgram.ServeAsync(Path.Combine(_folder.Path, "other"), _definitions, 0, null, "--store", "postgres", "--connection", Connection))
        {
            Assert.Equal(0, await other.StopAsync());
        }

        await using var notEmpty = await MoveAsync();
        Assert.Equal(1, notEmpty.ExitCode);
        Assert.Contains("is not empty", notEmpty.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", notEmpty.Output, StringComparison.Ordinal);
    }

    private string Connection => _server.ConnectionString("moved");

    private Task<TriggersProgram> MoveAsync() => TriggersProgram.RunAsync("migrate-store", "--data", _folder.Data, "--connection", Connection);

    private Task<TriggersProgram> ServeAsync(params string[] more) => TriggersProgram.ServeAsync(_folder.Data, _definitions, 0, _smtp.Configuration, more);

    /// <summary>Mail sent and mail that waits, a merge, an import, a rejected event, an erasure, a wait that is not over, a kill; and what the server answered last.</summary>
    private async Task<List<string>> LiveAsync()
    {
        _definitions = TestDefinitions.Write(_folder);
        _folder.Write("definitions/campaigns/later.yaml", """
            campaign: later
            status: live
            trigger: { event: Asked }
            steps:
              - wait: 45s
              - send: { channel: email, template: hello }
            """);
        await using var program = await ServeAsync();
        using var site = program.Site();
        using var api = program.Client();
        await site.SendAsync("/v1/track", """{"anonymousId":"device","event":"Product Viewed","messageId":"1"}""");
        await site.SendAsync("/v1/identify", """{"userId":"ada","anonymousId":"device","traits":{"email":"ada@example.com"},"messageId":"2"}""");
        await site.TrackAsync("ada", "Signed Up", "repeated");
        await site.IdentifyAsync("gone", "gone@example.com");
        await site.SendAsync("/v1/batch", """{"batch":[{"type":"nonsense","userId":"ada","messageId":"3"}]}""");
        await using (var import = await TriggersProgram.RunAsync("import", WriteHistory(), "--data", _folder.Data))
        {
            Assert.True(import.ExitCode == 0, import.Output);
        }

        await Wait.UntilAsync("the first mail is at the SMTP server", () => _smtp.To("ada@example.com").Count == 1, () => program.Output);
        await _smtp.DownAsync();
        await site.IdentifyAsync("waiting", "waiting@example.com");
        await site.TrackAsync("waiting", "Signed Up");
        await Wait.UntilAsync("its mail was tried", async () =>
            (await api.GetJsonAsync("/api/v1/messages?customer=waiting")).GetProperty("items").EnumerateArray().Any(message => message.Number("attempts") > 0), () => program.Output);
        using (var paused = await api.PostAsync("/api/v1/sending/pause", null))
        {
            paused.EnsureSuccessStatusCode();
        }

        using (var erased = await api.DeleteAsync("/api/v1/customers/gone"))
        {
            erased.EnsureSuccessStatusCode();
        }

        await Wait.UntilAsync("the customer is gone", async () => await api.CustomerAsync("gone") is null && (await api.GetJsonAsync("/api/v1/erasures")).GetProperty("items").GetArrayLength() == 0, () => program.Output);
        await site.IdentifyAsync("later", "later@example.com");
        await site.TrackAsync("later", "Asked");
        await api.WaitAppliedAsync();
        var answers = await AskAsync(api);
        await program.KillAsync();
        return answers;
    }

    /// <summary>All that does not move with the clock.</summary>
    private static async Task<List<string>> AskAsync(HttpClient api)
    {
        var answers = new List<string>();
        foreach (var question in s_questions)
        {
            answers.Add($"{question}: {await api.GetJsonAsync(question)}");
        }

        var stats = await api.GetJsonAsync("/api/v1/stats");
        answers.AddRange(new[] { "customers", "events.total", "events.duplicates", "events.rejected", "messages.sent", "messages.queued", "definitionsVersion" }.Select(name => $"{name}: {At(stats, name)}"));
        foreach (var id in new[] { "ada", "waiting", "later", "u3" })
        {
            var customer = JsonNode.Parse((await api.CustomerAsync(id))!.Value.ToString())!.AsObject();
            customer.Remove("score");
            answers.Add($"{id}: {customer.ToJsonString()}");
        }

        return answers;
    }

    private static JsonElement At(JsonElement element, string path) => path.Split('.').Aggregate(element, (at, name) => at.GetProperty(name));

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
}
