using Orleans.Concurrency;
using Triggers.Grains.Placement;

namespace Triggers.Grains.Live;

/// <summary>Leads subscribers to what its silo shares.</summary>
[Reentrant]
[SiloPlacement]
internal sealed class LiveRelayGrain(SiloShare share) : Grain, ILiveRelayGrain
{
    public Task<LiveShareMessage?> SubscribeAsync(ILiveObserver observer) => Task.FromResult(share.Subscribe(observer));

    public Task UnsubscribeAsync(ILiveObserver observer)
    {
        share.Unsubscribe(observer);
        return Task.CompletedTask;
    }

    public Task LostAsync(int partition, long epoch)
    {
        share.Lost(partition, epoch);
        return Task.CompletedTask;
    }
}
