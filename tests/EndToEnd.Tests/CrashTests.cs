using Triggers.EndToEnd.Tests.Harness;
using Triggers.Tests.Shared;

namespace Triggers.EndToEnd.Tests;

/// <summary>The built program, killed again and again under load: what was acknowledged is there, once, and nobody gets a message decided twice.</summary>
public abstract class CrashTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly SmtpServer _smtp = new();

    /// <summary>What the program is told of its store.</summary>
    protected IReadOnlyDictionary<string, string> Store { get; set; } = new Dictionary<string, string>();

    /// <summary>What it runs on.</summary>
    protected string Runtime { get; set; } = "embedded";

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _smtp.DisposeAsync();
        _folder.Dispose();
    }

    [EngineFact]
    public async Task Killed_again_and_again_under_load_it_loses_nothing_and_decides_nothing_twice()
    {
        var kills = Soak.IsLong ? 40 : 4;
        var definitions = TestDefinitions.Write(_folder);
        var port = TriggersProgram.FreePort();
        var random = new Random(17);
        var environment = _smtp.Configuration.Concat(Store).Append(new("Runtime", Runtime)).ToDictionary();
        EventLoad? load = null;
        for (var kill = 0; kill < kills; kill++)
        {
            await using var program = await TriggersProgram.ServeAsync(_folder.Data, definitions, port, environment);
            load ??= new EventLoad(TimeSpan.Zero, program.Url);
            await load.WaitForAsync(random.Next(200, 1200), () => program.Output);
            await program.KillAsync();
        }

        await using var last = await TriggersProgram.ServeAsync(_folder.Data, definitions, port, environment);
        await load!.WaitForAsync(200, () => last.Output);
        await load.StopAsync();
        using var api = last.Client();
        await LoadAudit.AssertAllIsThereOnceAsync(api, load, _smtp, () => last.Output);
        var replay = await api.GetJsonAsync("/api/v1/stats");
        Assert.True(replay.Number("replay.compared") > 0, "the last recovery compared nothing");
        Assert.Equal(0, replay.Number("replay.disagreements"));
        await last.StopAsync();
        await LoadAudit.AssertReplayAgreesAsync(last.Data, [.. Store.SelectMany(setting => new[] { "--connection", setting.Value })]);
    }
}

public sealed class SqliteCrashTests : CrashTests;

[NeedsPostgres]
public sealed class PostgresCrashTests : CrashTests
{
    public override async Task InitializeAsync()
    {
        var server = await PostgresServer.SharedAsync();
        Store = new Dictionary<string, string> { ["Store__Connection"] = server.ConnectionString("crash_" + Guid.NewGuid().ToString("N")) };
    }
}

[NeedsOrleans]
public sealed class OrleansCrashTests : CrashTests
{
    public override Task InitializeAsync()
    {
        Runtime = "orleans";
        return Task.CompletedTask;
    }
}
