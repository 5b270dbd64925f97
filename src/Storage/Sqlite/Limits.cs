using Triggers.Storage.Blocks;
namespace Triggers.Storage.Sqlite;

/// <summary>Every limit of the SQLite engine, with its reason.</summary>
internal static class Limits
{
    /// <summary>Larger pages mean fewer frames for blocks, smaller ones less waste in a transaction of one record; 4, 8 and 16 KB could not be told apart in rate.</summary>
    public const int PageBytes = 8192;

    /// <summary>A transaction takes at most this much from outside: some 6 ms of sequential writing, so that nobody behind it waits long.</summary>
    public const int TransactionBytes = 4 << 20;

    /// <summary>Of timers, outcomes and commits a transaction takes this much first, so that ingest cannot hold them up nor they ingest.</summary>
    public const int InternalTransactionBytes = 2 << 20;

    /// <summary>Items of one transaction: bounds its time when items are small but write rows.</summary>
    public const int TransactionItems = 4096;

    /// <summary>How often a refusing disk is tried again.</summary>
    public const int RetryMs = 500;

    /// <summary>Commit rows are folded into the tables this often: bounds what an open must read.</summary>
    public const int FoldMs = 1000;

    /// <summary>Page cache of each connection for queries.</summary>
    public const int ReadCacheKilobytes = 4096;

    /// <summary>Page cache of the writer: the inner pages of the indexes it inserts into.</summary>
    public const int WriteCacheKilobytes = 32768;

    /// <summary>Connections for queries kept open between queries.</summary>
    public const int IdleReadConnections = 8;

    /// <summary>A state chunk is closed at this size: one read loads it, and its head is small beside it.</summary>
    public const int ChunkBytes = 64 << 10;

    /// <summary>Slots of a chunk are numbered in 16 bits.</summary>
    public const int ChunkSlots = 32_000;

    /// <summary>Search entries waiting in memory for their table; above, the table comes before appends, which slows ingest to its rate.</summary>
    public const int PendingSearchEntries = 100_000;

    /// <summary>Under load background work rests this many times as long as its last item took: a quarter of the writer at most.</summary>
    public const int BackgroundRest = 3;

    /// <summary>Search entries indexed in one transaction of the background.</summary>
    public const int SearchBatch = 2_000;

    /// <summary>A chunk under this size is merged with others: lazy flushes of an idle server write small ones.</summary>
    public const int SmallChunkBytes = 16 << 10;

    /// <summary>Hashes found in one pass over a partition's index, for lists and walks.</summary>
    public const int ScanHashes = 1024;

    /// <summary>Append items kept for re-use: the appends that wait at one time under load.</summary>
    public const int SpareItems = 1024;

    /// <summary>Under load one item of background work is done this often: it goes on, slowly.</summary>
    public const int BackgroundEveryMs = 50;

    /// <summary>The WAL may grow to this many times the size at which its copying starts; then the writer itself copies, which slows everybody down to the disk.</summary>
    public const int WalGrowth = 16;

    /// <summary>While it grows to that size it is copied in so many pieces, 4 MB each: a few milliseconds of the disk, for which appends wait.</summary>
    public const int CheckpointPieces = 32;

    /// <summary>Times the WAL is copied in the background before the writer takes the rest: each leaves less.</summary>
    public const int CheckpointPasses = 12;

    /// <summary>What the writer copies itself between two transactions: half a megabyte and a sync, a few milliseconds.</summary>
    public const int WriterCheckpointFrames = 64;

    /// <summary>Pages of a run written in one transaction: 2 ms of the writer.</summary>
    public const int RunWriteBytes = 1 << 20;

    /// <summary>So many small blocks are sorted into a run even if their bytes are few: a read of history walks the blocks one by one.</summary>
    public const int RunBlocks = 20_000;

    /// <summary>So many runs of about one size must there be before they are merged while much comes in: a read of one customer finds fewer of each size, a page each.</summary>
    public const int RunsToMergeWhenBusy = 64;

    /// <summary>Whether much comes in is looked at over this time at least, and holds for that long after it ended.</summary>
    public const int BusyLookMs = 1_000;
    public const int BusyHoldMs = 10_000;

    /// <summary>The memory that a run was built in is kept for so long: under load the next one follows at once.</summary>
    public const int RunMemoryHoldMs = 10_000;

    /// <summary>Blocks deleted in one transaction, and their bytes: 4 MB, a few milliseconds of the writer.</summary>
    public const int BlocksDeletedAtOnce = 128;
    public const int BlockBytesDeletedAtOnce = 4 << 20;

    /// <summary>Pages of a replaced run deleted in one transaction: 4 MB.</summary>
    public const int PagesDeletedAtOnce = 64;

    /// <summary>State chunks compacted in one transaction: 1 MB.</summary>
    public const int ChunksCompactedAtOnce = 16;

    /// <summary>Freed pages overwritten in one transaction: 1 MB, a few milliseconds of the writer.</summary>
    public const int PagesOverwrittenAtOnce = 128;

    /// <summary>Written to find out whether a full disk has room again: as much as some seconds of light traffic.</summary>
    public const int ProbeBytes = 1 << 20;

    /// <summary>Rejected events blanked in one transaction.</summary>
    public const int RejectedErasedAtOnce = 256;

    /// <summary>The WAL can be cut only between two readers: tried this often, and then again with the next round of background work.</summary>
    public const int WalCutAttempts = 50;
    public const int WalCutEveryMs = 10;

    /// <summary>What is too old is looked for this often.</summary>
    public const int RetentionLookMs = 60_000;

    /// <summary>Small chunks are merged when there are this many.</summary>
    public const int SmallChunksToMerge = 8;
}
