using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Triggers.EndToEnd.Tests.Harness;

namespace Triggers.EndToEnd.Tests;

/// <summary>Tests of campaigns as people run them: with a real SMTP server, where what arrives is marked, and only where it may.</summary>
public sealed class CampaignTestTests : IAsyncLifetime
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
    public async Task A_draft_sends_its_mail_to_test_addresses_alone_marked_and_the_counters_stay()
    {
        var definitions = Write();
        await using var program = await TriggersProgram.ServeAsync(_folder.Data, definitions, environment: _smtp.Configuration);
        using var site = program.Site();
        using var api = program.Client();
        await site.IdentifyAsync("ada", "ada@example.com", "Ada");
        await api.WaitAppliedAsync();
        var before = await StateAsync(api);

        using var refused = await api.PostAsJsonAsync("/api/v1/campaigns/again/test", new { customer = "ada", send = true, to = "ada@example.com" });
        using var sent = await api.PostAsJsonAsync("/api/v1/campaigns/again/test", new { customer = "ada@example.com", send = true, to = "qa@team.example.com" });
        var report = (await sent.Content.ReadFromJsonAsync<JsonNode>())!;

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("is no test address", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("completed", (string?)report["outcome"]);
        await Wait.UntilAsync("the mail of the test is at the SMTP server", () => _smtp.Mails.Count == 1, () => program.Output);
        var mail = Assert.Single(_smtp.To("qa@team.example.com"));
        Assert.Equal(("[Test] Hello Ada", "true", null), (mail.Header("Subject"), mail.Header("X-Triggers-Test"), mail.Header("List-Unsubscribe")));
        Assert.DoesNotContain("/o/", mail.Text, StringComparison.Ordinal);
        using var page = await api.GetAsync("/u/test");
        Assert.Contains("This is a test message", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await api.WaitAppliedAsync();
        Assert.Equal(before, await StateAsync(api));
    }

    [Fact]
    public async Task The_command_tests_beside_a_server_and_on_a_stopped_folder()
    {
        var definitions = Write();
        await using var program = await TriggersProgram.ServeAsync(_folder.Data, definitions, environment: _smtp.Configuration);
        using (var site = program.Site())
        {
            using var api = program.Client();
            await site.IdentifyAsync("ada", "ada@example.com", "Ada");
            await api.WaitAppliedAsync();
        }

        _folder.Write("definitions/campaigns/again.yaml", "campaign: again\nstatus: draft\ntrigger: { event: Quoted }\naudience: traits.plan = 'pro'\nsteps: [ { wait: 2d }, { id: mail, send: { channel: email, template: hello } } ]\n");
        await using var beside = await TriggersProgram.RunAsync("test", "again", "--definitions", definitions, "--customer", "ada", "--data", _folder.Data);
        await using var sends = await TriggersProgram.RunAsync("test", "again", "--definitions", definitions, "--customer", "ada", "--anyway", "--send", "--to", "me@example.com", "--data", _folder.Data);
        await using var nowhere = await TriggersProgram.RunAsync("test", "again", "--definitions", definitions, "--customer", "ada", "--send", "--to", "ada@example.com", "--data", _folder.Data);
        Assert.Equal(0, await program.StopAsync());
        await using var stopped = await TriggersProgram.RunAsync("test", "again", "--definitions", definitions, "--traits", """{"name":"Bo","plan":"pro","email":"bo@example.com"}""", "--then", "1d Order Completed {\"total\":5}", "--json", "--data", _folder.Data);
        await using var nobody = await TriggersProgram.RunAsync("test", "again", "--data", _folder.Data);

        Assert.True(beside.ExitCode == 0, beside.Output);
        Assert.Contains("Did not enter", beside.Output, StringComparison.Ordinal);
        Assert.Contains("traits.plan = 'pro'", beside.Output, StringComparison.Ordinal);
        Assert.True(sends.ExitCode == 0, sends.Output);
        Assert.Contains("Entered anyway, completed after 2d: 1 message.", sends.Output, StringComparison.Ordinal);
        Assert.Contains("sent to me@example.com", sends.Output, StringComparison.Ordinal);
        Assert.Equal("me@example.com", Assert.Single(_smtp.Mails).To);
        Assert.Equal(1, nowhere.ExitCode);
        Assert.Contains("'ada@example.com' is no test address", nowhere.Output, StringComparison.Ordinal);
        var report = JsonNode.Parse(stopped.Output)!;
        Assert.Equal(("completed", true), ((string?)report["outcome"], (bool)report["mock"]!));
        Assert.Equal("[Test] Hello Bo", (string?)report["items"]!.AsArray().Single(item => item!["message"] is not null)!["message"]!["subject"]);
        Assert.Equal(2, nobody.ExitCode);
        Assert.Contains("--customer", nobody.Output, StringComparison.Ordinal);
    }

    private static async Task<string> StateAsync(HttpClient api)
    {
        var stats = JsonNode.Parse(await api.GetStringAsync("/api/v1/stats"))!;
        return $"{stats["events"]!["total"]} {stats["messages"]!["decided"]} {stats["messages"]!["sent"]} {await api.GetStringAsync("/api/v1/customers/ada/timeline")} {await api.GetStringAsync("/api/v1/messages")} {await api.GetStringAsync("/api/v1/campaigns/again/counters")}";
    }

    private string Write()
    {
        _folder.Write("definitions/sending.yaml", "testAddresses: [ me@example.com, '@team.example.com' ]\n");
        _folder.Write("definitions/campaigns/again.yaml", "campaign: again\nstatus: draft\ntrigger: { event: Quoted }\nsteps: [ { wait: 2d }, { id: mail, send: { channel: email, template: hello } } ]\n");
        return TestDefinitions.Write(_folder);
    }
}
