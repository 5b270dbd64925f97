namespace Triggers.Storage.Sqlite;

/// <summary>Where a SQLite store lies and what it may hold in memory.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>The data folder; made if it is not there.</summary>
    public required string Folder { get; init; }

    /// <summary>Bytes of events from outside that may wait for the writer; more are refused as busy.</summary>
    public long ExternalQueueBytes { get; init; } = 32L << 20;

    /// <summary>Bytes of the newest records held in memory for the loops.</summary>
    public long RecentLogBytes { get; init; } = 64L << 20;

    /// <summary>Bytes of the WAL at which it is copied into the file, in the background.</summary>
    public long CheckpointBytes { get; init; } = 128L << 20;

    /// <summary>Bytes of records behind every floor that are gathered into one sorted run.</summary>
    public long RunBytes { get; init; } = 32L << 20;

    /// <summary>So many runs of about one size are merged into one, unless much comes in.</summary>
    public int RunsToMerge { get; init; } = 8;

    /// <summary>A run is not merged to more than this: nothing is sorted meanwhile, what is merged stands twice on the disk, and a stop begins it anew. A minute's work.</summary>
    public long RunBytesMax { get; init; } = 16L << 30;

    /// <summary>More bytes of records a second than this are much: some 20,000 events.</summary>
    public long BusyBytesPerSecond { get; init; } = 4L << 20;

    /// <summary>Records older than this many days leave once every floor has passed them; 0: never.</summary>
    public int LogRetentionDays { get; init; }

    /// <summary>Build runs, compact and index by itself, in the background. Off: only when a test or tool asks.</summary>
    public bool MaintainsItself { get; init; } = true;
}
