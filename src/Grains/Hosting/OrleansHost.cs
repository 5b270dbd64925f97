using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Triggers.Grains.Live;
using Triggers.Grains.Silos;
using Triggers.Runtime;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Live;
using Triggers.Runtime.Loop;

namespace Triggers.Grains.Hosting;

/// <summary>Orleans in this process: a silo, where every customer and every partition is a grain, or a client of the cluster's silos.</summary>
internal sealed class OrleansHost : LoopHost
{
    private readonly ClusterSettings _settings;
    private readonly IHost _host;
    private readonly ClusterNode _node;
    private readonly ILogger _log;
    private Task? _started;
    private bool _isStopped;

    public OrleansHost(ClusterSettings settings, ILoggerFactory logs)
    {
        _settings = settings;
        _log = logs.CreateLogger("Triggers.Grains");
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.Replace(ServiceDescriptor.Singleton(logs));
        builder.Services.AddSingleton<ClusterNode>();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        if (settings.HasSilo)
        {
            builder.Services.AddSingleton<Members>();
            builder.Services.AddSingleton(new SiloShare(TimeProvider.System));
            builder.UseOrleans(silo => SiloSetup.Apply(silo, settings with { SiloPort = PortOr(settings.SiloPort), GatewayPort = settings.ConnectionString is null ? 0 : PortOr(settings.GatewayPort) }));
        }
        else
        {
            builder.UseOrleansClient(client => ClientSetup.Apply(client, settings, _log));
        }

        _host = builder.Build();
        _node = _host.Services.GetRequiredService<ClusterNode>();
        _node.HasReminders = settings.ConnectionString is not null;
    }

    public override bool RunsLoops => _settings.HasSilo;

    /// <summary>To call grains from outside of them.</summary>
    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public ClusterNode Node => _node;

    /// <summary>What this silo tells others of its live numbers; null: there is no silo here.</summary>
    public SiloShare? Share => _host.Services.GetService<SiloShare>();

    /// <summary>Once: a silo outlives the servers that it is given to.</summary>
    public Task StartAsync(CancellationToken cancellation) => _started ??= _host.StartAsync(cancellation);

    public override async ValueTask DisposeAsync()
    {
        if (!_isStopped)
        {
            _isStopped = true;
            if (_started is { IsCompletedSuccessfully: true })
            {
                await _host.StopAsync();
            }

            _host.Dispose();
        }
    }

    /// <summary>Ends the silo as a crash would, for tests of what the others do.</summary>
    internal async Task KillAsync()
    {
        _isStopped = true;
        await _host.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _host.Dispose();
    }

    internal override ILoops Open(LoopContext context, ServerOptions options)
    {
        if (!_settings.HasSilo)
        {
            return new ClientLoops(this, context.Store.Log.Partitions);
        }

        _node.Attach(context, options);
        return new SiloLoops(this, context.Store.Log.Partitions, _host.Services.GetRequiredService<Members>(), _log);
    }

    internal override Task<IAsyncDisposable?> JoinLiveAsync(LiveExchange exchange, CancellationToken cancellation)
    {
        var silos = _settings.HasSilo ? _host.Services.GetRequiredService<Members>() : null;
        var me = silos?.Me.ToParsableString();
        var share = me is null ? null : Share?.Attach(exchange, me);
        return Task.FromResult<IAsyncDisposable?>(new LiveMember(share, new LiveSubscriptions(Grains, exchange, me, silos is null ? AskForSilosAsync : () => Task.FromResult(silos.Active), TimeProvider.System, _log)));
    }

    /// <summary>A client does not follow membership itself.</summary>
    private async Task<IReadOnlyList<SiloAddress>> AskForSilosAsync() => [.. (await Grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true)).Keys];

    private static int PortOr(int port) => port > 0 ? port : FreePort();

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
