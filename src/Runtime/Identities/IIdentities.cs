using Triggers.Runtime.Queries;

namespace Triggers.Runtime.Identities;

/// <summary>Which keys are one customer, how that came about, and orders from people to change it.</summary>
public interface IIdentities
{
    /// <summary>What was merged, refused and split of a customer, newest first; null: no such customer.</summary>
    Task<IReadOnlyList<MergeView>?> MergesOfAsync(string id, CancellationToken cancellation);

    /// <summary>The same of all customers, a customer at a time, in the order of the store.</summary>
    /// <param name="kind">Of <see cref="MergeKinds.All"/>; null: all.</param>
    /// <param name="after">The <c>Next</c> of the page before.</param>
    /// <param name="limit">Customers.</param>
    Task<Page<MergeView>> MergesAsync(string? kind, string? after, int limit, CancellationToken cancellation);

    /// <summary>Makes two customers one, whatever the rules say. Durable when the task ends; carried out right after.</summary>
    Task<IdentityAnswer> MergeAsync(string id, string other, CancellationToken cancellation);

    /// <summary>Cuts a merged anonymous id off. Durable when the task ends; carried out right after.</summary>
    Task<IdentityAnswer> SplitAsync(string id, string key, CancellationToken cancellation);
}

/// <summary>What a merge log tells of.</summary>
public static class MergeKinds
{
    public const string Merged = "merged", Refused = "refused", Split = "split";

    public static readonly IReadOnlyList<string> All = [Merged, Refused, Split];
}

/// <param name="CustomerKey">Who took over, or would have.</param>
/// <param name="Key">The other key.</param>
/// <param name="Kind"><c>merged</c>, <c>refused</c> or <c>split</c>.</param>
/// <param name="Rule">Refused: <c>never</c>, <c>devices.recent</c>, <c>devices.ever</c>, <c>people.merge</c> or <c>people.ever</c> of identity.yaml; <c>taken</c>: it is part of another customer; <c>split</c>: it was split off by hand. Otherwise empty.</param>
/// <param name="Reason">The rule in words.</param>
/// <param name="At">Refused: when the two ids were last seen together. null: the log does not go back so far.</param>
/// <param name="Because">What brought the two ids together; null: the log does not go back so far.</param>
public sealed record MergeView(string CustomerKey, string Key, string Kind, string Rule, string Reason, DateTimeOffset? At, MergeCause? Because);

/// <param name="Kind"><c>event</c>, <c>alias</c> or <c>hand</c>.</param>
/// <param name="Event">Name of the event; the call where it has none.</param>
/// <param name="Source">Id of the source that it came from.</param>
public sealed record MergeCause(string Kind, string Event, string Source, string MessageId);

/// <summary>What becomes of an order.</summary>
/// <param name="Key">The customer whose key is told of: who took over, or was split off. Empty: nothing was done.</param>
/// <param name="Problem">Why nothing was done; empty: it was.</param>
public sealed record IdentityAnswer(string Key, string Problem, bool IsUnknown = false);
