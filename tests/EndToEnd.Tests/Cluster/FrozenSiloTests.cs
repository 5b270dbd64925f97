using System.Diagnostics;
using Triggers.EndToEnd.Tests.Harness;
using Triggers.Tests.Shared;
using Xunit.Abstractions;

namespace Triggers.EndToEnd.Tests.Cluster;

/// <summary>A silo that stands still (SIGSTOP) and comes back when others have its partitions.</summary>
[NeedsPostgres]
[NeedsOrleans]
[NeedsTime]
[Collection("cluster")]
public sealed class FrozenSiloTests(ITestOutputHelper output)
{
    [EngineFact]
    public async Task A_silo_frozen_in_the_middle_of_a_transaction_commits_nothing_when_it_comes_back_and_ends_with_a_reason()
    {
        await using var cluster = await TestCluster.StartAsync();
        for (var round = 0; round < (Soak.IsLong ? 9 : 1); round++)
        {
            var frozen = cluster.Nodes[round % TestCluster.Silos];
            var others = cluster.Nodes.Where(node => node != frozen).ToArray();
            await cluster.Load.WaitForAsync(300, () => cluster.Output);
            var inTransaction = await FreezeAsync(cluster, frozen);
            var (last, median) = await cluster.Probes.AnswerAsync(Stopwatch.GetTimestamp(), others);
            output.WriteLine($"recovery: {frozen.Name} frozen{(inTransaction ? " in a transaction" : "")}: every partition answers again after {last:F1} s, half of them after {median:F1} s");
            await cluster.WaitSharedAsync(TestCluster.Silos - 1, others[^1]);

            var epochs = await cluster.EpochsAsync();
            var program = frozen.Program;
            program.Signal(TriggersProgram.SigCont);
            await program.WaitForExitAsync();
            Assert.Equal(epochs, await cluster.EpochsAsync());
            Assert.Equal(1, program.ExitCode);
            Assert.Contains("error: The other silos have declared this one dead", program.Output, StringComparison.Ordinal);
            await cluster.WaitSharedAsync();
        }

        output.WriteLine(cluster.Describe(await cluster.AssertNothingLostOrDoubledAsync()));
    }

    /// <summary>Stops it where its transaction waits for its next statement, if that moment can be caught.</summary>
    private static async Task<bool> FreezeAsync(TestCluster cluster, ClusterNode node)
    {
        for (var attempt = 0; attempt < 50; attempt++)
        {
            node.Program.Signal(TriggersProgram.SigStop);
            if ((long)(await cluster.Postgres.ScalarAsync($"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{node.Name}' AND state = 'idle in transaction'"))! > 0)
            {
                return true;
            }

            node.Program.Signal(TriggersProgram.SigCont);
            await Task.Delay(7);
        }

        node.Program.Signal(TriggersProgram.SigStop);
        return false;
    }
}
