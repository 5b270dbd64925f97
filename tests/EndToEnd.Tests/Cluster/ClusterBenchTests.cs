using System.Text.Json;
using Triggers.EndToEnd.Tests.Harness;
using Triggers.Tests.Shared;

namespace Triggers.EndToEnd.Tests.Cluster;

/// <summary><c>triggers bench cluster</c> from end to end, small.</summary>
[NeedsPostgres]
[NeedsOrleans]
[NeedsTime]
[Collection("cluster")]
public sealed class ClusterBenchTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [EngineFact]
    public async Task Every_set_up_applies_what_it_acknowledged_and_a_killed_silo_is_taken_over()
    {
        var server = await PostgresServer.SharedAsync();
        var json = Path.Combine(_folder.Path, "report.json");
        await using var program = await TriggersProgram.RunAsync(
            TimeSpan.FromMinutes(4), "bench", "cluster", "--connection", server.ConnectionString(), "--json", json, "--folder", _folder.Path,
            "--customers", "200", "--warm-up", "1", "--seconds", "1", "--silos", "2", "--take-overs", "1", "--idle-customers", "1000", "--settle", "0");

        Assert.True(program.ExitCode == 0, program.Output);
        var report = JsonDocument.Parse(await File.ReadAllTextAsync(json)).RootElement;
        Assert.Equal(5, report.GetProperty("setups").GetArrayLength());
        foreach (var setup in report.GetProperty("setups").EnumerateArray())
        {
            Assert.True(setup.Real("eventsPerSecond") > 0 && setup.Real("serverMicroseconds") > 0 && setup.Number("latency.smtp.count") > 0, program.Output);
            Assert.Equal(setup.Number("eventsAcknowledged"), setup.Number("eventsApplied"));
        }

        Assert.Equal(1, report.Number("takeOver.last.count"));
        Assert.Equal((900L, 900L), (report.GetProperty("idle")[0].Number("customers"), report.GetProperty("idle")[1].Number("customers")));
        Assert.Equal(0L, await server.ScalarAsync("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'bench_%'"));
    }
}
