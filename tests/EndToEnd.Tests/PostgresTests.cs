using System.Net;
using System.Text;
using Triggers.EndToEnd.Tests.Harness;
using Triggers.Tests.Shared;

namespace Triggers.EndToEnd.Tests;

/// <summary>The built program on PostgreSQL.</summary>
[NeedsPostgres]
public sealed class PostgresTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly SmtpServer _smtp = new();
    private PostgresServer _server = null!;

    public async Task InitializeAsync() => _server = await PostgresServer.StartAsync(fsync: true);

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _smtp.DisposeAsync();
        _folder.Dispose();
    }

    [EngineFact]
    public async Task An_event_becomes_a_customer_and_a_mail_and_a_kill_loses_nothing()
    {
        await using (var program = await ServeAsync())
        {
            using var site = program.Site();
            await site.IdentifyAsync("ada", "ada@example.com", "Ada Löve");
            await site.TrackAsync("ada", "Signed Up");
            await Wait.UntilAsync("the welcome mail is at the SMTP server", () => _smtp.To("ada@example.com").Count == 1, () => program.Output);
            await site.TrackAsync("ada", "Product Viewed");
            await program.KillAsync();
            Assert.Contains("PostgreSQL at 127.0.0.1", program.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("not-to-be-shown", program.Output, StringComparison.Ordinal);
        }

        await using var again = await ServeAsync();
        using var api = again.Client();
        await api.WaitAppliedAsync();
        var customer = await api.CustomerAsync("ada");
        Assert.Equal("ada@example.com", customer!.Value.GetProperty("email").GetString());
        Assert.Equal(3, customer.Value.Number("events.total"));
        await Wait.UntilAsync("the campaign counts it", async () => (await api.GetJsonAsync("/api/v1/campaigns/welcome/counters")).Number("sent") == 1, () => again.Output);
        Assert.Equal("ada", (await api.GetJsonAsync("/api/v1/customers?query=ada@ex")).GetProperty("items")[0].GetProperty("id").GetString());
        Assert.False(File.Exists(Path.Combine(_folder.Data, "store.db")));
    }

    [EngineFact]
    public async Task While_the_server_is_away_events_are_answered_503_and_go_on_when_it_is_back()
    {
        await using var program = await ServeAsync();
        using var site = program.Site();
        using var api = program.Client();
        await site.IdentifyAsync("ada", "ada@example.com");
        await _server.StopAsync();

        using (var content = new StringContent("""{"userId":"ada","event":"Product Viewed","messageId":"away"}""", Encoding.UTF8, "application/json"))
        using (var refused = await site.PostAsync("/v1/track", content))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        }

        await _server.StartAsync();
        await Wait.UntilAsync("events are taken again", async () =>
        {
            using var content = new StringContent("""{"userId":"ada","event":"Signed Up","messageId":"back"}""", Encoding.UTF8, "application/json");
            using var response = await site.PostAsync("/v1/track", content);
            return response.StatusCode == HttpStatusCode.OK;
        }, () => program.Output);
        await Wait.UntilAsync("the welcome mail is at the SMTP server", () => _smtp.To("ada@example.com").Count == 1, () => program.Output);
        await api.WaitAppliedAsync();

        Assert.Equal(2, await api.EventsOfAsync("ada"));
        Assert.Equal(0, await program.StopAsync());
    }

    [EngineFact]
    public async Task A_stop_that_cannot_flush_says_what_it_waits_for_and_ends_and_nothing_acknowledged_is_lost()
    {
        var environment = new Dictionary<string, string>(Environment()) { ["StopPatienceSeconds"] = "1" };
        await using (var program = await TriggersProgram.ServeAsync(_folder.Data, TestDefinitions.Write(_folder), 0, environment))
        {
            using var site = program.Site();
            using var api = program.Client();
            await site.IdentifyAsync("ada", "ada@example.com");
            await site.TrackAsync("ada", "Product Viewed");
            await api.WaitAppliedAsync();
            await _server.StopAsync();
            var code = await program.StopAsync();

            Assert.Equal(1, code);
            Assert.Contains("The stop waits for the store, for 1 s at most", program.Output, StringComparison.Ordinal);
            Assert.Contains("Stopped without flushing every customer", program.Output, StringComparison.Ordinal);
        }

        await _server.StartAsync();
        await using var again = await TriggersProgram.ServeAsync(_folder.Data, TestDefinitions.Write(_folder), environment: environment);
        using var client = again.Client();
        await client.WaitAppliedAsync();
        Assert.Equal(2, await client.EventsOfAsync("ada"));
        Assert.Equal(0, await again.StopAsync());
    }

    [EngineFact]
    public async Task A_second_process_and_a_newer_format_and_a_missing_server_are_refused_with_one_message()
    {
        await using var first = await ServeAsync();
        await using var second = TriggersProgram.BeginServe(Path.Combine(_folder.Path, "other"), TestDefinitions.Write(_folder), environment: Environment());
        await second.WaitForExitAsync();
        Assert.NotEqual(0, second.ExitCode);
        Assert.Contains("is in use by another process", second.Output, StringComparison.Ordinal);
        Assert.Equal(0, await first.StopAsync());

        await _server.ExecuteAsync("INSERT INTO triggers.migrations (number, name, checksum) VALUES (99, 'future', '')");
        await AssertRefusedAsync("has format 99");
        await _server.ExecuteAsync("DELETE FROM triggers.migrations WHERE number = 99; UPDATE triggers.migrations SET checksum = 'x'");
        await AssertRefusedAsync("was applied with other contents");
        await _server.StopAsync();
        await AssertRefusedAsync("cannot be used");
    }

    private async Task AssertRefusedAsync(string why)
    {
        await using var program = TriggersProgram.BeginServe(_folder.Data, TestDefinitions.Write(_folder), environment: Environment());
        await program.WaitForExitAsync();
        Assert.NotEqual(0, program.ExitCode);
        Assert.Contains(why, program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("not-to-be-shown", program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", program.Output, StringComparison.Ordinal);
    }

    private Dictionary<string, string> Environment() => new(_smtp.Configuration) { ["Store__Connection"] = _server.ConnectionString("triggers") };

    private Task<TriggersProgram> ServeAsync()
        => TriggersProgram.ServeAsync(_folder.Data, TestDefinitions.Write(_folder), 0, _smtp.Configuration, "--store", "postgres", "--connection", _server.ConnectionString("triggers"));
}
