using Triggers.Engine.Records;
using Triggers.Storage;

namespace Triggers.Runtime.Simulations;

/// <summary>The committed records of one partition, gathered by customer: each is lived through on its own, so only one state at a time is in the way.</summary>
/// <param name="importsAtTheirTime">Imported events happened at their own time, not when they were read.</param>
internal sealed class PartitionPast(bool importsAtTheirTime)
{
    private const int ChunkBytes = 1 << 20;

    private readonly Dictionary<ulong, CustomerPast> _byHash = [];
    private byte[] _chunk = [];
    private int _used;

    public IEnumerable<CustomerPast> Customers
    {
        get
        {
            foreach (var first in _byHash.Values)
            {
                for (var customer = first; customer is not null; customer = customer.Next)
                {
                    yield return customer;
                }
            }
        }
    }

    /// <summary>
    /// Timers are left out, since whoever lives again makes its own, facts, since it has other ones, fills, since it has seen what they brought, and groups, which are
    /// nobody: what they told stands with whom they told it.
    /// </summary>
    public void Add(in HistoryRecord record, Func<string, bool>? isWanted)
    {
        RecordView.Read(record.Bytes.Span, out var view);
        if (view.Key.IsEmpty || view.Key.StartsWith("g:"u8) || view.Kind is RecordKind.Timer or RecordKind.Fact or RecordKind.Fill)
        {
            return;
        }

        view.Offset = record.Offset;
        view.At = record.At;
        if (Find(view.CustomerHash, view.Key, isWanted) is { } customer)
        {
            var isOwn = importsAtTheirTime && view is { Kind: RecordKind.Event, IsHistorical: true };
            customer.Add(isOwn ? Math.Min(view.OccurredAt, view.At) : view.At, view.Offset, Keep(record.Bytes.Span));
        }
    }

    /// <summary>null: the customer is not wanted.</summary>
    private CustomerPast? Find(ulong hash, ReadOnlySpan<byte> key, Func<string, bool>? isWanted)
    {
        var first = _byHash.GetValueOrDefault(hash);
        for (var customer = first; customer is not null; customer = customer.Next)
        {
            if (key.SequenceEqual(customer.Key))
            {
                return customer;
            }
        }

        return isWanted is null || isWanted(System.Text.Encoding.UTF8.GetString(key)) ? _byHash[hash] = new CustomerPast(key.ToArray(), hash) { Next = first } : null;
    }

    private ReadOnlyMemory<byte> Keep(ReadOnlySpan<byte> bytes)
    {
        if (_chunk.Length - _used < bytes.Length)
        {
            _chunk = new byte[Math.Max(ChunkBytes, bytes.Length)];
            _used = 0;
        }

        var kept = _chunk.AsMemory(_used, bytes.Length);
        bytes.CopyTo(kept.Span);
        _used += bytes.Length;
        return kept;
    }
}
