using Triggers.Engine.Expressions;

namespace Triggers.Engine.Definitions;

/// <summary>One file of a definitions folder: its path relative to the folder, with forward slashes, and its text.</summary>
public sealed record DefinitionFile(string Path, string Text);

/// <summary>Everything the marketers wrote, parsed and validated: what a program is compiled from. Ids are kebab-case and unique in their kind.</summary>
public sealed record DefinitionSet
{
    public IReadOnlyList<SourceDefinition> Sources { get; init; } = [];

    /// <summary>In dependency order: a segment stands after those it mentions.</summary>
    public IReadOnlyList<SegmentDefinition> Segments { get; init; } = [];

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<ComputedTraitDefinition> ComputedTraits { get; init; } = [];

    /// <summary>What an order is, of value.yaml; null: nothing says so.</summary>
    public OrderDefinition? Orders { get; init; }

    /// <summary>The engagement score.</summary>
    public ScoringDefinition Scoring { get; init; } = new();

    /// <summary>The other scores, in the order of the file.</summary>
    public IReadOnlyList<NamedScoreDefinition> Scores { get; init; } = [];

    public LifecycleDefinition Lifecycle { get; init; } = new();

    public SendingDefinition Sending { get; init; } = new();

    public IdentityDefinition Identity { get; init; } = new();

    /// <summary>null: there is none, and events are not checked.</summary>
    public TrackingPlan? Plan { get; init; }

    /// <summary>By id, ordinal.</summary>
    public IReadOnlyList<CampaignDefinition> Campaigns { get; init; } = [];

    /// <summary>By id, ordinal.</summary>
    public IReadOnlyList<TemplateDefinition> Templates { get; init; } = [];

    /// <summary>Whether any campaign sends by a channel.</summary>
    public bool SendsBy(string channel) =>
        Campaigns.SelectMany(campaign => CampaignRules.All(campaign.Steps)).Any(step => step is SendStep send && send.Channel == channel);
}

/// <summary>A site or app that streams events, known by its write key (<c>sources.yaml</c>).</summary>
/// <param name="Currency">ISO 4217 code for money in events that name none.</param>
public sealed record SourceDefinition(string Id, string WriteKey, string Name, string Currency = "USD");

public sealed record SegmentDefinition(string Id, string Name, string Description, Expr Condition);

/// <summary>A named value (<c>traits.yaml</c>): wherever a condition, an address or a template names the trait of this id, this is meant.</summary>
public sealed record ComputedTraitDefinition(string Id, string Name, string Description, Expr Value);

/// <summary>Rules for everything that is sent (<c>sending.yaml</c>, optional).</summary>
public sealed record SendingDefinition
{
    /// <summary>At most this many messages to one customer per <see cref="CapPerMs"/>, over all campaigns; 0: no cap.</summary>
    public int CapMessages { get; init; }

    public long CapPerMs { get; init; }

    /// <summary>A message not handed to its channel this long after its decision is skipped as stale.</summary>
    public long ExpireAfterMs { get; init; } = 6 * 3_600_000L;

    /// <summary>IANA name of the time zone of customers of whom none is known.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>When nobody is written to; null: at no time.</summary>
    public QuietHours? QuietHours { get; init; }

    /// <summary>Where messages of a test may go: addresses, and domains that begin with @.</summary>
    public IReadOnlyList<string> TestAddresses { get; init; } = [];
}

/// <summary>A part of every day, over midnight if its end is earlier than its beginning. Local time of the customer, in minutes since midnight.</summary>
/// <param name="From">The first quiet minute.</param>
/// <param name="Until">The first one that is not quiet any more.</param>
public sealed record QuietHours(int From, int Until);

public enum CampaignStatus : byte
{
    /// <summary>Validated, but nobody enters.</summary>
    Draft = 1,
    Live = 2,

    /// <summary>Nobody enters; sends of those inside are skipped as <c>campaign paused</c>.</summary>
    Paused = 3,

    /// <summary>Over: nobody enters, who is inside leaves, and it is shown only to those who look for it.</summary>
    Archived = 4,
}

public enum TriggerKind : byte
{
    Event = 1,
    SegmentEntered = 2,
    SegmentExited = 3,

    /// <summary>The score rises to or above the line.</summary>
    ScoreAbove = 4,

    /// <summary>The score falls below the line.</summary>
    ScoreBelow = 5,

    /// <summary>No event for the given time.</summary>
    Inactivity = 6,
}

