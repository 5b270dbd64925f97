using Triggers.Engine.Records;
using Triggers.Grains.Partitions;
using Triggers.Runtime.Hosting;
using Triggers.Storage;

namespace Triggers.Grains.Hosting;

/// <summary>The loops of a cluster, as the server beside it sees them: a grain for every partition.</summary>
internal sealed class GrainLoops(int partitions, IGrainFactory grains, ClusterNode node) : ILoops
{
    private volatile bool _isLive;

    public int Partitions => partitions;

    public bool IsLive => _isLive;

    public long ResidentCustomers => node.Resident;

    private IEnumerable<ILogPartitionGrain> All => Enumerable.Range(0, partitions).Select(Owner);

    /// <summary>Each owner reads its mark itself, as of when it takes its partition over.</summary>
    public async Task StartAsync(IReadOnlyList<PartitionMark> marks, CancellationToken cancellation)
    {
        await Task.WhenAll(All.Select(owner => owner.StartAsync())).WaitAsync(cancellation);
        _isLive = true;
    }

    public async ValueTask<IReadOnlyList<PartitionStatus>> StatusAsync()
    {
        var views = await Task.WhenAll(All.Select(owner => owner.StatusAsync()));
        return [.. views.Select((view, number) => new PartitionStatus(number, view.ProgramVersion, view.PausedCampaigns))];
    }

    public Task<ReadOnlyMemory<byte>> ReadAsync(CustomerKey key, CancellationToken cancellation)
    {
        var hash = key.Hash();
        return Owner(CustomerKey.PartitionOf(hash, partitions)).ReadAsync(hash, key.Text).WaitAsync(cancellation);
    }

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ScanAsync(int partition, ulong? afterHash, int limit, CancellationToken cancellation) =>
        await Owner(partition).ScanAsync(afterHash, limit).WaitAsync(cancellation);

    public async Task<bool> IsIdleAsync(long now)
    {
        var idle = await Task.WhenAll(All.Select(owner => owner.IsIdleAsync(now)));
        return Array.TrueForAll(idle, each => each);
    }

    public Task StopAsync() => Task.WhenAll(All.Select(owner => owner.StopAsync()));

    public Task AbandonAsync() => Task.WhenAll(All.Select(owner => owner.AbandonAsync()));

    public void Dispose() => _isLive = false;

    private ILogPartitionGrain Owner(int partition) => grains.GetGrain<ILogPartitionGrain>(partition);
}
