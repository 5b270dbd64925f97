using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;
using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Expressions;
using Triggers.Engine.Programs;
using Triggers.Engine.Records;
using Triggers.Runtime.Queries;
using Triggers.Storage;

namespace Triggers.Runtime.Simulations;

/// <summary>How many customers would be in a segment that does not exist yet. camelCase in JSON.</summary>
/// <param name="Condition">As it is written canonically; empty: it is not valid.</param>
/// <param name="Errors">Why not: each with its place in the text.</param>
/// <param name="Looked">Customers who were looked at.</param>
/// <param name="Members">Of those.</param>
/// <param name="Customers">All there are.</param>
/// <param name="Estimate">Members among all of them.</param>
/// <param name="Low">With <paramref name="High"/>: 19 of 20 such intervals hold the true size (Wilson 1927).</param>
/// <param name="IsExact">Everybody was looked at.</param>
/// <param name="Examples">Keys of some members.</param>
public sealed record SegmentPreviewReport(
    string Condition, IReadOnlyList<ExpressionError> Errors, long Looked, long Members, long Customers, long Estimate, long Low, long High, bool IsExact,
    IReadOnlyList<string> Examples, double Seconds)
{
    /// <summary>Where history begins, if a retention dropped what was before: customers are as if they had begun there. null: all is there.</summary>
    public DateTimeOffset? HistoryFrom { get; init; }

    internal static SegmentPreviewReport Invalid(IReadOnlyList<ExpressionError> errors) => new("", errors, 0, 0, 0, 0, 0, 0, false, [], 0);
}

/// <summary>
/// Lives a sample of the customers through their past with one more segment, merges included, and counts who is in it now. The hash of a customer's key chose the
/// partition, so the customers of some partitions are a fair sample of all.
/// </summary>
internal sealed class SegmentPreview(IStore store, DefinitionSet definitions, string segment, TimeProvider time, ILogger log)
{
    private readonly Program _program = Program.Compile([new ProgramVersion(1, definitions, 0)]);
    private readonly List<string> _examples = [];
    private long _looked;
    private long _members;

    /// <param name="condition">Canonical text, for the report.</param>
    public SegmentPreviewReport Run(string condition, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        var recovery = store.Recover();
        var total = recovery.Counters.GetValueOrDefault("customers/total");
        var partitions = (int)Math.Clamp(Math.Ceiling(store.Log.Partitions * (double)Limits.PreviewCustomers / Math.Max(1, total)), 1, store.Log.Partitions);
        var isExact = LookAt([.. recovery.Partitions.Take(partitions)], cancellation) && partitions == store.Log.Partitions;
        var customers = Math.Max(_looked, total);
        var (low, high) = isExact ? (_members, _members) : Interval(customers);
        return new SegmentPreviewReport(
            condition, [], _looked, _members, customers, isExact || _looked == 0 ? _members : (long)Math.Round((double)_members / _looked * customers), low, high, isExact, _examples,
            Math.Round(Stopwatch.GetElapsedTime(began).TotalSeconds, 3)) { HistoryFrom = HistoryBeginning.InstantOf(store.Settings) };
    }

    /// <returns>false: at some of their customers only.</returns>
    private bool LookAt(IReadOnlyList<PartitionMark> marks, CancellationToken cancellation)
    {
        // Of a long log no more is gathered than fits into memory: those whose hash says so in bits that did not choose the partition.
        var share = (ulong)(Math.Min(1, Limits.PreviewRecordsMax / (double)Math.Max(1, marks.Sum(mark => mark.Cursor))) * 65_536);
        var past = new PartitionPast(importsAtTheirTime: false);
        foreach (var (_, record) in store.History.ReadAll([.. marks.Select(mark => mark.Partition)]))
        {
            cancellation.ThrowIfCancellationRequested();
            RecordView.ReadHead(record.Bytes.Span, out var hash, out _);
            if (((hash >> 8) & 0xFFFF) < share)
            {
                past.Add(record, null);
            }
        }

        // Absorbed keys lie in other partitions, and are looked for together.
        List<CustomerPast> customers = [.. past.Customers.OrderBy(customer => customer.Hash)];
        using var life = new Life(_program, segment, Absorbed(customers, cancellation), store.Log.Partitions, time.GetUtcNow().ToUnixTimeMilliseconds(), log);
        foreach (var customer in customers)
        {
            cancellation.ThrowIfCancellationRequested();
            if (life.Live(customer) is { } isMember)
            {
                _looked++;
                _members += isMember ? 1 : 0;
                if (isMember && _examples.Count < Limits.PreviewExamples)
                {
                    _examples.Add(Encoding.UTF8.GetString(customer.Key));
                }
            }
        }

        return share == 65_536;
    }

