using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Triggers.Grains.Hosting;

/// <summary>Orleans' own settings of a client.</summary>
internal static class ClientSetup
{
    public static void Apply(IClientBuilder client, ClusterSettings settings, ILogger log)
    {
        var connection = SiloSetup.ConnectionString(settings.ConnectionString ?? throw new InvalidOperationException("A client needs silos that it can find in a database."));
        client
            .Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (settings.ClusterId, settings.ServiceId))
            .UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (SiloSetup.Invariant, connection))
            .Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2))
            .UseConnectionRetryFilter(async (error, cancellation) =>
            {
                log.WaitsForSilo(settings.ClusterId, error.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
                return true;
            });
    }
}
