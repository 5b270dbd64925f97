using Orleans.Concurrency;

namespace Triggers.Grains.Silos;

/// <summary>One silo, named by its address: what others ask it, or tell it.</summary>
[Alias("triggers.silo")]
internal interface ISiloGrain : IGrainWithStringKey
{
    /// <summary>The partitions whose loops run there, ascending.</summary>
    [Alias("partitions")]
    Task<int[]> PartitionsAsync();

    /// <summary>How it is, for operators: a NodeView as JSON, which nodes of neighbouring versions read as far as they know it; empty: it has no server yet.</summary>
    [Alias("describe")]
    [AlwaysInterleave]
    Task<byte[]> DescribeAsync();

    /// <summary>Another silo is about to stop: it takes no partitions any more.</summary>
    [Alias("leaves")]
    Task LeavesAsync(string silo);
}
