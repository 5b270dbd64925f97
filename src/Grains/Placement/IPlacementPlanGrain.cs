using Orleans.Concurrency;

namespace Triggers.Grains.Placement;

/// <summary>What operators asked of where partitions run: one for the cluster, key 0. Every silo reads it again and again; nobody is told.</summary>
[Alias("triggers.placement-plan")]
internal interface IPlacementPlanGrain : IGrainWithIntegerKey
{
    [Alias("read")]
    Task<PlacementPlan> ReadAsync();

    /// <returns>Why it cannot be; empty: it will be.</returns>
    [Alias("drain")]
    Task<string> DrainAsync(string silo);

    [Alias("undrain")]
    Task UndrainAsync(string silo);

    [Alias("hold")]
    Task HoldAsync(bool held);

    [Alias("rebalance")]
    Task RebalanceAsync();
}

/// <summary>The plan as it goes over the wire and into grain storage: its names and ids are frozen.</summary>
[GenerateSerializer]
[Alias("triggers.placement-plan-state")]
internal sealed class PlacementPlan
{
    /// <summary>Addresses of silos that are to have no partition. A process that starts again has another address.</summary>
    [Id(0)]
    public string[] Drained { get; set; } = [];

    /// <summary>Partitions do not move for balance.</summary>
    [Id(1)]
    public bool IsHeld { get; set; }

    /// <summary>How often somebody asked for balance at once.</summary>
    [Id(2)]
    public int Rebalancings { get; set; }
}
