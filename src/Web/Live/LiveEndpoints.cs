using Microsoft.AspNetCore.SignalR;
using Triggers.Web.Api;
using Triggers.Web.Auth;

namespace Triggers.Web.Live;

/// <summary>The route and the services of the live hub.</summary>
internal static class LiveEndpoints
{
    public const string Path = "/live";
    private const int OriginCharsShown = 120;

    public static void AddLive(this IServiceCollection services)
    {
        services.AddSingleton<LiveRelay>();
        services.AddSingleton<HubLifetimeManager<LiveHub>, LiveConnections>();
        services.AddSignalR(hub =>
        {
            hub.MaximumReceiveMessageSize = 4 * 1024;
            hub.EnableDetailedErrors = false;
        });
    }

    /// <summary>A page of another site may open a socket to us with our cookie where SameSite is not kept: the origin decides. Routes heed no case, so neither does this.</summary>
    public static void UseLiveOrigin(this WebApplication app, ManagementAccess access, ILogger logger) => app.Use((http, next) =>
    {
        if (!http.Request.Path.StartsWithSegments(Path, StringComparison.OrdinalIgnoreCase) || access.IsFromOwnPage(http.Request))
        {
            return next(http);
        }

        WebLog.OriginRefused(logger, Shown(http.Request.Headers.Origin.ToString()));
        return Problems.WriteAsync(http, StatusCodes.Status403Forbidden, "Foreign origin", "The live hub is open to this host and to the public URL only.");
    });

    /// <summary>Anybody can send it, and a log is read on terminals: nothing that moves the cursor, and not much of it.</summary>
    internal static string Shown(string origin) => string.Concat(origin.Take(OriginCharsShown).Select(letter => letter is > ' ' and <= '~' ? letter : '?'));

    public static void MapLive(this IEndpointRouteBuilder routes) => routes.MapHub<LiveHub>(Path).WithMetadata(RequiresManagement.Instance);
}
