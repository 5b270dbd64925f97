using Triggers.Engine.Records;
using Triggers.Runtime.Simulations;
using Triggers.Storage;

namespace Triggers.Runtime.Fills;

/// <summary>Fills the customers of some partitions, each in the order of their hashes, from where an earlier attempt stopped. Several at a time where they are small.</summary>
internal sealed class PartitionFill(IStore store, IReadOnlyList<int> partitions, int version, long activatedAt, FillProgress progress, Action breathe)
{
    /// <summary>Customers are gathered by ranges of their hash, so many bits of it to a range.</summary>
    private const int BucketBits = 10;

    private readonly Dictionary<int, long> _factOffsets = [];

    /// <summary>Lives through the past of every customer and appends what it brings.</summary>
    /// <param name="append">Appends fills and moves the mark in one step; false: somebody else fills this partition.</param>
    /// <returns>false: some were left to somebody else.</returns>
    public bool Run(PastLife life, Func<RecordBatch, ImportMark, bool> append)
    {
        using var fills = new RecordBatch();
        var lines = partitions.ToDictionary(partition => partition, partition => new Line(store, version, partition, progress, fills, append));
        foreach (var (from, to) in Ranges())
        {
            foreach (var (partition, customers) in Gather(from, to))
            {
                var line = lines[partition];
                if (!line.Fill(customers, life, breathe) || (to == ulong.MaxValue && !line.End()))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Of hashes, each with as many bytes of records as memory is meant for.</summary>
    private List<(ulong From, ulong To)> Ranges()
    {
        const int shift = 64 - BucketBits;
        if (partitions.Count > 1)
        {
            return [(0, ulong.MaxValue)];
        }

        var bytes = new long[1 << BucketBits];
        foreach (var (_, record) in Before())
        {
            RecordView.ReadHead(record.Bytes.Span, out var hash, out _);
            bytes[hash >> shift] += record.Bytes.Length;
        }

        var ranges = new List<(ulong, ulong)>();
        var (from, sum) = (0, 0L);
        for (var bucket = 0; bucket < bytes.Length; bucket++)
        {
            sum += bytes[bucket];
            if (bucket == bytes.Length - 1 || sum + bytes[bucket + 1] > Limits.FillMemoryBytes)
            {
                ranges.Add(((ulong)from << shift, ((ulong)bucket << shift) | ((1UL << shift) - 1)));
                (from, sum) = (bucket + 1, 0);
            }
        }

        return ranges;
    }

    private IEnumerable<(int Partition, IEnumerable<CustomerPast> Customers)> Gather(ulong from, ulong to)
    {
        var pasts = partitions.ToDictionary(partition => partition, _ => new PartitionPast(importsAtTheirTime: false));
        foreach (var (partition, record) in Before())
        {
            RecordView.ReadHead(record.Bytes.Span, out var hash, out _);
            if (hash >= from && hash <= to)
            {
                pasts[partition].Add(record, null);
            }
        }

        return pasts.Select(past => (past.Key, (IEnumerable<CustomerPast>)past.Value.Customers.OrderBy(customer => customer.Hash)));
    }

    /// <summary>The records before the version came into force.</summary>
    private IEnumerable<(int Partition, HistoryRecord Record)> Before()
    {
        foreach (var (partition, record) in store.History.ReadAll(partitions))
        {
            breathe();
            RecordView.ReadHead(record.Bytes.Span, out _, out var kind);
            if (kind == RecordKind.Fact)
            {
                RecordView.Read(record.Bytes.Span, out var fact);
                if (fact.FactKind == FactKind.ProgramActivated && fact.Number == version)
                {
                    _factOffsets[partition] = record.Offset;
                }
            }
            else if (_factOffsets.TryGetValue(partition, out var place) ? record.Offset < place : record.At <= activatedAt)
            {
                progress.Read();
                yield return (partition, record);
            }
        }
    }

    /// <summary>One partition's fills on their way into the log.</summary>
    /// <param name="fills">Empty whenever another line's turn comes.</param>
    private sealed class Line(IStore store, int version, int partition, FillProgress progress, RecordBatch fills, Func<RecordBatch, ImportMark, bool> append)
    {
        private long _position = FillMarks.Read(store, version, partition);
        private long _last = -1;

        /// <param name="customers">Ascending by hash, behind those of earlier calls.</param>
        public bool Fill(IEnumerable<CustomerPast> customers, PastLife life, Action breathe)
        {
            foreach (var customer in customers)
            {
                breathe();
                var at = FillMarks.PositionOf(customer.Hash);
                if (at < _position)
                {
                    continue;
                }

                if (fills.ByteCount >= Limits.FillBatchBytes && at > _last && !Move(at))
                {
                    return false;
                }

                _last = at;
                progress.Lived(partition, at, life.TryAdd(customer, fills));
            }

            return true;
        }

        public bool End() => _position >= FillMarks.Done || Move(FillMarks.Done);

        private bool Move(long to)
        {
            if (!append(fills, FillMarks.Move(version, partition, _position, to)))
            {
                return false;
            }

            fills.Clear();
            _position = to;
            return true;
        }
    }
}
