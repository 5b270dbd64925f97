namespace Triggers.Runtime;

/// <summary>Every bound of the runtime, each with its reason and what happens when it is reached.</summary>
internal static class Limits
{
    /// <summary>More loop threads than this gain nothing: one writer makes all commits durable.</summary>
    public const int WorkersMax = 8;

    /// <summary>Commits given to the store and not yet durable, a worker. Enough to keep the writer busy through one fsync; beyond it the worker waits and reads larger.</summary>
    public const int OutstandingCommitsMax = 8;

    /// <summary>
    /// The same for a loop that has one partition alone: one on its way to the disk, one that gathers. There are many such loops in a process; more commits of each would be
    /// smaller ones, and what a commit costs depends little on how many records it has.
    /// </summary>
    public const int OutstandingCommitsOfOneMax = 2;

    /// <summary>Customer queries run between two batches: live traffic must not wait for lists.</summary>
    public const int QueriesPerTurn = 16;

    /// <summary>Queries waiting for one worker. Full: the caller waits for room.</summary>
    public const int MailboxMax = 1024;

    /// <summary>Customers looked at in one turn of a list or a walk: about 1 ms of a worker's time.</summary>
    public const int ScanPerTurn = 256;

    /// <summary>Customers looked at for one page of members. Reached: the page is cut there and names where to go on.</summary>
    public const int ScanPerPage = 20_000;

    /// <summary>Timer records in one append: a batch's apply stays near 1 ms, so live events slip in between.</summary>
    public const int TimersPerBatch = 1024;

    /// <summary>Timer records appended and not yet applied, a worker. Reached: the rest stays in the heap, oldest first.</summary>
    public const int TimersInFlightMax = 4096;

    /// <summary>Time one turn may spend on looking due customers up in the store, in milliseconds.</summary>
    public const int TimerLookupMsMax = 2;

    /// <summary>Records to replay from which memory is filled first: loading one by one costs more than reading every state in the order of the disk.</summary>
    public const int FillFromRecords = 50_000;

    /// <summary>Customers of a store from which a start ends with a full collection: some 50 MB go back to the system then.</summary>
    public const int CollectFromCustomers = 1_000_000;

    /// <summary>Customers whose memory is asked for ahead of applying: as many misses as a core can have on the way, with room.</summary>
    public const int RecordsWarmed = 16;

    /// <summary>A customer is flushed this long after its first unflushed record: a busy one is written once for many events.</summary>
    public const int FlushAgeMs = 60_000;

    /// <summary>The same where others may take a partition over: its records since then are read one customer after the other, by somebody whom live traffic waits for.</summary>
    public const int SharedFlushAgeMs = 7_000;

    /// <summary>
    /// A customer is flushed before its time once so many records of the store came after its first unflushed one: what a start replays, at some 300,000 a second, and so
    /// what recovery takes, whatever the load. Each partition has its share.
    /// </summary>
    public const long FlushLagRecords = 1_500_000;

    /// <summary>
    /// A partition's turn to flush comes this often; turns of different partitions are spread over it. Floor lag ≤ age or records above + FlushTurnMs and one commit. If many
    /// customers are unflushed, each turn takes as many of the oldest as keeps to both: else a load that begins at once is flushed in waves from then on.
    /// </summary>
    public const int FlushTurnMs = 1_000;

    /// <summary>A partition whose customers do not fit in memory flushes this soon, whatever their age: only flushed customers can leave.</summary>
    public const int PressedFlushMs = 250;

    /// <summary>Snapshots in one commit: bounds what one transaction writes besides the log (about 0.5 MB), and how long a loop encodes while records wait (2 ms).</summary>
    public const int SnapshotsPerCommit = 512;

    /// <summary>What a customer in memory takes beside its lists: the object, its slot and its places in the table.</summary>
    public const int CustomerBytes = 600;

    /// <summary>Memory of a partition's customers that may lie idle, beside half as much as is in use, before they are moved together.</summary>
    public const long IdleHeapBytesMax = 1024 * 1024;

    /// <summary>Customers looked at after one commit while they are moved together, about 0.2 ms.</summary>
    public const int CompactionLooks = 128;

    /// <summary>Slots looked at for eviction after one batch: the sweep keeps pace with loads without a pause.</summary>
    public const int EvictionLooks = 4096;

    /// <summary>Records appended and not yet committed at which ingest is refused: about 5 s at the rate that two cores reach.</summary>
    public const long LagRecordsMax = 1_000_000;

    /// <summary>Age of the record being applied at which ingest is refused: triggers later than this are no longer "the moment they are due".</summary>
    public const int LagMsMax = 10_000;

    /// <summary>What a refused client is told to wait, in milliseconds.</summary>
    public const int BusyRetryMs = 1_000;

