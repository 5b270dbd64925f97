using Orleans.Placement;
using Orleans.Runtime.Placement;
using Triggers.Grains.Silos;

namespace Triggers.Grains.Placement;

/// <summary>A partition begins on the silo that whoever calls it asks for, or else on the one that its number prefers.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class PartitionPlacementAttribute() : PlacementAttribute(new PartitionPlacement());

[GenerateSerializer]
[Immutable]
[Alias("triggers.partition-placement")]
internal sealed class PartitionPlacement : PlacementStrategy;

internal sealed class PartitionDirector(Members members) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) is { } wanted)
        {
            return Task.FromResult(wanted);
        }

        // Those that leave take no partition, unless nobody else is there.
        var staying = Array.FindAll(silos, silo => !members.IsLeaving(silo));
        return Task.FromResult(Members.Prefer(target.GrainIdentity.GetUniformHashCode(), staying.Length > 0 ? staying : silos));
    }
}
