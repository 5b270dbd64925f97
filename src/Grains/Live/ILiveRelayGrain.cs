using Orleans.Concurrency;

namespace Triggers.Grains.Live;

/// <summary>What a silo tells of its live numbers; named by the silo's address. Whoever shows numbers subscribes once at each silo, however many viewers it has.</summary>
[Alias("triggers.live")]
internal interface ILiveRelayGrain : IGrainWithStringKey
{
    /// <summary>The silo's share as of now, and its deltas from there on, until nobody has asked again for half a minute; null: it has no server yet, or none any more.</summary>
    [Alias("subscribe")]
    [ResponseTimeout("00:00:05")]
    Task<LiveShareMessage?> SubscribeAsync(ILiveObserver observer);

    [Alias("unsubscribe")]
    Task UnsubscribeAsync(ILiveObserver observer);

    /// <summary>Somebody owns a partition under this epoch, which the silo counts as its own.</summary>
    [Alias("lost")]
    Task LostAsync(int partition, long epoch);
}

/// <summary>Takes the deltas of silos.</summary>
[Alias("triggers.live-observer")]
internal interface ILiveObserver : IGrainObserver
{
    /// <param name="silo">The address that names the relay.</param>
    [Alias("changed")]
    [OneWay]
    Task ChangedAsync(string silo, LiveShareMessage delta);

    /// <summary>The silo has no partitions any more, and tells nothing from here on.</summary>
    [Alias("left")]
    [OneWay]
    Task LeftAsync(string silo);
}