    /// <summary>Rejected events waiting to be kept. Full: dropped, and counted as dropped.</summary>
    public const int RejectedQueueMax = 1_000;

    /// <summary>A rejected event's payload is cut to this many bytes: enough to recognise it.</summary>
    public const int RejectedPayloadBytes = 4096;

    /// <summary>Messages of one channel held in memory. Full: the hand-over is dropped and found again in the store.</summary>
    public const int LaneMessagesMax = 4096;

    /// <summary>Messages read from the store at once.</summary>
    public const int LaneReadMax = 512;

    /// <summary>Closed messages waiting for their transaction. Full: the senders wait, so nothing is lost.</summary>
    public const int ClosesMax = 1024;

    /// <summary>First wait after a passing failure, in milliseconds; doubled at each further one.</summary>
    public const int BackoffFirstMs = 2_000;

    /// <summary>Longest wait between attempts: a relay that is back after hours gets its mail within this.</summary>
    public const int BackoffMaxMs = 5 * 60_000;

    /// <summary>A message that was attempted is tried again for this long, then it is a dead letter.</summary>
    public const long RetryForMs = 72 * 3_600_000L;

    /// <summary>Least time between two live deltas, in milliseconds: four a second are smooth to the eye.</summary>
    public const int LiveIntervalMs = 250;

    /// <summary>Decisions kept for the live view; older ones are in timelines.</summary>
    public const int FeedMax = 50;

    /// <summary>Records replayed for one timeline. A customer with more shows its newest; counters before that place are still exact, decisions are not shown.</summary>
    public const int TimelineRecordsMax = 20_000;

    /// <summary>Levels of the reasons that an explanation shows: JSON readers stop at 64, and a level takes two.</summary>
    public const int ExplainDepthMax = 24;

    /// <summary>How long the operations view waits for partitions to tell what they are at; then it goes without.</summary>
    public static readonly TimeSpan MeasuringPatience = TimeSpan.FromSeconds(3);

    /// <summary>Items of a page at most.</summary>
    public const int PageMax = 500;

    /// <summary>Versions of the definitions read from the store in one call: some megabytes of files.</summary>
    public const int VersionsReadAtOnce = 64;

    /// <summary>Versions of the definitions held with their templates: messages that wait were decided under few.</summary>
    public const int WholeVersionsMax = 64;

    /// <summary>Compiled programs held, some 100 KB each; a loop holds its own. A timeline goes through the versions in their order.</summary>
    public const int ProgramsMax = 256;

    /// <summary>Facts remembered with their time, for replays of the past. Older ones: the earliest remembered stands for them.</summary>
    public const int FactJournalMax = 2_000;

    /// <summary>Measurements over all customers remembered with their time. Explanations of a time before them find such conditions collecting.</summary>
    public const int MeasuresRemembered = 500;

    /// <summary>Seconds that are remembered for the chart of the overview: a quarter of an hour.</summary>
    public const int PastSecondsMax = 900;

    /// <summary>A look at all customers takes this share of its time, one in so many; loops answer others in the meantime.</summary>
    public const int MeasureRest = 3;

    /// <summary>What is measured over all customers is measured anew this long after the last time began.</summary>
    public const int MeasureEveryMs = 15 * 60_000;

    /// <summary>Whether a measurement is due is looked at this often.</summary>
    public const int MeasureLookMs = 60_000;

    /// <summary>While some line is not known, since nobody had its number yet, it is measured again after so many times as long as the last look took: within a minute in a store that is young.</summary>
    public const int MeasureUnknownRest = 20;

    /// <summary>Numbers measured in one look at all customers: each takes up to 1 MB. The others are not, and their conditions stay collecting.</summary>
    public const int MeasuredNumbersMax = 64;

    /// <summary>The models of purchases are fitted anew this long after the last time: parameters of a store move over weeks.</summary>
    public const long FitEveryMs = 24 * 3_600_000L;

    /// <summary>Buyers that they are fitted on, of more a sample: a few seconds of computing, and parameters within about 2 % of those of all.</summary>
    public const int FitSampleMax = 20_000;

    /// <summary>Of fewer buyers, or fewer with a second purchase, four parameters say nothing.</summary>
    public const int FitBuyersMin = 100;
    public const int FitRepeatersMin = 20;

    /// <summary>The end of the past that is held back to test the models: so much, or half of what there is, but not less than a week.</summary>
    public const long HoldOutMs = 90 * 86_400_000L;
    public const long HoldOutMsMin = 7 * 86_400_000L;

    /// <summary>What comes a year later is worth so much less today: the rate of Fader, Hardie and Lee 2005.</summary>
    public const double DiscountAYear = 0.15;

    /// <summary>A folder of definitions that is watched is looked at this often, and read when two looks in a row find it alike: editors write in several steps.</summary>
    public const int WatchEveryMs = 500;

