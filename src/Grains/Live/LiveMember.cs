using Triggers.Runtime.Live;

namespace Triggers.Grains.Live;

/// <summary>A process's part in the cluster's live numbers: it gives its share if it is a silo, and takes those of the silos.</summary>
internal sealed class LiveMember(IDisposable? share, LiveSubscriptions subscriptions) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        share?.Dispose();
        await subscriptions.DisposeAsync();
    }
}
