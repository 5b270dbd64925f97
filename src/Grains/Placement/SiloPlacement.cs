using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Triggers.Grains.Placement;

/// <summary>A grain whose key is a silo's address lives on that silo.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SiloPlacementAttribute() : PlacementAttribute(new SiloPlacement());

[GenerateSerializer]
[Immutable]
[Alias("triggers.silo-placement")]
internal sealed class SiloPlacement : PlacementStrategy;

internal sealed class SiloDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silo = SiloAddress.FromParsableString(target.GrainIdentity.Key.ToString()!);
        return context.GetCompatibleSilos(target).Contains(silo) ? Task.FromResult(silo) : throw new SiloUnavailableException($"The silo {silo} is gone.");
    }
}
