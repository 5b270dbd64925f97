using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Triggers.Runtime;
using Triggers.Web.Auth;
using Triggers.Web.Health;
using Triggers.Web.Ingest;

namespace Triggers.Web;

/// <summary>Wires everything that speaks HTTP into a web application: one call for its services, one for its routes.</summary>
public static class WebModule
{
    public static IServiceCollection AddTriggersWeb(this IServiceCollection services, WebOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<SignInLinks>();
        services.Configure<KestrelServerOptions>(Tune);
        services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = true);
        return services;
    }

    public static WebApplication MapTriggers(this WebApplication app, TriggersServer server) => app.MapTriggers(Backend.Of(server));

    /// <summary>Call once, last: what no route takes is the dashboard's.</summary>
    public static WebApplication MapTriggers(this WebApplication app, Backend backend)
    {
        var options = app.Services.GetRequiredService<WebOptions>();
        var time = app.Services.GetRequiredService<TimeProvider>();
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Triggers.Web");
        app.MapIngest(backend, options, time, logger);
        app.MapHealth(backend);
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
