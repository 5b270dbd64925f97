using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Configuration;
using Orleans.Runtime.GrainDirectory;
using Orleans.Runtime.Placement;
using Triggers.Grains.Placement;
using Triggers.Grains.Silos;

namespace Triggers.Grains.Hosting;

/// <summary>Orleans' own settings of a silo, each with its reason.</summary>
internal static class SiloSetup
{
    public const string Invariant = "Npgsql";

    public static void Apply(ISiloBuilder silo, ClusterSettings settings)
    {
        silo.Services.AddPlacementDirector<PartitionPlacement, PartitionDirector>();
        silo.Services.AddPlacementDirector<SiloPlacement, SiloDirector>();
        silo.Services.AddPlacementDirector<CallersSilo, CallersSiloDirector>();
        silo.Services.AddSingleton<CustomersHere>();
        silo.Services.AddSingleton<IGrainDirectoryCache>(services => services.GetRequiredService<CustomersHere>());
        silo.Services.AddSingleton<IGrainDirectoryResolver>(services => services.GetRequiredService<CustomersHere>());
        silo.Services.AddSingleton<IPlacementStrategyResolver>(services => services.GetRequiredService<CustomersHere>());
        if (settings.ConnectionString is null)
        {
            // Nobody comes to a silo that is alone: any port, no gateway, and nothing that listens beyond this machine.
            silo.UseLocalhostClustering(settings.SiloPort, gatewayPort: 0, serviceId: settings.ServiceId, clusterId: settings.ClusterId)
                .Configure<EndpointOptions>(endpoints => endpoints.AdvertisedIPAddress = IPAddress.Loopback);
            return;
        }

        silo.Services.AddSingleton<IFatalErrorHandler, SiloEnd>();
        var connection = ConnectionString(settings.ConnectionString);
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (settings.ClusterId, settings.ServiceId))
            .Configure<EndpointOptions>(endpoints =>
            {
                endpoints.AdvertisedIPAddress = settings.Address;
                endpoints.SiloPort = settings.SiloPort;
                endpoints.GatewayPort = settings.GatewayPort;
                var listen = IPAddress.IsLoopback(settings.Address) ? settings.Address : IPAddress.Any;
                endpoints.SiloListeningEndpoint = new IPEndPoint(listen, settings.SiloPort);
                endpoints.GatewayListeningEndpoint = new IPEndPoint(listen, settings.GatewayPort);
            })
            .UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Invariant, connection))
            .UseAdoNetReminderService(options => (options.Invariant, options.ConnectionString) = (Invariant, connection))
            .AddAdoNetGrainStorageAsDefault(options => (options.Invariant, options.ConnectionString) = (Invariant, connection))
            .Configure<ClusterMembershipOptions>(membership =>
            {
                // A silo that was killed refuses connections at once; one that hangs misses probes of a second.
                membership.ProbeTimeout = TimeSpan.FromSeconds(1);
                membership.NumMissedProbesLimit = settings.DeadAfterSeconds;
                // Newer versions of Orleans stretch probes, and count on what was heard before as long as they may take.
                SetIfKnown(membership, "MaxProbeTimeout", TimeSpan.FromSeconds(1));
                membership.NumVotesForDeathDeclaration = 2;
                membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
                // A silo that starts after all others were killed waits for them no longer than three of these.
                membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
                membership.DefunctSiloExpiration = TimeSpan.FromDays(1);
            });
#pragma warning disable ORLEANSEXP003 // It keeps what grains of other silos are registered under when a silo dies; the former one has them begin anew.
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        // After many silos came and went at once a question between their directories may get no answer, and a partition that moves waits for it: not for half a minute.
        silo.Configure<SiloMessagingOptions>(messaging => messaging.SystemResponseTimeout = Limits.SystemPatience)
            .Configure<GrainCollectionOptions>(grains => grains.DeactivationTimeout = grains.ActivationTimeout = Limits.SystemPatience);
        // Newer versions keep grains of a dead silo from beginning elsewhere for half a minute, lest they are two for a while. Here two do no harm: whoever has
        // the lower epoch cannot commit.
        silo.Configure<GrainDirectoryOptions>(directory => SetIfKnown(directory, "RangeLeaseDuration", TimeSpan.Zero));
#if WITH_KUBERNETES
        if (settings.IsInPod)
        {
            KubernetesSetup.Apply(silo);
        }
#endif
    }

    /// <summary>As few connections as its few statements need, and a name that an administrator recognizes.</summary>
    public static string ConnectionString(string text)
    {
        var settings = new NpgsqlConnectionStringBuilder(text) { ApplicationName = "triggers cluster" };
        settings.MaxPoolSize = Math.Min(settings.MaxPoolSize, 10);
        return settings.ConnectionString;
    }

    /// <summary>By name, since not every version of Orleans has it.</summary>
    private static void SetIfKnown<T>(T options, string name, object value) => typeof(T).GetProperty(name)?.SetValue(options, value);
}
