using Triggers.EndToEnd.Tests.Harness;

namespace Triggers.EndToEnd.Tests;

/// <summary><c>triggers list</c> as people run it, against a server that runs.</summary>
public sealed class ListTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_list_is_put_added_to_shown_taken_from_and_dropped()
    {
        var definitions = TestDefinitions.Write(_folder, "vips: \"list('vip')\"");
        await using var program = await TriggersProgram.ServeAsync(_folder.Data, definitions);
        using var api = program.Client();
        using (var site = program.Site())
        {
            await site.IdentifyAsync("ada", "ada@example.com");
            await site.IdentifyAsync("bob", "bob@example.com");
            await api.WaitAppliedAsync();
        }

        var guests = _folder.Write("guests.csv", "Email;note\nADA@example.com;first\nnobody@example.com;\n");
        var more = _folder.Write("more.ndjson", "{\"userId\":\"bob\"}\n\"later\"\n");
        var gone = _folder.Write("gone.csv", "ada\n");

        Assert.Contains("vip                      not uploaded; asked for by segment vips", await ListAsync(0, "show"), StringComparison.Ordinal);
        var put = await ListAsync(3, "put", "vip", guests, "--wait");
        Assert.Contains("vip: 2 rows, 1 added, 0 removed, 0 unchanged; 1 users are on the list", put, StringComparison.Ordinal);
        Assert.Contains("line 3, nobody@example.com: ", put, StringComparison.Ordinal);
        Assert.Contains("every customer is told", put, StringComparison.Ordinal);
        await api.WaitAppliedAsync();
        Assert.Equal(1, await MembersAsync());

        Assert.Contains("2 added", await ListAsync(0, "add", "vip", more, "--wait"), StringComparison.Ordinal);
        await api.WaitAppliedAsync();
        Assert.Equal(2, await MembersAsync());
        Assert.Contains("3 users; asked for by segment vips", await ListAsync(0, "show"), StringComparison.Ordinal);
        Assert.Equal(["ada", "bob", "later"], Lines(await ListAsync(0, "members", "vip")));
        Assert.Equal(["bob"], Lines(await ListAsync(0, "members", "vip", "--after", "ada", "--limit", "1")).Take(1));

        Assert.Contains("1 removed", await ListAsync(0, "remove", "vip", gone, "--wait"), StringComparison.Ordinal);
        await api.WaitAppliedAsync();
        Assert.Equal(1, await MembersAsync());

        await ListAsync(0, "drop", "vip");
        await Wait.UntilAsync("everybody leaves the list", async () => await MembersAsync() == 0);
        var missing = await ListAsync(1, "add", "vip", Path.Combine(_folder.Path, "none.csv"));
        Assert.Contains("There is no file", missing, StringComparison.Ordinal);
        Assert.Contains("is not an id", await ListAsync(1, "put", "V I P", gone), StringComparison.Ordinal);
        Assert.Equal(0, await program.StopAsync());

        async Task<string> ListAsync(int exitCode, params string[] arguments)
        {
            await using var run = await TriggersProgram.RunAsync(["list", .. arguments, "--url", program.Url, "--data", _folder.Data]);
            Assert.True(run.ExitCode == exitCode, $"list {string.Join(' ', arguments)}: {run.ExitCode}\n{run.Output}");
            return run.Output;
        }

        async Task<long> MembersAsync() => (await api.GetJsonAsync("/api/v1/stats")).GetProperty("segments").GetProperty("vips").GetInt64();
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
