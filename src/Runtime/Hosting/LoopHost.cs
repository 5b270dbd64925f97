using Triggers.Runtime.Loop;

namespace Triggers.Runtime.Hosting;

/// <summary>What a server's loops and customers live in: threads of this process, or grains. A server that is given none runs embedded.</summary>
public abstract class LoopHost : IAsyncDisposable
{
    private protected LoopHost()
    {
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>Loops over all partitions of the context's store, not started yet.</summary>
    internal abstract ILoops Open(LoopContext context, ServerOptions options);
}
