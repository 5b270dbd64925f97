using System.Text.Json;
using Triggers.Runtime.Replays;
using Triggers.Runtime.Valuing;

namespace Triggers.Runtime.Queries;

// What the management API shows, camelCase in JSON. Times are ISO 8601 UTC; money is integer minor units by ISO 4217 code.

/// <param name="Lifecycle">Customers at each stage, by its name.</param>
/// <param name="SendingPausedBecause">Where sending was not paused by hand: why.</param>
public sealed record StatsView(
    EventStats Events,
    CustomerStats Customers,
    MessageStats Messages,
    IReadOnlyDictionary<string, long> Segments,
    IReadOnlyDictionary<string, long> Lifecycle,
    IReadOnlyList<StageView> Stages,
    int DefinitionsVersion,
    bool SendingPaused,
    string Host,
    DateTimeOffset StartedAt,
    ReplayStats Replay,
    string? SendingPausedBecause);

/// <summary>A stage of customers' lives, in the order in which a life goes through them.</summary>
/// <param name="Id">As counters name it: <c>lifecycle/{id}/size</c>.</param>
/// <param name="Name">As conditions and people name it.</param>
/// <param name="After">Time without an event after which it begins; null: no stage of those who stay away.</param>
public sealed record StageView(string Id, string Name, string? After);

/// <param name="Total">Applied, de-duplicated events from outside; not timers or outcomes.</param>
/// <param name="Lag">Records appended and not yet committed.</param>
public sealed record EventStats(long Total, long Duplicates, long Rejected, double PerSecond, long Lag);

/// <param name="Total">Customers, merged ones counted once.</param>
public sealed record CustomerStats(long Total, long Known);

public sealed record MessageStats(long Total, long Sent, long Skipped, long Failed, long Queued, double PerSecond);

/// <param name="Compared">Records that recoveries of this process replayed and compared with what was committed.</param>
/// <param name="Disagreements">Those that led to other effects.</param>
/// <param name="Latest">At most 100 of them, described.</param>
public sealed record ReplayStats(long Compared, long Disagreements, IReadOnlyList<Disagreement> Latest);

/// <param name="Id">userId, or anonymousId for an unknown customer.</param>
/// <param name="Predicted">null: the customer bought nothing yet, or there are no models.</param>
public sealed record CustomerView(
    string Id,
    string Key,
    bool Anonymous,
    string? Email,
    string? Name,
    JsonElement Traits,
    IReadOnlyList<ComputedTraitView> ComputedTraits,
    CustomerEvents Events,
    IReadOnlyList<MembershipView> Segments,
    double Score,
    IReadOnlyList<ScoreView> Scores,
    string Lifecycle,
    DateTimeOffset LifecycleSince,
    DateTimeOffset FirstSeen,
    DateTimeOffset? LastSeen,
    IReadOnlyList<EntryView> Campaigns,
    IReadOnlyList<string> AnonymousIds,
    IReadOnlyList<string> OptedOut,
    bool Suppressed,
    DateTimeOffset? NextDue,
    PredictionView? Predicted = null)
{
    /// <summary>The latest first: that one is the group that conditions ask for.</summary>
    public IReadOnlyList<CustomerGroupView> Groups { get; init; } = [];

    public TraitRoomView TraitRoom { get; init; } = new(0, 0);

    /// <summary>Static lists that the customer is on, by id.</summary>
    public IReadOnlyList<ListMembershipView> Lists { get; init; } = [];

    /// <summary>Set where something that is told here was filled from a log whose beginning a retention had dropped: what happened before this instant may be missing in it. null: nothing is.</summary>
    public DateTimeOffset? HistoryFrom { get; init; }
}

/// <param name="Seconds">Oldest first, at most 900; fewer if this process has not run for so long.</param>
public sealed record SecondsView(IReadOnlyList<SecondView> Seconds);

/// <param name="At">The end of the second.</param>
/// <param name="Events">Applied in it.</param>
/// <param name="Messages">Sent in it.</param>
public sealed record SecondView(DateTimeOffset At, double Events, double Messages);

/// <summary>What a customer's traits take of what they may take, in bytes of JSON: a value that does not fit any more is left out, and the one before it stays.</summary>
public sealed record TraitRoomView(int Used, int Max);

/// <param name="Since">When the customer was put on it.</param>
public sealed record ListMembershipView(string Id, DateTimeOffset Since);

/// <param name="Grade">null: below the lowest line, or the score has no grades.</param>
/// <param name="Collecting">Some of it is not known yet.</param>
public sealed record ScoreView(string Id, string Name, double Value, string? Grade, bool Collecting);

/// <param name="Value">null: there is none, or it is not known yet.</param>
/// <param name="Collecting">Part of what it looks at lies before it was first looked for.</param>
public sealed record ComputedTraitView(string Id, string Name, JsonElement? Value, bool Collecting);

