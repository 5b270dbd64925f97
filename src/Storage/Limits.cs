namespace Triggers.Storage;

/// <summary>Limits that every engine keeps to, each with its reason.</summary>
internal static class Limits
{
    /// <summary>Partitions of a new store: enough for the loops of any one machine, few enough that a block's directory stays under a kilobyte.</summary>
    public const int Partitions = 64;

    /// <summary>What a refused caller is told to wait when the queue is full: it drains in far less.</summary>
    public static readonly TimeSpan BusyRetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>What a refused caller is told to wait when the disk or the server refuses: people mend that.</summary>
    public static readonly TimeSpan UnavailableRetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>What a log reader hands out in one call, so that a loop commits often while it catches up.</summary>
    public const int ReadBytes = 2 << 20;

    /// <summary>Entries that the mailbox and the list of rejected events keep.</summary>
    public const int ListedItems = 10_000;

    /// <summary>Payload of a rejected event that is kept.</summary>
    public const int RejectedPayloadChars = 4096;

    /// <summary>Violations of the tracking plan kept with what was found: more than a person looks through.</summary>
    public const int ViolationExamples = 500;

    /// <summary>Block directories kept for re-use: what a cache of small blocks turns over in one transaction.</summary>
    public const int SpareBlocks = 256;

    /// <summary>Background work looks for more this often when it found none.</summary>
    public const int UpkeepRestMs = 250;

    /// <summary>A page of a run: one read finds a customer's records of that run, or nearly.</summary>
    public const int RunPageBytes = 64 << 10;
}