/// <param name="Subject">Event name, segment id or score id, by kind; empty otherwise, and for the engagement score.</param>
/// <param name="Where">Event trigger: a condition over <c>properties</c> and the customer; null: all.</param>
/// <param name="Line">Score triggers: the line.</param>
/// <param name="DurationMs">Inactivity: how long.</param>
public sealed record TriggerDefinition(TriggerKind Kind, string Subject, Expr? Where = null, double Line = 0, long DurationMs = 0)
{
    /// <summary>Score triggers: where the score has to come back to before it can cross the line again; null: over the line itself.</summary>
    public double? Until { get; init; }

    /// <summary>Entering a segment, or being at the line of a score: counts, too, when it is only found out.</summary>
    public bool FromHistory { get; init; }
}

/// <summary>Re-entry: <c>once</c>, <c>always</c> (when not inside), or <c>every 7d</c> (measured from the last entry).</summary>
/// <param name="EveryMs">null: once; 0: always; otherwise the least time between two entries.</param>
public sealed record ReentryRule(long? EveryMs);

/// <param name="ValuePath">Property of the goal event that holds its worth in major units; null: a conversion without revenue.</param>
/// <param name="WithinMs">Counts until this long after the entry, whether or not the customer is still inside.</param>
public sealed record GoalDefinition(string EventName, Expr? Where, string? ValuePath, long WithinMs);

public sealed record CampaignDefinition
{
    public required string Id { get; init; }

    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    public CampaignStatus Status { get; init; } = CampaignStatus.Live;

    public required TriggerDefinition Trigger { get; init; }

    /// <summary>Must hold at entry; null: everybody.</summary>
    public Expr? Audience { get; init; }

    public ReentryRule Reentry { get; init; } = new((long?)null);

    /// <summary>Ends the entry the moment it holds; may use <c>since entry</c>. null: never.</summary>
    public Expr? Exit { get; init; }

    public GoalDefinition? Goal { get; init; }

    /// <summary>An event older than this when it arrives (at − occurredAt) builds state but enters nobody.</summary>
    public long MaxEventAgeMs { get; init; } = 86_400_000L;

    public IReadOnlyList<StepDefinition> Steps { get; init; } = [];

    /// <summary>Its messages leave at any hour, as receipts do.</summary>
    public bool IgnoresQuietHours { get; init; }

    /// <summary>Hash64 of the file's text in hex: tells versions of one campaign apart.</summary>
    public string ContentHash { get; init; } = "";
}

/// <summary>
/// A step of a campaign. <see cref="Id"/> is stable: given by the author (<c>id:</c>) or made from its path (<c>1</c>, <c>3.then.0</c>, <c>4.when0.1</c>).
/// After the last step of a nested list the customer goes on behind the step that holds the list; after the last of all, the entry is complete.
/// </summary>
public abstract record StepDefinition(string Id);

/// <param name="To">Path of a trait that holds the address; null: the channel's default (email: <c>email</c>).</param>
/// <param name="Url">Webhook: where to POST; otherwise null.</param>
public sealed record SendStep(string Id, string Channel, string Template, string? To, string? Url) : StepDefinition(Id);

public sealed record WaitStep(string Id, long DurationMs) : StepDefinition(Id);

/// <summary>Waits for an event (Then) or until the time is over (Otherwise).</summary>
public sealed record WaitUntilStep(string Id, string EventName, Expr? Where, long ForMs, IReadOnlyList<StepDefinition> Then, IReadOnlyList<StepDefinition> Otherwise) : StepDefinition(Id);

/// <summary>Takes the first case whose condition holds, else Otherwise.</summary>
public sealed record BranchStep(string Id, IReadOnlyList<BranchCase> Cases, IReadOnlyList<StepDefinition> Otherwise) : StepDefinition(Id);

public sealed record BranchCase(Expr When, IReadOnlyList<StepDefinition> Then);

public sealed record ExitStep(string Id) : StepDefinition(Id);

/// <summary>
/// A message's content (<c>templates/cart-reminder.yaml</c>, or <c>.subject.hbs</c>/<c>.html.hbs</c>/<c>.text.hbs</c> side by side): Handlebars sources.
/// Webhook templates have a JSON body in <see cref="Text"/>; empty: the standard payload.
/// </summary>
public sealed record TemplateDefinition(string Id, string Subject, string Html, string Text, string ContentHash);
