using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Triggers.Channels;
using Triggers.Engine.Definitions;
using Triggers.Runtime;
using Triggers.Silo.Cli;
using Triggers.Silo.Demo;
using Triggers.Storage;
using Triggers.Storage.Sqlite;
using Triggers.Web;
using Triggers.Web.Auth;
using Triggers.Web.Health;

namespace Triggers.Silo.Serve;

/// <summary>Puts the rooms together in the order in which they need each other, and takes them apart in the opposite one.</summary>
public static class ServerProcess
{
    /// <summary>Answers under way get this long; live connections are then cut, and the loops drain.</summary>
    private static readonly TimeSpan _answersFor = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync(ServeOptions options)
    {
        using var signals = new StopSignals("draining and flushing");
        var folder = DataFolder.Open(options.DataFolder);
        var builder = CreateBuilder(options);
        var joinPages = ServeOptions.ResolveHugePages(builder.Configuration) ? HugePages.Ask() : null;
        var choice = StoreChoice.Read(builder.Configuration, options.DataFolder, options.Store, options.Connection);
        var host = HostChoice.Read(builder.Configuration, options, choice);
        CheckDefinitions(options, mayBeMissing: host.IsCluster);
        var operations = OperationsChoice.Read(builder.Configuration, host.IsCluster ? options.Port : null);
        var publicUrl = options.ResolvePublicUrl(builder.Configuration);
        using var telemetry = Telemetry.Start(builder.Configuration, builder.Logging, operations);
        builder.Services.AddTriggersWeb(new WebOptions
        {
            ManagementKey = folder.ReadOrCreateKey(builder.Configuration["ManagementKey"]),
            ServesWorld = host.Role != ServeRole.Silo,
            MetricsKey = operations.MetricsKey,
            Meters = operations.Meters,
            NodeName = operations.NodeName,
            TracesRequests = telemetry is not null,
            PublicUrl = publicUrl,
            DashboardFolder = Assets.FindDashboard(),
            ShopFolder = Assets.FindShop(options.DefinitionsFolder),
        });
        await using var app = builder.Build();
        var logs = app.Services.GetRequiredService<ILoggerFactory>();
        var logger = logs.CreateLogger("Triggers.Silo");
        await using var starting = await StartErrors.ExplainListenAsync(() => StartingSite.StartAsync(kestrel => kestrel.Listen(options.Address, options.Port), new NoHostLifetime(), signals.Requested), options);
        await using var store = await StartErrors.ExplainAsync(() => choice.OpenAsync(TimeProvider.System, logs, isShared: host.IsCluster));
        using var address = folder.ShowAddress(options.LocalUrl);
        await using var silo = host.Create(logs);
        var channels = ChannelSetup.Create(builder.Configuration, folder, store, logs, options.Demo);
        var settings = new ServerOptions
        {
            DefinitionsFolder = options.DefinitionsFolder,
            PublicUrl = publicUrl,
            CustomerMemoryBytes = ServeOptions.ResolveCustomerMemory(builder.Configuration),
            Watch = options.Watch,
            StartPaused = options.StartPaused,
            Host = host.Description,
            NodeName = operations.NodeName,
            Role = host.Role.ToString().ToLowerInvariant(),
            Loops = silo,
        };
        await using var server = await StartErrors.ExplainAsync(() => TriggersServer.StartAsync(settings, store, channels.Registry, TimeProvider.System, logs, signals.Requested), host.Cluster);
        app.MapTriggers(server, channels.IsSmtp);
        await starting.DisposeAsync();
        await StartErrors.ExplainListenAsync(async () =>
        {
            await app.StartAsync(signals.Requested);
            return true;
        }, options);
        joinPages?.Start();
        if (options.LogFormat == LogFormat.Json)
        {
            logger.Ready(options.LocalUrl, store.Info.StoreId, choice.Description, host.Description);
        }
        else
        {
            var links = app.Services.GetRequiredService<SignInLinks>();
            ServeBanner.Print(
                options, folder, !string.IsNullOrWhiteSpace(builder.Configuration["ManagementKey"]), choice, host, server.Definitions.Version, server.Definitions.Current, channels, links.CreateToken());
        }

        if (channels.IsSmtp && new Uri(publicUrl).IsLoopback)
        {
            logger.PublicUrlIsLoopback(publicUrl);
        }

        await RunUntilStoppedAsync(options, server.Definitions.Current, server, store.Mailbox, logger, signals.Requested);
        server.Drain();
        await Task.Delay(operations.DrainFor);
        address.Dispose();
        var stopping = Stopwatch.GetTimestamp();
        using var answers = new CancellationTokenSource(_answersFor);
        await app.StopAsync(answers.Token);
        var patience = new StopPatience(store, operations.StopPatience, logger);
        await patience.AwaitAsync(server.DisposeAsync().AsTask());
        if (silo is not null)
        {
            await patience.AwaitAsync(silo.DisposeAsync().AsTask());
        }

        patience.Look();
        await patience.AwaitAsync(store.DisposeAsync().AsTask());
        if (server.EndedEarly || patience.IsOver)
        {
            logger.StoppedEarly();
            return ExitCodes.Failed;
        }

        logger.Stopped(Stopwatch.GetElapsedTime(stopping).TotalSeconds);
        return ExitCodes.Ok;
    }

    private static WebApplicationBuilder CreateBuilder(ServeOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        ServeConfiguration.Apply(builder, options);
        builder.Services.AddSingleton<IHostLifetime, NoHostLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = _answersFor);
        return builder;
    }

    /// <summary>Before anything is opened. A cluster's process without a folder takes the definitions of the store.</summary>
    private static void CheckDefinitions(ServeOptions options, bool mayBeMissing)
    {
        var folder = options.DefinitionsFolder;
        if (!Directory.Exists(folder))
        {
            if (mayBeMissing)
            {
                return;
            }

            throw new UserErrorException($"There is no definitions folder {folder}. Name another with --definitions.");
        }

        var result = DefinitionFolder.Load(folder);
        if (result.Definitions is null)
        {
            throw new UserErrorException(
                $"The definitions in {folder} have {result.Errors.Count} error{(result.Errors.Count == 1 ? "" : "s")}:\n" + string.Join('\n', result.Errors.Select(error => $"  {error}")));
        }

        if (options.Demo && result.Definitions.Sources.Count == 0)
        {
            throw new UserErrorException($"The demo sends its events as a source, and the definitions in {folder} have none: add a sources.yaml, or leave --demo out.");
        }
    }

    private static async Task RunUntilStoppedAsync(ServeOptions options, DefinitionSet definitions, TriggersServer server, IMailbox mailbox, ILogger logger, CancellationToken stop)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Register(stopped.SetResult);
        var demo = options.Demo
            ? new DemoTraffic(options.LocalUrl, definitions.Sources[0].WriteKey, options.DemoEventsPerSecond, mailbox, TimeProvider.System, logger).RunAsync(server.Queries.Stats().Events.Total == 0, stop)
            : Task.CompletedTask;
        await stopped.Task;
        await demo;
    }
}
