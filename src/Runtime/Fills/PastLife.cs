using Microsoft.Extensions.Logging;
using Triggers.Engine.Customers;
using Triggers.Engine.Effects;
using Triggers.Engine.Programs;
using Triggers.Engine.Records;
using Triggers.Runtime.Simulations;

namespace Triggers.Runtime.Fills;

/// <summary>
/// Lives customers through the time before a version again, as if its definitions had always been there, each key by itself: what an absorbed key did is added to it,
/// and goes the way that its events went.
/// </summary>
/// <param name="live">In force now.</param>
/// <param name="always">The same definitions, in force from the beginning.</param>
internal sealed class PastLife(Program live, Program always, int version, int partitions, ILogger log) : IEffects, IDisposable
{
    private readonly Facts _facts = new(always, always.Definitions.Campaigns.Select(campaign => campaign.Id).ToHashSet(StringComparer.Ordinal));
    private readonly ByteWriter _rest = new(1024);
    private readonly ByteWriter _state = new(1024);

    public RecordBatch Records { get; } = new();

    /// <summary>Adds what the past brings, if it brings anything.</summary>
    public bool TryAdd(CustomerPast past, RecordBatch fills)
    {
        past.Begin();
        foreach (var item in past.Items)
        {
            RecordView.Read(item.Bytes.Span, out var view);
            (view.At, view.Offset) = (item.At, item.Offset);
            if (view.Kind == RecordKind.TakeOver && view.Body.Length > 0)
            {
                _rest.Clear();
                PastState.WriteRest(view.Body, live, version, _rest);
                view.Body = _rest.Written;
            }

            Records.Clear();
            try
            {
                Machine.Apply(past.Customer, view, _facts, this);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                log.ApplyFailed(error, CustomerKey.PartitionOf(past.Hash, partitions), view.Offset, past.Customer.Key);
            }

            if (past.Customer.MergedInto is not null)
            {
                return TryAddHandedOver(past.Key, fills);
            }
        }

        return past.Customer.Exists && TryAdd(past.Key, past.Customer, fills);
    }

    public void Count(Counter counter, long delta)
    {
    }

    public void Send(MessageDecision message)
    {
    }

    public void CancelUnsent(string customerKey, string? campaign, string? channel, string reason)
    {
    }

    public void Index(string customerKey, string? email, string? name)
    {
    }

    public void Decide(ReadOnlySpan<byte> customerKey, DecisionKind kind, long at, string subject, string detail)
    {
    }

    public void Dispose()
    {
        Records.Dispose();
        _rest.Dispose();
        _state.Dispose();
    }

    /// <summary>What it was when it was absorbed; what came later was forwarded.</summary>
    private bool TryAddHandedOver(byte[] key, RecordBatch fills)
    {
        foreach (var entry in Records.Entries)
        {
            RecordView.Read(Records.Bytes[entry.Start..], out var view);
            if (view.Kind == RecordKind.TakeOver && view.Body.Length > 0)
            {
                return TryAdd(key, CustomerCodec.Read(view.Body), fills);
            }
        }

        return false;
    }

    private bool TryAdd(byte[] key, Customer lived, RecordBatch fills)
    {
        _state.Clear();
        if (!PastState.TryWrite(lived, live, version, _state))
        {
            return false;
        }

        fills.AddFill(key, version, _state.Written);
        return true;
    }
}
