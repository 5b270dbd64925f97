using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Triggers.Runtime.Operations;
using Triggers.Web.Api;

namespace Triggers.Web.Health;

/// <summary>
/// Stands at the server's address while it recovers: supervisors see a process that is alive and not ready, senders are asked to come again, and a port in
/// use is found out before a long recovery and not after it.
/// </summary>
public sealed class StartingSite : IAsyncDisposable
{
    private static readonly HealthReport s_report = new(HealthStatus.Recovering, ["The server is starting: it replays what a former process left."]);

    /// <summary>Who asks at the end gets this long to hear the answer; the server itself waits to listen.</summary>
    private static readonly TimeSpan s_answersFor = TimeSpan.FromMilliseconds(500);

    private WebApplication? _site;

    private StartingSite(WebApplication site) => _site = site;

    /// <summary>Dispose it when the server itself is about to listen.</summary>
    public static async Task<StartingSite> StartAsync(Action<KestrelServerOptions> listen, IHostLifetime lifetime, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(lifetime);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            listen(kestrel);
        });
        var site = builder.Build();
        site.MapHealth(() => s_report);
        site.MapFallback(http =>
        {
            http.Response.Headers.RetryAfter = "1";
            return Problems.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, "Starting", s_report.Reasons[0]);
        });
        try
        {
            await site.StartAsync(cancellation);
            return new StartingSite(site);
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _site, null) is { } site)
        {
            using var patience = new CancellationTokenSource(s_answersFor);
            await site.StopAsync(patience.Token);
            await site.DisposeAsync();
        }
    }
}
