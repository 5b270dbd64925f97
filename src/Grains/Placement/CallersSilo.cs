using Orleans.Runtime.Placement;

namespace Triggers.Grains.Placement;

/// <summary>The grain is on the silo that calls it, and on no list.</summary>
[GenerateSerializer]
[Immutable]
[Alias("triggers.callers-silo")]
internal sealed class CallersSilo : PlacementStrategy
{
    public override bool IsUsingGrainDirectory => false;
}

internal sealed class CallersSiloDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context) => Task.FromResult(context.LocalSilo);
}
