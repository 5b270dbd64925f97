using Triggers.Runtime.Hosting;

namespace Triggers.Runtime;

/// <summary>Settings of a server. Every limit has its reason in Limits.cs.</summary>
public sealed record ServerOptions
{
    /// <summary>Folder of definitions; read at start and at reload.</summary>
    public required string DefinitionsFolder { get; init; }

    /// <summary>Base of links in mail, without a trailing slash.</summary>
    public string PublicUrl { get; init; } = "http://127.0.0.1:8080";

    /// <summary>What loops and customers live in; null: this process alone, on threads of its own.</summary>
    public LoopHost? Loops { get; init; }

    /// <summary>Loop threads of the embedded host; 0: one a core, at most 8.</summary>
    public int Workers { get; init; }

    /// <summary>Memory for customers held in memory, in bytes.</summary>
    public long CustomerMemoryBytes { get; init; } = 1L << 30;

    /// <summary>What the statistics say of the host, such as <c>embedded (this build has no Orleans)</c>.</summary>
    public string Host { get; init; } = "embedded";

    /// <summary>What operators call this process.</summary>
    public string NodeName { get; init; } = Environment.MachineName;

    /// <summary>What it does in a cluster: all, silo or web.</summary>
    public string Role { get; init; } = "all";

    /// <summary>Reload the definitions when their folder changes.</summary>
    public bool Watch { get; init; }

    /// <summary>Begin with all sending paused, until somebody resumes.</summary>
    public bool StartPaused { get; init; }

    /// <summary>false: decided messages stay queued and nothing leaves (an import into a stopped folder).</summary>
    public bool SendMessages { get; init; } = true;
}
