using Triggers.Runtime.Live;
using Triggers.Runtime.Loop;

namespace Triggers.Runtime.Hosting;

/// <summary>What a server's loops and customers live in: threads of this process, or grains. A server that is given none runs embedded.</summary>
public abstract class LoopHost : IAsyncDisposable
{
    private protected LoopHost()
    {
    }

    /// <summary>Partitions may live in this process; otherwise it is a client of those that have them.</summary>
    public virtual bool RunsLoops => true;

    public abstract ValueTask DisposeAsync();

    /// <summary>Loops over all partitions of the context's store, not started yet.</summary>
    internal abstract ILoops Open(LoopContext context, ServerOptions options);

    /// <summary>Gives this process's live share to the others and adds theirs to the sum, until what is returned is disposed; null: there are no others.</summary>
    internal virtual Task<IAsyncDisposable?> JoinLiveAsync(LiveExchange exchange, CancellationToken cancellation) => Task.FromResult<IAsyncDisposable?>(null);
}
