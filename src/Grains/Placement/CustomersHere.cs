using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.GrainDirectory;
using Orleans.Metadata;
using Orleans.Runtime.GrainDirectory;
using Orleans.Runtime.Placement;
using Triggers.Grains.Customers;

namespace Triggers.Grains.Placement;

/// <summary>
/// Where customers are: on the silo that calls. Only the owner of its partition calls a customer, so a silo has the customers of its own partitions, and there is nobody to
/// tell: no look into the grain directory and no entry in it, which cost more than all the rest of beginning a grain. Two grains of one customer, while its partition moves,
/// have different epochs, and only what the later one did is committed.
/// </summary>
/// <remarks>Services and not attributes of the grain: attributes go into the manifest, and silos of a former version, which read it during an upgrade, do not know what they name.</remarks>
internal sealed class CustomersHere : IGrainDirectoryCache, IGrainDirectory, IGrainDirectoryResolver, IPlacementStrategyResolver
{
    /// <summary>The address is as good as any membership that comes.</summary>
    private static readonly MembershipVersion s_always = new(long.MaxValue);

    private readonly SiloAddress _me;
    private readonly GrainType _customer;
    private readonly IGrainDirectoryCache _others;
    private readonly CallersSilo _callersSilo = new();

    public CustomersHere(IServiceProvider services, ILocalSiloDetails local, GrainTypeResolver types, IOptions<GrainDirectoryOptions> options)
    {
        _me = local.SiloAddress;
        _customer = types.GetGrainType(typeof(CustomerGrain));
        _others = GrainDirectoryCacheFactory.CreateGrainDirectoryCache(services, options.Value);
    }

    public IEnumerable<(GrainAddress ActivationAddress, int Version)> KeyValues => _others.KeyValues;

    public bool LookUp(GrainId key, [NotNullWhen(true)] out GrainAddress? result, out int version)
    {
        if (key.Type != _customer)
        {
            return _others.LookUp(key, out result, out version);
        }

        (result, version) = (new GrainAddress { GrainId = key, SiloAddress = _me, MembershipVersion = s_always }, 0);
        return true;
    }

    public void AddOrUpdate(GrainAddress value, int version)
    {
        if (value.GrainId.Type != _customer)
        {
            _others.AddOrUpdate(value, version);
        }
    }

    public bool Remove(GrainId key) => key.Type != _customer && _others.Remove(key);

    public bool Remove(GrainAddress key) => key.GrainId.Type != _customer && _others.Remove(key);

    public void Clear() => _others.Clear();

    public bool TryResolveGrainDirectory(GrainType grainType, GrainProperties? properties, [NotNullWhen(true)] out IGrainDirectory? grainDirectory)
    {
        grainDirectory = grainType == _customer ? this : null;
        return grainDirectory is not null;
    }

    public bool TryResolvePlacementStrategy(GrainType grainType, GrainProperties? properties, [MaybeNullWhen(false)] out PlacementStrategy result)
    {
        result = grainType == _customer ? _callersSilo : null;
        return result is not null;
    }

    public Task<GrainAddress?> Lookup(GrainId grainId) => Task.FromResult<GrainAddress?>(null);

    public Task<GrainAddress?> Register(GrainAddress address) => Task.FromResult<GrainAddress?>(address);

    public Task Unregister(GrainAddress address) => Task.CompletedTask;

    public Task UnregisterSilos(List<SiloAddress> siloAddresses) => Task.CompletedTask;
}