    /// <summary>The pasts of all whom these have absorbed, and whom those have, by key.</summary>
    private Dictionary<string, CustomerPast> Absorbed(IReadOnlyList<CustomerPast> customers, CancellationToken cancellation)
    {
        var found = new Dictionary<string, CustomerPast>(StringComparer.Ordinal);
        for (var depth = 0; depth < CustomerReader.MergesMax && customers.Count > 0; depth++)
        {
            var wanted = customers.SelectMany(AbsorbedBy).Where(key => !found.ContainsKey(key)).ToHashSet(StringComparer.Ordinal);
            if (wanted.Count == 0)
            {
                break;
            }

            var hashes = wanted.Select(key => new CustomerKey(key).Hash()).ToHashSet();
            int[] partitions = [.. hashes.Select(hash => CustomerKey.PartitionOf(hash, store.Log.Partitions)).Distinct().Order()];
            var past = new PartitionPast(importsAtTheirTime: false);
            foreach (var (_, record) in store.History.ReadAll(partitions))
            {
                cancellation.ThrowIfCancellationRequested();
                RecordView.ReadHead(record.Bytes.Span, out var hash, out _);
                if (hashes.Contains(hash))
                {
                    past.Add(record, wanted.Contains);
                }
            }

            customers = [.. past.Customers];
            foreach (var customer in customers)
            {
                found.Add(Encoding.UTF8.GetString(customer.Key), customer);
            }
        }

        return found;
    }

    private static IEnumerable<string> AbsorbedBy(CustomerPast customer)
    {
        foreach (var item in customer.Items)
        {
            RecordView.ReadHead(item.Bytes.Span, out _, out var kind);
            if (kind == RecordKind.TakeOver)
            {
                yield return OtherOf(item.Bytes.Span);
            }
        }
    }

    private static string OtherOf(ReadOnlySpan<byte> takeOver)
    {
        RecordView.Read(takeOver, out var view);
        return Encoding.UTF8.GetString(view.OtherId);
    }

    /// <summary>Wilson's interval at 95 %, for a part of finitely many.</summary>
    private (long Low, long High) Interval(long customers)
    {
        const double z = 1.959964;
        var (n, p) = ((double)_looked, _looked == 0 ? 0 : (double)_members / _looked);
        if (n == 0)
        {
            return (0, customers);
        }

        var centre = (p + (z * z / (2 * n))) / (1 + (z * z / n));
        var half = z * Math.Sqrt((p * (1 - p) / n) + (z * z / (4 * n * n))) / (1 + (z * z / n));
        return (Math.Max(_members, (long)Math.Floor((centre - half) * customers)), Math.Min(customers, (long)Math.Ceiling((centre + half) * customers)));
    }

    /// <summary>One customer at a time, with those that were absorbed.</summary>
    private sealed class Life(Program program, string segment, Dictionary<string, CustomerPast> absorbed, int partitions, long now, ILogger log) : IEffects, IDisposable
    {
        private readonly Facts _facts = new(program, program.Definitions.Campaigns.Select(campaign => campaign.Id).ToHashSet(StringComparer.Ordinal));

        public RecordBatch Records { get; } = new();

        /// <summary>Whether the customer is in the segment now; null: there is no such customer (any more).</summary>
        public bool? Live(CustomerPast past)
        {
            past.Begin();
            foreach (var item in past.Items)
            {
                Apply(past.Customer, item.Bytes, item.At, item.Offset, depth: 0);
            }

            if (past.Customer is not { Exists: true, MergedInto: null })
            {
                return null;
            }

            var timer = new RecordView { Kind = RecordKind.Timer, At = Math.Max(now, past.Items[^1].At), Offset = past.Customer.Offset, CustomerHash = past.Hash, Key = past.Key };
            Machine.Apply(past.Customer, timer, _facts, this);
            return past.Customer.IsIn(segment);
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

        public void Dispose() => Records.Dispose();

        private void Apply(Customer customer, ReadOnlyMemory<byte> bytes, long at, long offset, int depth)
        {
            RecordView.Read(bytes.Span, out var view);
            (view.At, view.Offset) = (at, offset);
            if (view.Kind == RecordKind.TakeOver)
            {
                view.Body = HandedOver(view.OtherId.ToArray(), customer.KeyUtf8.ToArray(), depth);
            }

            Records.Clear();
            try
            {
                Machine.Apply(customer, view, _facts, this);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                log.ApplyFailed(error, CustomerKey.PartitionOf(customer.Hash, partitions), offset, customer.Key);
            }
        }

        /// <summary>What a key that was absorbed brought along.</summary>
        private byte[] HandedOver(byte[] key, byte[] to, int depth)
        {
            if (depth >= CustomerReader.MergesMax || !absorbed.TryGetValue(Encoding.UTF8.GetString(key), out var past))
            {
                return [];
            }

            past.Begin();
            foreach (var item in past.Items)
            {
                Apply(past.Customer, item.Bytes, item.At, item.Offset, depth + 1);
                foreach (var entry in Records.Entries)
                {
                    RecordView.Read(Records.Bytes[entry.Start..], out var view);
                    if (view.Kind == RecordKind.TakeOver && view.Key.SequenceEqual(to))
                    {
                        return view.Body.ToArray();
                    }
                }
            }

            return [];
        }
    }
}
