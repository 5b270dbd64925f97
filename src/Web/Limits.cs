namespace Triggers.Web;

/// <summary>Every limit of the HTTP side, with its reason.</summary>
public static class Limits
{
    /// <summary>Segment's own limit of one event.</summary>
    public const int EventBytesMax = 32 * 1024;

    /// <summary>Segment's own limit of a request after gunzip: clients cap at 450 to 480 KB.</summary>
    public const int BatchBytesMax = 500 * 1024;

    /// <summary>Objects and lists within each other, the body's own included: as deep as the framework's readers go, which read an event again where it is used.</summary>
    public const int JsonDepthMax = 64;

    /// <summary>Segment's own limit of events in one request.</summary>
    public const int BatchEventsMax = 2_500;

    /// <summary>A batch's context is kept with each of its events: so much of it in all. 2,500 events with 1.6 KB each; without a limit, a body of 500 KB, 7 KB when packed, became 850 MB.</summary>
    public const int ContextCopiesBytesMax = 4 * 1024 * 1024;

    /// <summary>Requests' buffers kept for the next requests: as many as wait for one fsync on a busy server, each of at most a few times the body kept.</summary>
    public const int KeptWorks = 512, KeptWorkBodyBytes = 64 * 1024;

    /// <summary>A messageId must have fewer characters than this: Segment's own limit, and each customer remembers some.</summary>
    public const int MessageIdChars = 100;

    /// <summary>userId, anonymousId and previousId, in UTF-8: they are keys of the log and of every index.</summary>
    public const int IdBytesMax = 255;

    /// <summary>An event's name, in UTF-8: per-customer counts are kept by it.</summary>
    public const int NameBytesMax = 255;

    /// <summary>Least and longest wait a client is asked for; SDKs cap at 300 s themselves.</summary>
    public const int RetryAfterSecondsMin = 1, RetryAfterSecondsMax = 300;

    /// <summary>Versions of the definitions in a list; older ones are asked for by number.</summary>
    public const int VersionsListed = 50;

    /// <summary>One call of the import API after gunzip; the importer sends many, each one transaction.</summary>
    public const int ImportBytesMax = 8 * 1024 * 1024;

    /// <summary>Lines of one call of the import API: they are one transaction.</summary>
    public const int ImportRowsMax = 20_000;

    /// <summary>One upload of a static list after gunzip: a million ids and a little more.</summary>
    public const int ListBytesMax = 64 * 1024 * 1024;

    /// <summary>Rows of one upload of a static list.</summary>
    public const int ListRowsMax = 1_000_000;

    /// <summary>Rows of an upload that are told with what is wrong with them: the rest is counted.</summary>
    public const int ListProblemsMax = 100;

    /// <summary>Series of one metric at /metrics; further ones are counted together, as OpenTelemetry does it.</summary>
    public const int MetricSeriesMax = 1_000;

    /// <summary>JSON bodies of the management API: an id and an address at most.</summary>
    public const int ApiBodyBytesMax = 64 * 1024;

    /// <summary>Of those that carry a folder of definitions: thousands of campaigns with their templates, escaped as JSON.</summary>
    public const int ApiFilesBytesMax = 16 * 1024 * 1024;

    /// <summary>Kinds of violations of the tracking plan that are told: a plan of a hundred events with ten rules each. Half a megabyte at most.</summary>
    public const int ViolationKinds = 1_000;

    /// <summary>Violations that are told with what was found, and at most wait for the store: more than a person looks through.</summary>
    public const int NewestViolations = 500;

    /// <summary>What was found in an event may be about a person: it is not kept for longer than it helps to mend a site.</summary>
    public static readonly TimeSpan NewestViolationsAge = TimeSpan.FromDays(1);

    /// <summary>Days of which statistics of events are kept: a month shows what a release changed.</summary>
    public const int QualityDays = 30;

    /// <summary>Statistics of events are written so often, and at the end: what a killed process loses of them.</summary>
    public static readonly TimeSpan QualityFlushEvery = TimeSpan.FromSeconds(10);

    /// <summary>A stop waits for the last of them so long: a server of the store that is away must not hold it.</summary>
    public static readonly TimeSpan QualityStopMax = TimeSpan.FromSeconds(5);

    /// <summary>The store is asked for their sums so often at most, however many look.</summary>
    public const long QualityReadMs = 2_000;

    /// <summary>A write that comes between reading the sums and what is new here has them read again, so often at most.</summary>
    public const int QualityReadAttempts = 3;

    /// <summary>Whoever looks waits so long for a write that is under way: a server of the store that is away answers nothing else either.</summary>
    public static readonly TimeSpan QualityWriteWait = TimeSpan.FromSeconds(2);

    /// <summary>Rows of one write: a few milliseconds between the commits of events.</summary>
    public const int QualityRowsAtOnce = 500;

    /// <summary>What the store tells apart at most, so that names that somebody makes up do not fill it: the rest is counted together. Some hundred thousand rows in all.</summary>
    public const int KeptNames = 1_000, KeptTypes = 20_000, KeptViolationKinds = 2_000;

    /// <summary>Names of events of which quality is told apart; the rest is counted together. About 8 KB each, 4 MB in all.</summary>
    public const int QualityNames = 500;

    /// <summary>Outermost properties of one name whose types are kept.</summary>
    public const int QualityProperties = 64;

    /// <summary>Types of properties are looked at in the first events of a name, and then in each so-manieth: a second pass over every event's bytes would cost a tenth of ingest.</summary>
    public const int QualitySampledFirst = 100, QualitySampledEvery = 16;

    /// <summary>Places of the table that finds likely duplicates (half a megabyte), and how long apart they are: a double click, a tag that fires twice.</summary>
    public const int RepeatPlaces = 64 * 1024, RepeatWithinSeconds = 10;

    /// <summary>A device's clock that is further off than this is worth knowing of; the network and a waiting batch explain less.</summary>
    public const long ClockSkewMs = 5 * 60_000;

    /// <summary>Items a page of a list holds at most, and unless asked.</summary>
    public const int PageMax = 500, PageDefault = 50;

    /// <summary>One-time sign-in links that are open at once; the oldest goes when another is made.</summary>
    public const int SignInLinksMax = 64;

    /// <summary>Long enough to switch windows, too short to be found in a log later.</summary>
    public static readonly TimeSpan SignInLinkLifetime = TimeSpan.FromMinutes(10);

    /// <summary>A wall display should not ask for the key every day.</summary>
    public static readonly TimeSpan SessionLifetime = TimeSpan.FromDays(30);
}
