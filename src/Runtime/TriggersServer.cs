using Microsoft.Extensions.Logging;
using Triggers.Channels;
using Triggers.Runtime.Definitions;
using Triggers.Runtime.Ingest;
using Triggers.Runtime.Live;
using Triggers.Runtime.Queries;
using Triggers.Storage;

namespace Triggers.Runtime;

/// <summary>The embedded host: every partition in this process. What the web and the command line talk to.</summary>
public sealed class TriggersServer : IAsyncDisposable
{
    private TriggersServer()
    {
    }

    public required IStore Store { get; init; }

    public required IIngest Ingest { get; init; }

    public required IQueries Queries { get; init; }

    public required ICommands Commands { get; init; }

    public required IDefinitions Definitions { get; init; }

    public required ILiveFeed Live { get; init; }

    /// <summary>Recovery has come to the cursor and the loops run.</summary>
    public bool IsReady => throw new NotSupportedException();

    /// <summary>Recovers from the store and starts loops, timers and the outbox pump. The caller keeps ownership of the store.</summary>
    public static Task<TriggersServer> StartAsync(ServerOptions options, IStore store, ChannelRegistry channels, TimeProvider time, ILoggerFactory logs, CancellationToken cancellation = default)
        => throw new NotSupportedException();

    /// <summary>Drains the loops and flushes every state, so that the next start has nothing to replay.</summary>
    public ValueTask DisposeAsync() => throw new NotSupportedException();
}

/// <summary>Settings of the embedded host. Every limit has its reason in Limits.cs.</summary>
public sealed record ServerOptions
{
    /// <summary>Folder of definitions; read at start and at reload.</summary>
    public required string DefinitionsFolder { get; init; }

    /// <summary>Base of links in mail, without a trailing slash.</summary>
    public string PublicUrl { get; init; } = "http://127.0.0.1:8080";

    /// <summary>Loop threads; 0: one a core, at most 8.</summary>
    public int Workers { get; init; }

    /// <summary>Memory for customers held in memory, in bytes.</summary>
    public long CustomerMemoryBytes { get; init; } = 1L << 30;

    /// <summary>Reload the definitions when their folder changes.</summary>
    public bool Watch { get; init; }

    /// <summary>false: decided messages stay queued and nothing leaves (an import into a stopped folder).</summary>
    public bool SendMessages { get; init; } = true;
}
