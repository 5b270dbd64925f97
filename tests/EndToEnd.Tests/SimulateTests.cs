using System.Text.Json.Nodes;
using Triggers.EndToEnd.Tests.Harness;

namespace Triggers.EndToEnd.Tests;

/// <summary><c>triggers simulate</c> as people run it: beside a server, and on what a stopped one left.</summary>
public sealed class SimulateTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_a_draft_would_have_done_is_told_beside_a_server_and_on_a_stopped_folder_and_nothing_is_sent()
    {
        var definitions = TestDefinitions.Write(_folder);
        await using var program = await TriggersProgram.ServeAsync(_folder.Data, definitions);
        using var api = program.Client();
        using (var site = program.Site())
        {
            await site.IdentifyAsync("ada", "ada@example.com");
            await site.TrackAsync("ada", "Signed Up");
            await api.WaitAppliedAsync();
        }

        _folder.Write("definitions/campaigns/again.yaml", "campaign: again\nstatus: draft\ntrigger: { event: Signed Up }\nsteps: [ { send: { channel: email, template: hello } } ]\n");

        await using var beside = await TriggersProgram.RunAsync("simulate", definitions, "--data", _folder.Data);
        Assert.Equal(0, await program.StopAsync());
        await using var stopped = await TriggersProgram.RunAsync("simulate", definitions, "--data", _folder.Data, "--json");
        _folder.Write("definitions/campaigns/again.yaml", "campaign: again\n");
        await using var broken = await TriggersProgram.RunAsync("simulate", definitions, "--data", _folder.Data);

        Assert.True(beside.ExitCode == 0, beside.Output);
        Assert.Contains("again  1 entered, 1 completed, 0 exited, 0 converted, 1 messages", beside.Output, StringComparison.Ordinal);
        Assert.Contains("ada gets hello at ada@example.com", beside.Output, StringComparison.Ordinal);
        var campaigns = JsonNode.Parse(stopped.Output)!["campaigns"]!.AsArray();
        var again = campaigns.Single(campaign => (string?)campaign!["id"] == "again")!;
        Assert.Equal((1, 1), ((int)again["messages"]!, (int)again["then"]!["onlyNow"]!));
        var welcome = campaigns.Single(campaign => (string?)campaign!["id"] == "welcome")!;
        Assert.Equal((1, 0), ((int)welcome["then"]!["both"]!, (int)welcome["then"]!["onlyNow"]!));
        Assert.Equal(3, broken.ExitCode);
        Assert.Contains("again.yaml", broken.Output, StringComparison.Ordinal);
    }
}
