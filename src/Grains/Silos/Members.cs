using System.Collections.Concurrent;
using Triggers.Grains.Placement;

namespace Triggers.Grains.Silos;

/// <summary>The silos of the cluster, as this one knows them.</summary>
internal sealed class Members(IClusterMembershipService membership, ILocalSiloDetails local)
{
    private readonly ConcurrentDictionary<SiloAddress, bool> _leaving = new();
    private volatile PlacementPlan? _plan;

    public SiloAddress Me => local.SiloAddress;

    /// <summary>What operators asked for, as far as this silo knows; null: it has not been read yet.</summary>
    public PlacementPlan? Plan
    {
        get => _plan;
        set => _plan = value;
    }

    /// <summary>Those that are to have partitions: active, not about to leave, and not drained while others are left; ascending.</summary>
    public SiloAddress[] Staying
    {
        get
        {
            SiloAddress[] staying = [.. Active.Where(silo => !_leaving.ContainsKey(silo)).Order()];
            return Array.FindAll(staying, silo => !IsDrained(silo)) is { Length: > 0 } undrained ? undrained : staying;
        }
    }

    /// <summary>Active, whether they are about to leave or not.</summary>
    public IReadOnlyList<SiloAddress> Active => [.. membership.CurrentSnapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress)];

    /// <summary>It is to take no partition: it is about to stop, or drained.</summary>
    public bool IsLeaving(SiloAddress silo) => _leaving.ContainsKey(silo) || IsDrained(silo);

    public bool IsDrained(SiloAddress silo) => _plan?.Drained.Contains(silo.ToParsableString()) == true;

    /// <summary>The silo stops: it takes no partition any more.</summary>
    public void Leave(SiloAddress silo) => _leaving[silo] = true;

    /// <summary>As the database says now: a silo that hung may have been declared dead without knowing it.</summary>
    public async Task<bool> AmIMemberAsync(CancellationToken cancellation)
    {
        await membership.Refresh(default, cancellation);
        return membership.CurrentSnapshot.GetSiloStatus(Me) is SiloStatus.Joining or SiloStatus.Active or SiloStatus.ShuttingDown;
    }

    /// <summary>One of the silos, the same everywhere; a silo that comes or goes changes only what it has.</summary>
    public static SiloAddress Prefer(uint hash, IReadOnlyList<SiloAddress> silos)
    {
        var best = silos[0];
        var most = 0UL;
        foreach (var silo in silos)
        {
            var rank = Mix(((ulong)hash << 32) | (uint)silo.GetConsistentHashCode());
            if (rank > most)
            {
                (best, most) = (silo, rank);
            }
        }

        return best;
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
