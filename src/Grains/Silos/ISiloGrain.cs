using Orleans.Concurrency;

namespace Triggers.Grains.Silos;

/// <summary>One silo, named by its address: what others ask it, or tell it.</summary>
[Alias("triggers.silo")]
internal interface ISiloGrain : IGrainWithStringKey
{
    /// <summary>The partitions whose loops run there, ascending.</summary>
    [Alias("partitions")]
    Task<int[]> PartitionsAsync();

    /// <summary>Another silo is about to stop: it takes no partitions any more.</summary>
    [Alias("leaves")]
    Task LeavesAsync(string silo);
}
