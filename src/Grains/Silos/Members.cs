using System.Collections.Concurrent;

namespace Triggers.Grains.Silos;

/// <summary>The silos of the cluster, as this one knows them.</summary>
internal sealed class Members(IClusterMembershipService membership, ILocalSiloDetails local)
{
    private readonly ConcurrentDictionary<SiloAddress, bool> _leaving = new();

    public SiloAddress Me => local.SiloAddress;

    /// <summary>Active, and not about to leave; ascending.</summary>
    public SiloAddress[] Staying =>
        [.. membership.CurrentSnapshot.Members.Values.Where(member => member.Status == SiloStatus.Active && !IsLeaving(member.SiloAddress)).Select(member => member.SiloAddress).Order()];

    /// <summary>Active, whether they are about to leave or not.</summary>
    public IReadOnlyList<SiloAddress> Active => [.. membership.CurrentSnapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress)];

    public bool IsLeaving(SiloAddress silo) => _leaving.ContainsKey(silo);

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
