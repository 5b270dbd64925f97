using Triggers.EndToEnd.Tests.Harness;

namespace Triggers.EndToEnd.Tests;

/// <summary>Definitions as files that go out of a running server and come back.</summary>
public sealed class ConfigTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_exported_is_applied_as_it_was_and_a_change_holds_over_a_restart()
    {
        var definitions = TestDefinitions.Write(_folder);
        var copy = Path.Combine(Path.GetDirectoryName(definitions)!, "copy");
        await using (var program = await TriggersProgram.ServeAsync(_folder.Data, definitions))
        {
            await SucceedsAsync("version 1: ", "export", copy);
            await SucceedsAsync("nothing changes: version 1 is in force", "apply", copy);
            _folder.Write("copy/segments.yaml", "fans: count('page') >= 3\n");
            await SucceedsAsync("version 1 stays in force: this was a trial", "apply", copy, "--dry-run");
            await SucceedsAsync("version 2 is in force", "apply", copy);
            await SucceedsAsync("removed  segment   fans", "apply", definitions, "--dry-run");
            await FailsAsync("files that read otherwise: segments.yaml", "export", definitions);
            await FailsAsync("of the definitions is in force, not 1", "apply", definitions, "--expect", "1");
            Assert.Equal(0, await program.StopAsync());
        }

        await using var again = await TriggersProgram.ServeAsync(_folder.Data, definitions);
        using var api = again.Client();
        await Wait.UntilAsync("version 2 is filled from history", async () => (await api.GetJsonAsync("/api/v1/definitions")).Number("version") == 3, () => again.Output);
        Assert.Equal("differs", (await api.GetJsonAsync("/api/v1/definitions")).GetProperty("folder").GetString());
        await SucceedsAsync("nothing changes: version 3 is in force", "apply", copy, "--expect", "2");
        await SucceedsAsync("added segment fans", "versions");
        await SucceedsAsync("version 3 stays in force: this was a trial", "rollback", "1", "--dry-run");
        await SucceedsAsync("version 4 is in force", "rollback", "1");
        await SucceedsAsync("removed segment fans", "versions");
        await FailsAsync("There is no version 99", "rollback", "99");
        Assert.Equal("done", (await api.GetJsonAsync("/api/v1/definitions/fills")).GetProperty("items").EnumerateArray().Single(fill => fill.Number("version") == 2).GetProperty("state").GetString());
    }

    private async Task SucceedsAsync(string says, string command, params string[] arguments)
    {
        await using var run = await TriggersProgram.RunAsync([command, .. arguments, "--data", _folder.Data]);
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Contains(says, run.Output, StringComparison.Ordinal);
    }

    private async Task FailsAsync(string says, string command, params string[] arguments)
    {
        await using var run = await TriggersProgram.RunAsync([command, .. arguments, "--data", _folder.Data]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(says, run.Output, StringComparison.Ordinal);
    }
}
