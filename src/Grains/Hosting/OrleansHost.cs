using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Triggers.Runtime;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Loop;

namespace Triggers.Grains.Hosting;

/// <summary>One Orleans silo in this process: every customer a grain, every partition a grain that drives its loop.</summary>
internal sealed class OrleansHost : LoopHost
{
    private readonly IHost _silo;
    private readonly ClusterNode _node;
    private bool _isStopped;

    private OrleansHost(IHost silo)
    {
        _silo = silo;
        _node = silo.Services.GetRequiredService<ClusterNode>();
    }

    /// <summary>To call grains from outside of them.</summary>
    public IGrainFactory Grains => _silo.Services.GetRequiredService<IGrainFactory>();

    public static async Task<OrleansHost> StartAsync(ILoggerFactory logs, CancellationToken cancellation)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.Replace(ServiceDescriptor.Singleton(logs));
        builder.Services.AddSingleton<ClusterNode>();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();

        // Nobody comes to a silo that is alone: any port, no gateway, and nothing that listens beyond this machine.
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(FreePort(), gatewayPort: 0, serviceId: "triggers", clusterId: "triggers")
            .Configure<EndpointOptions>(endpoints => endpoints.AdvertisedIPAddress = IPAddress.Loopback));
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellation);
            return new OrleansHost(host);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (!_isStopped)
        {
            _isStopped = true;
            await _silo.StopAsync();
            _silo.Dispose();
        }
    }

    internal override ILoops Open(LoopContext context, ServerOptions options)
    {
        _node.Attach(context, options);
        return new GrainLoops(context.Store.Log.Partitions, Grains, _node);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The program decides itself when to stop, and in which order.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
