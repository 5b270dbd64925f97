namespace Triggers.Storage.Postgres;

/// <summary>Which database a PostgreSQL store lies in, and what it may hold in memory.</summary>
public sealed record PostgresStoreOptions
{
    /// <summary>As Npgsql takes it, such as <c>Host=db;Database=triggers;Username=triggers;Password=…</c>; <c>Search Path</c> names the schema.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Other processes write too, each as the owner of its own partitions; otherwise a second process is kept out.</summary>
    public bool IsShared { get; init; }

    /// <summary>Bytes of events from outside that may wait for the server; more are refused as busy.</summary>
    public long ExternalQueueBytes { get; init; } = 32L << 20;

    /// <summary>Bytes of the newest records of this process held in memory for the loops.</summary>
    public long RecentLogBytes { get; init; } = 64L << 20;

    /// <summary>Bytes of a partition's records behind its floor that are sorted into one run.</summary>
    public long RunBytes { get; init; } = 4L << 20;

    /// <summary>So many chunks of a partition are sorted even if their bytes are few: a read of history, and each look for what to sort, goes through them one by one.</summary>
    public int RunChunks { get; init; } = 4_000;

    /// <summary>Neighbouring runs of about one size that are merged into one.</summary>
    public int RunsToMerge { get; init; } = 8;

    /// <summary>Records older than this many days leave with their tables once every floor has passed them; 0: never.</summary>
    public int LogRetentionDays { get; init; }

    /// <summary>Sort, merge, erase and drop by itself, in the background. Off: only when a test or tool asks.</summary>
    public bool MaintainsItself { get; init; } = true;
}