public sealed record CustomerEvents(long Total, IReadOnlyDictionary<string, long> ByName);

public sealed record MembershipView(string Id, string Name, DateTimeOffset Since);

/// <param name="Status">active, completed, exited.</param>
public sealed record EntryView(string Campaign, int Number, int Version, string Status, string? Step, DateTimeOffset EnteredAt, DateTimeOffset? Until, bool Converted);

public sealed record CustomerSummary(string Id, string Key, bool Anonymous, string? Email, string? Name, double Score, string Lifecycle, DateTimeOffset? LastSeen);

/// <param name="At">When it came in, or was decided.</param>
/// <param name="OccurredAt">When it happened, where that is another question: an event may come late, or from an import.</param>
/// <param name="Kind">One of <see cref="TimelineKinds.All"/>.</param>
/// <param name="Title">Event name, campaign and template, or the decision in words.</param>
/// <param name="Score">Of an event: the score right after it happened, by all that is known today, in whatever order it came. Of the rest: the score as it was known then. null: not known.</param>
public sealed record TimelineItem(DateTimeOffset At, DateTimeOffset? OccurredAt, string Kind, string Title, string Detail, JsonElement? Data, double? Score)
{
    /// <summary>Names a decision for <c>GET /customers/{id}/explain?decision=</c>; null: there is none to explain.</summary>
    public string? Decision { get; init; }

    /// <summary>Id of what a decision is about (a segment, a campaign, …), or of the campaign of a message; null: nothing of the kind.</summary>
    public string? Subject { get; init; }

    /// <summary>The message's id, of a message and of what became of it.</summary>
    public string? Message { get; init; }

    internal DateTimeOffset HappenedAt => OccurredAt ?? At;
}

/// <summary>What a timeline is made of.</summary>
public static class TimelineKinds
{
    public const string Event = "event", Message = "message", Outcome = "outcome", Decision = "decision", Command = "command", Merge = "merge";

    public static IReadOnlyList<string> All { get; } = [Event, Message, Outcome, Decision, Command, Merge];
}

/// <param name="Next">For the page behind this one; null: there is none.</param>
/// <param name="HistoryFrom">Set where a retention has dropped some of the customer's records: what happened before this instant may be missing, and decisions of the time after it are told as if the customer had begun there. null: nothing is.</param>
public sealed record Timeline(IReadOnlyList<TimelineItem> Items, string? Next, DateTimeOffset? HistoryFrom);

public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <param name="Collecting">Some of what it reads is new and not yet filled from history: of customers known before it is not known whether they are members.</param>
/// <param name="HistoryFrom">Set where it was filled from a log whose beginning a retention had dropped, and looks back further: what happened before this instant does not count. null: it knows all that it asks for.</param>
public sealed record SegmentView(string Id, string Name, string Description, string Condition, long Size, bool Collecting = false, DateTimeOffset? HistoryFrom = null);

/// <param name="Size">Members of the segment asked about.</param>
/// <param name="Segments">All others, those with the most in common first.</param>
/// <param name="CountedAt">The end of the count.</param>
public sealed record SegmentOverlap(string Segment, long Size, IReadOnlyList<OverlapView> Segments, DateTimeOffset CountedAt);

/// <param name="Size">Members of this segment.</param>
/// <param name="Both">Customers in both.</param>
public sealed record OverlapView(string Id, string Name, long Size, long Both);

public sealed record CampaignView(
    string Id, string Name, string Description, string Status, string Trigger, string? Audience, string? Goal, string Reentry,
    IReadOnlyList<StepView> Steps, CampaignCounters Counters);

/// <param name="Kind">send, wait, wait until, branch, exit.</param>
/// <param name="Depth">0 for the campaign's own steps, 1 inside a branch, …</param>
/// <param name="Path">Which list of its parent it stands in: <c>then</c>, <c>otherwise</c>, a case's condition; empty at the top.</param>
/// <param name="Reached">Entries that came to this step.</param>
public sealed record StepView(string Id, string Kind, string Title, int Depth, string Path, long Reached, long Sent, long Opened, long Clicked);

public sealed record CampaignCounters(
    long Entered, long Active, long Completed, long Exited, long Decided, long Sent, IReadOnlyDictionary<string, long> Skipped, long Failed,
    long Opened, long OpenedTotal, long Clicked, long ClickedTotal, long Unsubscribed, long Bounced, long Complained,
    long Converted, IReadOnlyDictionary<string, long> Revenue);

public sealed record MessageView(
    string Id, string Customer, string Campaign, string Step, string Channel, string Template, string Address,
    string Status, string Reason, int Attempts, DateTimeOffset DecidedAt, DateTimeOffset? ClosedAt);
