using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Triggers.Runtime;
using Triggers.Runtime.Messages;
using Triggers.Web.Api;
using Triggers.Web.Auth;
using Triggers.Web.Health;
using Triggers.Web.Ingest;
using Triggers.Web.Live;
using Triggers.Web.Operations;
using Triggers.Web.Quality;
using Triggers.Web.Site;
using Triggers.Web.Tracking;

namespace Triggers.Web;

/// <summary>Wires everything that speaks HTTP into a web application: one call for its services, one for its routes.</summary>
public static class WebModule
{
    public static IServiceCollection AddTriggersWeb(this IServiceCollection services, WebOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<SignInLinks>();
        var metrics = new MetricBoard(options.Meters);
        services.AddSingleton(_ => metrics);
        services.AddSingleton<QualityKeeper>();
        services.AddHostedService(each => each.GetRequiredService<QualityKeeper>());
        services.AddLive();
        services.AddApiDocument();
        services.Configure<KestrelServerOptions>(Tune);
        services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = true);
        return services;
    }

    /// <param name="sendsMail">Mail leaves by SMTP.</param>
    public static WebApplication MapTriggers(this WebApplication app, TriggersServer server, bool sendsMail) => app.MapTriggers(Backend.Of(server) with { SendsMail = sendsMail });

    /// <summary>Call once, last: what no route takes is the dashboard's.</summary>
    public static WebApplication MapTriggers(this WebApplication app, Backend backend)
    {
        var options = app.Services.GetRequiredService<WebOptions>();
        var time = app.Services.GetRequiredService<TimeProvider>();
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Triggers.Web");
        var sessions = new Sessions(backend.Store.Info.Secret, options, time);
        var access = new ManagementAccess(options, sessions);
        if (options.TracesRequests)
        {
            app.UseRequestTraces();
        }

        app.UseNoSniffing();
        app.UseApiProblems(logger);
        app.UseLiveOrigin(access, logger);
        app.UseManagementAccess(access);
        var relay = app.Services.GetRequiredService<LiveRelay>();
        relay.Attach(backend.Live);
        backend.Operations.CountViewers = () => relay.Viewers;
        app.MapHealth(() => backend.Operations.Health);
        app.MapMetrics(app.Services.GetRequiredService<MetricBoard>(), access, options);
        if (!options.ServesWorld)
        {
            app.MapOperationsApi(backend);
            return app;
        }

        var violations = new ViolationBoard(time);
        var quality = new EventQuality(time);
        var keeper = app.Services.GetRequiredService<QualityKeeper>();
        keeper.Attach(backend.Store.Quality, violations, quality);
        app.MapIngest(backend, violations, quality, options, time, logger);
        app.MapTracking(backend.Commands, new TrackingLinks(options.PublicUrl, backend.Store.Info.Secret), logger);
        app.MapLive();
        app.MapApi(backend, options, violations, quality, keeper, time);
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapSignIn(access, sessions, app.Services.GetRequiredService<SignInLinks>(), logger);
        app.MapSite(options, sessions);
        return app;
    }

    private static void Tune(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowResponseHeaderCompression = false;
        // The largest body of all is a part of an import; ingest has its own, lower limit.
        kestrel.Limits.MaxRequestBodySize = Limits.ImportBytesMax;
        kestrel.Limits.MaxRequestLineSize = 16 * 1024;
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(5);
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
    }
}
