using Triggers.Engine.Effects;
using Triggers.Engine.Records;

namespace Triggers.Runtime.Live;

/// <summary>Lists of decisions for viewers, newest first and bounded.</summary>
internal static class FeedList
{
    private static readonly string s_erased = DecisionNames.KindOf(DecisionKind.Erased);

    public static FeedItem ItemOf(in Decision decision) =>
        new(DateTimeOffset.FromUnixTimeMilliseconds(decision.At), DecisionNames.KindOf(decision.Kind), new CustomerKey(decision.CustomerKey).Id, decision.Subject, decision.Detail);

    /// <summary>The customer that an item says was erased; null: none.</summary>
    public static string? ErasedIn(FeedItem item) => item.Kind == s_erased && item.Customer.Length > 0 ? item.Customer : null;

    /// <summary>That somebody was erased is shown, not who, nor what was decided about them before.</summary>
    public static List<FeedItem> WithoutErased(IEnumerable<FeedItem> newestFirst)
    {
        var kept = new List<FeedItem>();
        var erased = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in newestFirst)
        {
            if (kept.Count == Limits.FeedMax)
            {
                break;
            }

            if (erased.Contains(item.Customer))
            {
                continue;
            }

            var gone = ErasedIn(item);
            if (gone is not null)
            {
                erased.Add(gone);
            }

            kept.Add(gone is not null ? item with { Customer = "" } : item);
        }

        return kept;
    }
}
