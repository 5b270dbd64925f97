namespace Triggers.Runtime.Queries;

/// <summary>Everything the API reads. Customers are asked through their partition's loop, so an answer is as of a committed place in the log.</summary>
public interface IQueries
{
    StatsView Stats();

    /// <summary>What each second of the last quarter of an hour saw.</summary>
    SecondsView Seconds();

    /// <param name="id">userId, anonymousId, or a full key (<c>u:…</c>, <c>a:…</c>). A merged anonymous id answers with the customer that absorbed it.</param>
    Task<CustomerView?> CustomerAsync(string id, CancellationToken cancellation);

    /// <param name="query">Beginning of an id, e-mail or name; empty: some recent customers.</param>
    Task<IReadOnlyList<CustomerSummary>> SearchAsync(string query, int limit, CancellationToken cancellation);

    /// <summary>Newest first by when it happened, from a replay of the customer's records; null if unknown.</summary>
    /// <param name="kinds">Of <see cref="TimelineKinds.All"/>; none: all.</param>
    Task<Timeline?> TimelineAsync(string id, IReadOnlyCollection<string> kinds, string? after, int limit, CancellationToken cancellation);

    /// <summary>The values that a trait had, newest first, from a replay of the customer's records; null: no such customer.</summary>
    /// <param name="trait">Its name, or a path within it.</param>
    Task<TraitHistory?> TraitHistoryAsync(string id, string trait, string? before, int limit, CancellationToken cancellation);

    /// <summary>Why a customer is where they are, or was; null: no such customer.</summary>
    Task<ExplainAnswer?> ExplainAsync(string id, ExplainQuestion question, CancellationToken cancellation);

    /// <param name="query">Beginning of a groupId or of the trait <c>name</c>; empty: the first by id.</param>
    Task<IReadOnlyList<GroupSummary>> GroupsAsync(string query, int limit, CancellationToken cancellation);

    /// <summary>null: no such group.</summary>
    Task<GroupView?> GroupAsync(string id, CancellationToken cancellation);

    /// <summary>By key; null: no such group.</summary>
    Task<Page<CustomerSummary>?> GroupMembersAsync(string id, string? after, int limit, CancellationToken cancellation);

    IReadOnlyList<SegmentView> Segments();

    /// <summary>null: no such segment.</summary>
    Task<Page<CustomerSummary>?> MembersAsync(string segmentId, string? after, int limit, CancellationToken cancellation);

    /// <summary>How many members of a segment are in each other one, by a look at every customer; null: no such segment.</summary>
    /// <exception cref="OverlapBusyException">Another count is running.</exception>
    Task<SegmentOverlap?> OverlapAsync(string segmentId, CancellationToken cancellation);

    IReadOnlyList<CampaignView> Campaigns();

    CampaignView? Campaign(string id);
}

/// <summary>Orders from people. Each is a record or a setting; durable when the task ends.</summary>
public interface ICommands
{
    /// <summary>false: no such customer.</summary>
    Task<bool> SuppressAsync(string customerId, bool suppressed, CancellationToken cancellation);

    Task<bool> EraseAsync(string customerId, CancellationToken cancellation);

    /// <summary>false: no such group.</summary>
    Task<bool> EraseGroupAsync(string groupId, CancellationToken cancellation);

    /// <summary>false: no such campaign.</summary>
    Task<bool> PauseCampaignAsync(string campaignId, bool paused, CancellationToken cancellation);

    Task PauseSendingAsync(bool paused, CancellationToken cancellation);

    /// <summary>Marks messages that were decided before an instant and wait: they become skipped, not sent. Returns how many.</summary>
    Task<int> SkipQueuedAsync(DateTimeOffset decidedBefore, CancellationToken cancellation);

    Task<bool> ResendAsync(string messageId, CancellationToken cancellation);

    /// <summary>Appends what a recipient did to a message (opened, clicked, unsubscribed, complained). Detail: the URL or empty. false: no such message.</summary>
    Task<bool> RecordOutcomeAsync(string messageId, Engine.Records.OutcomeKind kind, string detail, CancellationToken cancellation);

    /// <summary>Renders a template as the customer would get it now; null: no such template or customer.</summary>
    Task<PreviewView?> PreviewAsync(string templateId, string customerId, CancellationToken cancellation);

    /// <summary>Renders as for the customer and sends to the given address, marked as a test; returns the outcome in words, null if not found.</summary>
    Task<string?> TestSendAsync(string templateId, string customerId, string address, CancellationToken cancellation);
}

public sealed record PreviewView(string Subject, string Html, string Text, IReadOnlyDictionary<string, string> Headers);
