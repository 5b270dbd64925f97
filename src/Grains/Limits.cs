namespace Triggers.Grains;

/// <summary>Every bound of the cluster host, each with its reason and what happens when it is reached.</summary>
internal static class Limits
{
    /// <summary>Calls to customers under way for one partition: enough to keep every core of a silo busy; the rest of the batch waits for these.</summary>
    public const int CallsAtOnce = 1024;

    /// <summary>What a customer's grain takes beside its lists: the activation, the object and its line in the account of its partition.</summary>
    public const int GrainBytes = 3_000;

    /// <summary>Customers looked at for eviction after one commit.</summary>
    public const int EvictionLooks = 4096;

    /// <summary>Attempts to take a partition over while its earlier owner still commits; then the loop begins again a little later.</summary>
    public const int ClaimAttempts = 5;

    /// <summary>Between two calls to the partitions that prefer a silo: how long one whose silo died waits until somebody has it begin elsewhere.</summary>
    public const int KeepMs = 500;

    /// <summary>The other partitions are called every so many rounds: a silo that should call them may have its own troubles.</summary>
    public const int KeepOthersRounds = 10;

    /// <summary>A silo looks every so many rounds whether it has more than its share.</summary>
    public const int BalanceRounds = 4;

    /// <summary>Nothing is handed over for balance before the silos have been the same for so long: one that restarts comes and goes.</summary>
    public const int BalanceAfterMs = 3_000;

    /// <summary>Partitions handed over at once: each pauses only while its own states are flushed.</summary>
    public const int HandOversAtOnce = 4;

    /// <summary>Silos that watch the pods, of those there are. Orleans stops a silo's watch at every other change of membership, so that it takes more than one to have one.</summary>
    public const int PodWatchers = 64;

    /// <summary>Looks at its own pod, a second apart, before a silo gives up starting.</summary>
    public const int PodLooks = 30;

    /// <summary>Calls to a partition that was handed over, until it is live; then the next one goes, and a keeper looks after this one.</summary>
    public const int BeginAttempts = 20;

    public const int BeginAgainMs = 25;

    /// <summary>Between two questions to a partition that did not answer.</summary>
    public const int AskAgainMs = 100;

    /// <summary>How often each partition reminds itself to run, should no keeper call it. Orleans takes no less than a minute.</summary>
    public static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);

    /// <summary>How long a question is asked again while its partition changes silos; then it fails.</summary>
    public static readonly TimeSpan AskPatience = TimeSpan.FromSeconds(15);

    /// <summary>How long a first answer is waited for before the question is asked again, which then waits longer: it may have gone to a silo that hangs.</summary>
    public static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(2);

    /// <summary>How long a silo tells its live numbers to who has not asked again: its process may be gone.</summary>
    public static readonly TimeSpan SubscriptionFor = TimeSpan.FromSeconds(30);

    /// <summary>A subscriber asks again this often; a delta that got lost while nothing else changed is made good by it.</summary>
    public static readonly TimeSpan SubscribeAgainAfter = TimeSpan.FromSeconds(10);

    /// <summary>How often a process that shows numbers looks which silos there are. A client asks the database through a silo.</summary>
    public static readonly TimeSpan LookAtSilosEvery = TimeSpan.FromSeconds(1);

    /// <summary>How long silos wait for each other's directories, and for a grain that begins, ends or moves; then they ask again, or the grain begins where it was.</summary>
    public static readonly TimeSpan SystemPatience = TimeSpan.FromSeconds(5);

    /// <summary>How long a silo is waited for that may be gone.</summary>
    public static readonly TimeSpan SiloPatience = TimeSpan.FromSeconds(2);
}
