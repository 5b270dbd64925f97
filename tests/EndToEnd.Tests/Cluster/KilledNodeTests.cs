using System.Diagnostics;
using Triggers.EndToEnd.Tests.Harness;
using Triggers.Tests.Shared;
using Xunit.Abstractions;

namespace Triggers.EndToEnd.Tests.Cluster;

/// <summary>SIGKILL of any process under load, again and again.</summary>
[NeedsPostgres]
[NeedsOrleans]
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
}
