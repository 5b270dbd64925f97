using Microsoft.Extensions.Logging;
using Triggers.Grains.Silos;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Operations;
using Triggers.Storage;

namespace Triggers.Grains.Hosting;

/// <summary>The loops of a cluster, as the server beside a silo sees them: some of them run here, and it looks after all of them.</summary>
internal sealed class SiloLoops(OrleansHost host, int partitions, Members members, ILogger log) : ClientLoops(host, partitions)
{
    private readonly PartitionKeeper _keeper = new(host, members, partitions, log);

    public override long ResidentCustomers => Host.Node.Resident;

    public override string Placement =>
        members.IsDrained(members.Me) ? PlacementStates.Drained : members.Plan is { IsHeld: true } ? PlacementStates.Held : PlacementStates.Balanced;

    protected override SiloAddress? LocalSilo => members.Me;

    /// <summary>Ends when every partition is live, here or elsewhere. Each owner reads its mark itself, as of when it takes its partition over.</summary>
    public override async Task StartAsync(IReadOnlyList<PartitionMark> marks, CancellationToken cancellation)
    {
        await Host.StartAsync(cancellation);
        _keeper.Start();
        await _keeper.AllLive.WaitAsync(cancellation);
        IsLive = true;
    }

    public override async Task StopAsync()
    {
        await _keeper.StopAsync();
        await _keeper.HandAllOverAsync();
        IsLive = false;
    }

    public override async Task AbandonAsync()
    {
        Host.Node.TakeNoMore();
        await _keeper.StopAsync();
        await Task.WhenAll(Host.Node.Partitions.Select(partition => Owner(partition).AbandonAsync()));
        IsLive = false;
    }

    public override void Dispose()
    {
        base.Dispose();
        _keeper.Dispose();
    }
}