    /// <summary>Disagreements of one partition's replay that are described, each at the cost of some queries; the rest is counted. A cause shows in the first few.</summary>
    public const int DisagreementsKept = 20;

    /// <summary>Disagreements in the statistics, the latest.</summary>
    public const int DisagreementsListed = 100;

    /// <summary>Due timers counted for operators; more than that is "many".</summary>
    public const int DueCountedMax = 10_000;

    /// <summary>The store's sizes and depths are looked at this often, and no more than a fiftieth of the time.</summary>
    public const int StoreLookSeconds = 5;
    public const int StoreLookRest = 50;

    /// <summary>Points of the lines that the operations page draws: ten minutes.</summary>
    public const int HistoryEverySeconds = 5;
    public const int HistoryPointsMax = 120;

    /// <summary>Appends of sampled requests that are followed: at the usual share the newest seconds.</summary>
    public const int TracedAppendsMax = 256;

    /// <summary>Wait before a loop that lost its ground begins again from the store.</summary>
    public const int RestartDelayMs = 200;

    /// <summary>A loop that was told to stop and cannot (its log cannot be read) begins again so often, in case it passes; then it ends without a flush.</summary>
    public const int StopAttempts = 3;

    /// <summary>A loop that hands its partition over goes on until a flush carries fewer states than this, which it then flushes while everybody waits.</summary>
    public const int HandOverSnapshots = 256;

    /// <summary>Memory for the records of those customers who are lived through at a time, about; a bucket of hashes (1/1024 of a partition) may exceed it.</summary>
    public const long FillMemoryBytes = 32 * 1024 * 1024;

    /// <summary>Partitions with so many records together are read in one pass: what is not sorted yet lies in blocks of all partitions.</summary>
    public const long FillRecordsTogether = 200_000;

    /// <summary>Fills are appended in pieces of this size: a mark moves with each.</summary>
    public const int FillBatchBytes = 128 * 1024;

    /// <summary>A fill works for so long before it looks whether the machine is needed.</summary>
    public const int FillTurnMs = 20;

    /// <summary>A fill waits while the loops are behind by more records.</summary>
    public const long FillLagMax = 20_000;

    /// <summary>Live records a second above which a fill leaves half of its time.</summary>
    public const long FillAloneRate = 500;

    /// <summary>Whether something is to be filled is looked at this often, besides when definitions change: partitions may have moved here.</summary>
    public const int FillLookMs = 5_000;

    /// <summary>A fill that cannot end yet, or failed, is tried again after this.</summary>
    public const int FillRetryMs = 250;

    /// <summary>Fills that are done and still shown.</summary>
    public const int FillsKept = 20;

    /// <summary>A preview of a segment looks at so many customers: enough to tell a share within two percent or so. Where there are fewer, at all.</summary>
    public const int PreviewCustomers = 2_000;

    /// <summary>Records in memory for a preview: some 150 MB.</summary>
    public const double PreviewRecordsMax = 500_000;

    public const int PreviewExamples = 5;

    /// <summary>Tests of campaigns at the same time: each takes a core for some milliseconds, to a second where much happens.</summary>
    public const int TestsTogether = 2;

    /// <summary>Another test waits so long for one of them to end; then it is refused.</summary>
    public const int TestPatienceMs = 10_000;

    /// <summary>Items of a test's report: more than a person reads.</summary>
    public const int TestItemsMax = 500;

    /// <summary>Instants that a test lives through. Conditions that change all the time would make a test of a year last.</summary>
    public const int TestTurnsMax = 20_000;

    /// <summary>Events that a test takes.</summary>
    public const int TestMockEventsMax = 50;

    /// <summary>Virtual time of a test, and the past of somebody made up: a year and a month, so that anniversaries come by.</summary>
    public const long TestSpanMsMax = 400 * 86_400_000L;

    /// <summary>Messages that one test really sends.</summary>
    public const int TestSendsMax = 20;

    /// <summary>Names in an error, and customers of one e-mail address that are looked at.</summary>
    public const int TestNamesakesMax = 20;

    /// <summary>Static lists of a store: a customer's state holds a line for each that it is on, some 50 bytes.</summary>
    public const int ListsMax = 200;

    /// <summary>Users on one list.</summary>
    public const int ListMembersMax = 1_000_000;

    /// <summary>Users of a list who are taken in, or told, together: a transaction of some ten milliseconds.</summary>
    public const int ListPiece = 1_000;

    /// <summary>Rest between two pieces of customers who are told that they are on a list: some 20,000 a second at most, as other walks.</summary>
    public const int ListRestMs = 50;

    /// <summary>Whether customers wait to be told of lists is looked at this often, besides after an upload to this process.</summary>
    public const int ListLookMs = 2_000;
}
