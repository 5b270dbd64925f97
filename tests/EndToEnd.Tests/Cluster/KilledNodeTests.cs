using System.Diagnostics;
using Triggers.EndToEnd.Tests.Harness;
using Triggers.Tests.Shared;
using Xunit.Abstractions;

namespace Triggers.EndToEnd.Tests.Cluster;

/// <summary>SIGKILL of any process under load, again and again.</summary>
[NeedsPostgres]
[NeedsOrleans]
[NeedsTime]
[Collection("cluster")]
public sealed class KilledNodeTests(ITestOutputHelper output)
{
    [EngineFact]
    public async Task Silos_and_the_web_process_killed_under_load_lose_nothing_and_their_customers_answer_again()
    {
        await using var cluster = await TestCluster.StartAsync();
        var random = new Random(5);
        for (var kill = 0; kill < (Soak.IsLong ? 24 : 4); kill++)
        {
            // Any silo, and every fourth time the web process.
            var node = kill % 4 == 3 ? cluster.Web : cluster.Nodes[random.Next(TestCluster.Silos)];
            await cluster.Load.WaitForAsync(random.Next(300, 900), () => cluster.Output);
            await node.KillAsync();
            var (last, median) = await cluster.Probes.AnswerAsync(Stopwatch.GetTimestamp());
            output.WriteLine($"recovery: {node.Name} killed: every partition answers again after {last:F1} s, half of them after {median:F1} s");
            await node.StartAsync();
        }

        await cluster.Load.WaitForAsync(500, () => cluster.Output);
        var repeated = await cluster.AssertNothingLostOrDoubledAsync();
        output.WriteLine(cluster.Describe(repeated));
    }

    [EngineFact]
    public async Task All_processes_killed_at_the_same_moment_under_load_come_back_with_nothing_lost_or_doubled()
    {
        await using var cluster = await TestCluster.StartAsync();
        var random = new Random(9);
        for (var kill = 0; kill < (Soak.IsLong ? 8 : 2); kill++)
        {
            await cluster.Load.WaitForAsync(random.Next(300, 900), () => cluster.Output);
            await Task.WhenAll(cluster.Nodes.Select(node => node.KillAsync()));
            var startedAt = Stopwatch.GetTimestamp();
            await Task.WhenAll(cluster.Nodes.Select(node => node.StartAsync()));
            var (last, median) = await cluster.Probes.AnswerAsync(startedAt);
            output.WriteLine($"recovery: all killed: every partition answers again {last:F1} s after their start, half of them after {median:F1} s");
            await cluster.WaitSharedAsync();
        }

        await cluster.Load.WaitForAsync(500, () => cluster.Output);
        output.WriteLine(cluster.Describe(await cluster.AssertNothingLostOrDoubledAsync()));
    }
}
