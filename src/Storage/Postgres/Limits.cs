using Triggers.Storage.Runs;

namespace Triggers.Storage.Postgres;

/// <summary>Every limit of the PostgreSQL engine, with its reason.</summary>
internal static class Limits
{
    /// <summary>A transaction takes at most this much from outside: some 30 ms of the server, so that nobody behind it waits long.</summary>
    public const int TransactionBytes = 4 << 20;

    /// <summary>Of timers and outcomes a transaction takes this much first, so that ingest cannot hold them up nor they ingest.</summary>
    public const int InternalTransactionBytes = 2 << 20;

    /// <summary>Items of one transaction of appends.</summary>
    public const int AppendItems = 4096;

    /// <summary>Commits in one transaction: what waits while one is under way, of every partition's loop the one or two that it has outstanding.</summary>
    public const int CommitItems = 128;

    /// <summary>States that a transaction's commits flush together, about: a large flush goes with few other commits, which need not wait for it then.</summary>
    public const int CommitSnapshots = 2048;

    /// <summary>How often a server that does not answer is tried again.</summary>
    public const int RetryMs = 250;

    /// <summary>A read is tried again at once this many times: after a restart of the server each pooled connection is found broken when it is used.</summary>
    public const int ReadAttempts = 3;

    /// <summary>A server that does not answer a new connection within this time is away: events from outside are refused rather than kept waiting.</summary>
    public const int ConnectSeconds = 5;

    /// <summary>A store that another process holds is asked for this long: a server notices the end of a killed process a little later.</summary>
    public const int LockPatienceMs = 3000;

    /// <summary>
    /// The server takes a connection for dead after some 25 s without an answer, and with it its lock and its transaction. A process that is frozen answers all the same, by
    /// its kernel: a transaction that waits two seconds for its next statement ends, lest it hold its partitions while others are to take them over. The process sends it again.
    /// </summary>
    public static readonly string[] SessionSettings =
    [
        "SET tcp_keepalives_idle = 10", "SET tcp_keepalives_interval = 5", "SET tcp_keepalives_count = 3", "SET tcp_user_timeout = 25000", "SET idle_in_transaction_session_timeout = 2000",
    ];

    /// <summary>The same for the transaction in which a setting becomes what it is to be by what it was: facts are appended in between, which may wait for a disk.</summary>
    public const string UpdatePatience = "SET LOCAL idle_in_transaction_session_timeout = '15s'";

    /// <summary>Statements kept prepared on each connection: all there are.</summary>
    public const int PreparedStatements = 100;

    /// <summary>Rows of one partition that a reader looks at in one call: few where chunks are large, many where they hold an event each.</summary>
    public const int ReadRowsMin = 8;
    public const int ReadRowsMax = 1024;

    /// <summary>Queries for records of the log under way: one more than one, so that a large or slow one does not hold up what is new.</summary>
    public const int ReadsAtOnce = 2;

    /// <summary>A reader takes at least this much of each partition that is behind, so that many partitions do not mean many calls.</summary>
    public const int ReadPartitionBytes = 32 << 10;

    /// <summary>Others' appends are announced, and looked for this often where an announcement was lost.</summary>
    public const int WatchMs = 1000;

    /// <summary>Rows of states read in one call of a scan.</summary>
    public const int ScanRows = 512;

    /// <summary>Reading how much is queued may cost at most this part of the time: with a million messages waiting, counting takes a tenth of a second.</summary>
    public const int DepthRest = 20;

    /// <summary>And is read after so long whatever it cost last: that may have been a server that stood still.</summary>
    public static readonly TimeSpan DepthAgeMax = TimeSpan.FromSeconds(5);

    /// <summary>What a child table of a log holds that is kept for ever. Twelve a year: a query of the past takes some 0.1 ms and four of the server's locks for each.</summary>
    public const long RangeMsOfEver = 30 * MergeSpan.DayMs;

    /// <summary>Child tables are made this long before they are needed.</summary>
    public const long RangeAheadMs = 2 * MergeSpan.DayMs;

    /// <summary>A run that reached this size is merged no further: an erasure or a merge holds one page, a transaction not much more than this.</summary>
    public const long RunBytesMax = 256L << 20;

    /// <summary>Pages of a run sent in one statement.</summary>
    public const int PageBytesAtOnce = 4 << 20;

    /// <summary>Partitions sorted in one step of upkeep.</summary>
    public const int SortedAtOnce = 8;

    /// <summary>Chunks that can be sorted are looked for this often: looking reads the tail's rows without their bodies, some milliseconds.</summary>
    public const int SortLookMs = 2000;

    /// <summary>And may take one part in so many of the time: where every process looks at a hundred thousand small chunks, it is a tenth of a second each. At least every ten seconds.</summary>
    public const int SortLookRest = 60;
    public const int SortLookMsMax = 10_000;

    /// <summary>Child tables are made and dropped this often.</summary>
    public const int RetentionLookMs = 600_000;

    /// <summary>A table that could not be dropped yet is looked at again this soon.</summary>
    public const int RetentionRetryMs = 10_000;

    /// <summary>A drop waits this long for readers of the table; appends wait behind it meanwhile, so with a reader that stays a fiftieth of the time.</summary>
    public const int DropLockMs = 200;
}
