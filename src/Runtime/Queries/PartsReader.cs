using System.Text;
using Triggers.Engine.Records;
using Triggers.Storage;

namespace Triggers.Runtime.Queries;

/// <summary>
/// Finds every key that is part of a customer. Its state names the latest that it took in (<see cref="Engine.Limits.LinkedKeysMax"/>); the log names them all, as far as it goes back.
/// </summary>
internal sealed class PartsReader(IStore store, CustomerReader reader)
{
    /// <param name="known">Keys that the customer's state names.</param>
    /// <returns>The key itself, what is known, and what else leads there.</returns>
    public async Task<IReadOnlyCollection<string>> ReadAsync(string key, IEnumerable<string> known, CancellationToken cancellation)
    {
        var parts = new HashSet<string>(StringComparer.Ordinal) { key };
        parts.UnionWith(known);
        var holders = new Queue<string>(parts);
        while (holders.TryDequeue(out var holder))
        {
            foreach (var other in await Task.Run(() => TakenOverBy(holder, cancellation), cancellation))
            {
                // What was split off, or erased and came to somebody else, leads elsewhere now.
                if (!parts.Contains(other) && await reader.PeekAsync(new CustomerKey(other), cancellation) is { MergedInto: { } into } && parts.Contains(into))
                {
                    parts.Add(other);
                    holders.Enqueue(other);
                }
            }
        }

        return parts;
    }

    private HashSet<string> TakenOverBy(string holder, CancellationToken cancellation)
    {
        var others = new HashSet<string>(StringComparer.Ordinal);
        if (new CustomerKey(holder).IsAnonymous)
        {
            return others;
        }

        foreach (var record in store.History.Read(new CustomerKey(holder)))
        {
            cancellation.ThrowIfCancellationRequested();
            RecordView.ReadHead(record.Bytes.Span, out _, out var kind);
            if (kind == RecordKind.TakeOver)
            {
                RecordView.Read(record.Bytes.Span, out var view);
                others.Add(Encoding.UTF8.GetString(view.OtherId));
            }
        }

        return others;
    }
}
