using Triggers.EndToEnd.Tests.Harness;
using Triggers.Silo.Bench;

namespace Triggers.EndToEnd.Tests.Cluster;

/// <summary>How soon every partition of a cluster works again; what is sent for it counts as load.</summary>
public sealed class PartitionProbes(TestCluster cluster)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(120);

    private readonly PartitionProbe _probe = new("shop-web", ClusterNode.ManagementKey);

    /// <param name="ask">null: all processes that run.</param>
    /// <returns>Seconds from the given instant until the last partition answered, and until half of them had.</returns>
    public async Task<(double Last, double Median)> AnswerAsync(long since, IReadOnlyList<ClusterNode>? ask = null)
    {
        ask ??= [.. cluster.Nodes.Where(node => !node.Program.HasExited)];
        try
        {
            var times = await _probe.AnswerAsync(since, [.. ask.Select(node => new Uri(node.Url))], _patience, CancellationToken.None);
            foreach (var customer in _probe.Customers)
            {
                cluster.Load.Add(customer, 1);
            }

            return (times[^1], times[times.Length / 2]);
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"{error.Message}\n{cluster.Output}", error);
        }
    }
}
