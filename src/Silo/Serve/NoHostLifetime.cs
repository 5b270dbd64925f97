using Microsoft.Extensions.Hosting;

namespace Triggers.Silo.Serve;

/// <summary>Keeps the web host from handling signals itself: <see cref="StopSignals"/> decides the order in which things stop.</summary>
internal sealed class NoHostLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
