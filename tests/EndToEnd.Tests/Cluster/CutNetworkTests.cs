using System.Diagnostics;
using Triggers.EndToEnd.Tests.Harness;
using Triggers.Tests.Shared;
using Xunit.Abstractions;

namespace Triggers.EndToEnd.Tests.Cluster;

/// <summary>Two silos that do not hear each other, while everybody else hears both.</summary>
[NeedsPostgres]
[NeedsOrleans]
[NeedsTime]
[NeedsNetworks]
[Collection("cluster")]
public sealed class CutNetworkTests(ITestOutputHelper output)
{
    [EngineFact]
    public async Task While_two_silos_do_not_hear_each_other_nothing_is_lost_or_doubled_and_afterwards_all_goes_on()
    {
        using var network = new NetworkNamespaces(TestCluster.Silos);
        await using var cluster = await TestCluster.StartAsync(network: network);
        foreach (var seconds in (int[])(Soak.IsLong ? [60, 8, 30] : [12]))
        {
            await cluster.Load.WaitForAsync(300, () => cluster.Output);
            network.Cut(0, 1);
            var cutAt = Stopwatch.GetTimestamp();
            var answering = cluster.Probes.AnswerAsync(cutAt);
            await Task.Delay(TimeSpan.FromSeconds(seconds));
            network.Join(0, 1);
            var (last, median) = await answering;
            output.WriteLine($"recovery: silo1 and silo2 cut off from each other for {seconds} s: every partition answers again {last:F1} s after the cut, half of them after {median:F1} s");
            await cluster.WaitSharedAsync();
        }

        output.WriteLine(cluster.Describe(await cluster.AssertNothingLostOrDoubledAsync()));
    }
}
