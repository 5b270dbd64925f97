using System.Text;
using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Records;
using Triggers.Runtime.Queries;
using Triggers.Storage;

namespace Triggers.Runtime.Identities;

/// <summary>
/// Tells of one customer which keys it took over, which a rule stopped and which were split off: from its state, with when and why from its records in the log. So it is exact
/// after a crash, on either store, and gone when the customer is erased.
/// </summary>
internal sealed class MergeLog(IStore store, CustomerReader reader)
{
    /// <param name="customer">As of now; a private copy.</param>
    public async Task<IReadOnlyList<MergeView>> ReadAsync(Customer customer, IdentityDefinition rules, CancellationToken cancellation)
    {
        var items = new List<MergeView>();
        var seen = new Dictionary<string, Sight>(StringComparer.Ordinal);
        string[] keys = [customer.Key, .. customer.AbsorbedKeys.Where(key => key.StartsWith("u:", StringComparison.Ordinal))];
        foreach (var key in keys)
        {
            ReadHistory(customer, key, items, seen, cancellation);
        }

        foreach (var key in customer.AbsorbedKeys.Where(key => !items.Exists(item => item.Key == key && item.Kind == MergeKinds.Merged)))
        {
            items.Add(new MergeView(customer.Key, key, MergeKinds.Merged, "", "", null, null));
        }

        foreach (var key in customer.SplitKeys.Where(key => !items.Exists(item => item.Key == key && item.Kind == MergeKinds.Split)))
        {
            items.Add(new MergeView(customer.Key, key, MergeKinds.Split, "", "", null, null));
        }

        foreach (var (key, rule) in customer.RefusedKeys)
        {
            if (key.StartsWith("a:", StringComparison.Ordinal) || await reader.PeekAsync(new CustomerKey(key), cancellation) is not null)
            {
                items.Add(Refused(customer, key, MergeRules.NameOf(rule), MergeRules.Explain(rule, rules), seen));
            }
        }

        foreach (var key in customer.AskedKeys)
        {
            if (await WhyNotAsync(customer, key, cancellation) is var (rule, reason))
            {
                items.Add(Refused(customer, key, rule, reason, seen));
            }
        }

        return [.. items.OrderByDescending(item => item.At ?? DateTimeOffset.MinValue).ThenBy(item => item.Key, StringComparer.Ordinal)];
    }

    /// <summary>There may be something to tell, of a kind.</summary>
    public static bool Concerns(Customer customer, string? kind) => customer.Exists && !customer.IsAnonymous && kind switch
    {
        MergeKinds.Merged => customer.AbsorbedKeys.Count > 0,
        MergeKinds.Refused => customer.RefusedKeys.Count + customer.AskedKeys.Count > 0,
        MergeKinds.Split => customer.SplitKeys.Count > 0,
        _ => customer.AbsorbedKeys.Count + customer.RefusedKeys.Count + customer.AskedKeys.Count + customer.SplitKeys.Count > 0,
    };

    private static MergeView Refused(Customer customer, string key, string rule, string reason, Dictionary<string, Sight> seen) =>
        seen.TryGetValue(key, out var sight) ? new MergeView(customer.Key, key, MergeKinds.Refused, rule, reason, TimeOf(sight.At), sight.Cause)
            : new MergeView(customer.Key, key, MergeKinds.Refused, rule, reason, null, null);

    private static DateTimeOffset TimeOf(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    /// <summary>Asked for, and not here: who has it; null: nobody has answered yet.</summary>
    private async Task<(string Rule, string Reason)?> WhyNotAsync(Customer customer, string key, CancellationToken cancellation)
    {
        if (await reader.PeekAsync(new CustomerKey(key), cancellation) is not { } other)
        {
            return null;
        }

        if (other.MergedInto is { } holder && await reader.ReadAsync(new CustomerKey(holder), cancellation) is { } now && now.Key != customer.Key)
        {
            return ("taken", $"it is part of {now.Key} already, and an anonymous customer merges once");
        }

        return other is { MergedInto: null, IsAnonymous: true, SplitKeys.Count: > 0 } ? ("split", "it was split off by hand") : null;
    }

    private void ReadHistory(Customer customer, string key, List<MergeView> items, Dictionary<string, Sight> seen, CancellationToken cancellation)
    {
        foreach (var record in store.History.Read(new CustomerKey(key)))
        {
            cancellation.ThrowIfCancellationRequested();
            RecordView.Read(record.Bytes.Span, out var view);
            if (view.Kind == RecordKind.Event && view.OtherId.Length > 0)
            {
                See(record.At, in view, key, seen);
            }
            else if (view.Kind == RecordKind.TakeOver)
            {
                var other = Encoding.UTF8.GetString(view.OtherId);
                var cause = IsByHand(other, record.At) ? new MergeCause("hand", "", "", "") : seen.GetValueOrDefault(other)?.Cause;
                items.RemoveAll(item => item.Key == other && item.Kind == MergeKinds.Merged && item.At == TimeOf(record.At));
                items.Add(new MergeView(customer.Key, other, MergeKinds.Merged, "", "", TimeOf(record.At), cause));
            }
            else if (view is { Kind: RecordKind.Command, CommandKind: CommandKind.Split } && view.Name.StartsWith("a:"u8))
            {
                items.Add(new MergeView(customer.Key, Encoding.UTF8.GetString(view.Name), MergeKinds.Split, "", "", TimeOf(record.At), new MergeCause("hand", "", "", "")));
            }
            else if (view is { Kind: RecordKind.Command, CommandKind: CommandKind.Erase })
            {
                items.Clear();
                seen.Clear();
            }
        }
    }

    /// <summary>An event names two ids: of either's other, it is why.</summary>
    private static void See(long at, in RecordView view, string key, Dictionary<string, Sight> seen)
    {
        var other = Encoding.UTF8.GetString(view.OtherId);
        var isAlias = view.EventType == EventType.Alias;
        var name = view.Name.Length > 0 ? Encoding.UTF8.GetString(view.Name) : view.EventType.ToString().ToLowerInvariant();
        var sight = new Sight(at, new MergeCause(isAlias ? "alias" : "event", name, Encoding.UTF8.GetString(view.Source), Encoding.UTF8.GetString(view.MessageId)));
        seen["a:" + other] = sight;
        if (isAlias)
        {
            seen["u:" + other] = sight;
            seen.TryAdd(key, sight);
        }
    }

    /// <summary>Whether the last that was said to a key before it was taken over was an order.</summary>
    private bool IsByHand(string key, long takenOverAt)
    {
        var isByHand = false;
        foreach (var record in store.History.Read(new CustomerKey(key)).TakeWhile(record => record.At <= takenOverAt))
        {
            RecordView.ReadHead(record.Bytes.Span, out _, out var kind);
            if (kind is RecordKind.Link or RecordKind.Command)
            {
                RecordView.Read(record.Bytes.Span, out var view);
                isByHand = view is { Kind: RecordKind.Command, CommandKind: CommandKind.Merge } || (isByHand && view.Kind == RecordKind.Command);
            }
        }

        return isByHand;
    }

    private sealed record Sight(long At, MergeCause Cause);
}
