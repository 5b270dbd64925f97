using System.Text.Json;
using Orleans.Concurrency;
using Triggers.Grains.Hosting;
using Triggers.Grains.Placement;

namespace Triggers.Grains.Silos;

[Reentrant]
[SiloPlacement]
internal sealed class SiloGrain(ClusterNode node, Members members) : Grain, ISiloGrain
{
    public Task<int[]> PartitionsAsync() => Task.FromResult(node.Partitions.ToArray());

    public Task<byte[]> DescribeAsync() => Task.FromResult(node.Describe() is { } view ? JsonSerializer.SerializeToUtf8Bytes(view, JsonSerializerOptions.Web) : []);

    public Task LeavesAsync(string silo)
    {
        members.Leave(SiloAddress.FromParsableString(silo));
        return Task.CompletedTask;
    }
}
