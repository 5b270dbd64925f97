using System.Text;
using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Loop;
using Triggers.Storage;

namespace Triggers.Runtime.Replays;

/// <summary>
/// Suppresses the effects of a replay of one partition, and compares each replayed record's with the checksum that its commit stored. Which records can be
/// compared, and why: docs/decisions/004-checksums-of-records.md.
/// </summary>
/// <param name="totals">Gets what the replayed records count together; null: nobody asks.</param>
internal sealed class EffectCheck(int partition, RecordedChecksums recorded, IMessageStore messages, Dictionary<Counter, long>? totals = null) : IRecordEffects, IDisposable
{
    private readonly RecordBatch _records = new();
    private readonly List<(Counter Counter, long Delta)> _counts = [];
    private readonly List<MessageDecision> _messages = [];
    private readonly List<Disagreement> _kept = [];
    private readonly Dictionary<string, long> _byCustomer = new(StringComparer.Ordinal);
    private EffectHash _hash;

    public int Partition => partition;

    /// <summary>Records compared.</summary>
    public long Compared { get; private set; }

    /// <summary>Records that differed; not those of customers that were erased later in the replay.</summary>
    public long Disagreements => _byCustomer.Values.Sum();

    /// <summary>The first of them.</summary>
    public IReadOnlyList<Disagreement> Kept => _kept;

    public RecordBatch Records => _records;

    public void Begin()
    {
        _hash = default;
        _records.Clear();
        _counts.Clear();
        _messages.Clear();
    }

    public void End(in RecordView record)
    {
        if (record is { Kind: RecordKind.Command, CommandKind: CommandKind.Erase })
        {
            // The customer may have been gone from the store before this replay came to their records: neither these nor the order itself can be compared.
            Forget(Encoding.UTF8.GetString(record.Key));
            return;
        }

        var expected = recorded.At(record.Offset);
        if (expected == EffectHash.None)
        {
            return;
        }

        Compared++;
        _hash.Records(_records, 0);
        if (_hash.Checksum != expected)
        {
            Add(record, expected);
        }
    }

    public void Count(Counter counter, long delta)
    {
        _hash.Count(counter, delta);
        _counts.Add((counter, delta));
        if (totals is not null)
        {
            totals[counter] = totals.GetValueOrDefault(counter) + delta;
        }
    }

    public void Send(MessageDecision message)
    {
        _hash.Send(message);
        _messages.Add(message);
    }

    public void CancelUnsent(string customerKey, string? campaign, string? channel, string reason) => _hash.CancelUnsent(customerKey, campaign, channel, reason);

    public void Index(string customerKey, string? email, string? name) => _hash.Index(customerKey, email, name);

    public void Decide(ReadOnlySpan<byte> customerKey, DecisionKind kind, long at, string subject, string detail)
    {
    }

    public void Dispose() => _records.Dispose();

    private void Add(in RecordView record, ushort expected)
    {
        var key = Encoding.UTF8.GetString(record.Key);
        _byCustomer[key] = _byCustomer.GetValueOrDefault(key) + 1;
        if (_kept.Count < Limits.DisagreementsKept)
        {
            var difference = Differences.Describe(key, record.At, expected == EffectHash.NoEffects, _counts, _messages, _records.Count, messages);
            _kept.Add(new Disagreement(partition, record.Offset, DateTimeOffset.FromUnixTimeMilliseconds(record.At), key, Differences.NameOf(record), difference));
        }
    }

    private void Forget(string key)
    {
        _byCustomer.Remove(key);
        _kept.RemoveAll(disagreement => disagreement.Customer == key);
    }
}
