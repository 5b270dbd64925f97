using Triggers.Engine.Records;
using Triggers.Runtime.Simulations;
using Triggers.Storage;

namespace Triggers.Runtime.Fills;

/// <summary>Fills the customers of one partition, in the order of their hashes, from where an earlier attempt stopped.</summary>
internal sealed class PartitionFill(IStore store, int partition, int version, long activatedAt, FillProgress progress)
{
    /// <summary>Customers are gathered by ranges of their hash, this many to a pass over a large partition.</summary>
    private const int Buckets = 1024;

    private long _factOffset = long.MaxValue;

    /// <summary>Lives through the past of every customer and appends what it brings.</summary>
    /// <param name="append">Appends fills and moves the mark in one step; false: somebody else fills this partition.</param>
    /// <param name="breathe">Called often: holds the work back while live events need the machine.</param>
    /// <returns>false: left to somebody else.</returns>
    public bool Run(PastLife life, Func<RecordBatch, ImportMark, bool> append, Action breathe)
    {
        using var fills = new RecordBatch(64 * 1024);
        var position = FillMarks.Read(store, version, partition);
        var last = -1L;
        foreach (var (from, to) in position >= FillMarks.Done ? [] : Ranges(breathe))
        {
            if (FillMarks.PositionOf(to) < position)
            {
                continue;
            }

            foreach (var customer in Gather(from, to, breathe))
            {
                breathe();
                var at = FillMarks.PositionOf(customer.Hash);
                if (at < position)
                {
                    continue;
                }

                if (fills.ByteCount >= Limits.FillBatchBytes && at > last)
                {
                    if (!append(fills, FillMarks.Move(version, partition, position, at)))
                    {
                        return false;
                    }

                    fills.Clear();
                    position = at;
                }

                last = at;
                progress.Lived(partition, at, life.TryAdd(customer, fills));
            }
        }

        return position >= FillMarks.Done || append(fills, FillMarks.Move(version, partition, position, FillMarks.Done));
    }

    /// <summary>Of hashes, each with as many bytes of records as memory is meant for.</summary>
    private List<(ulong From, ulong To)> Ranges(Action breathe)
    {
        var bytes = new long[Buckets];
        foreach (var record in Before(breathe))
        {
            RecordView.ReadHead(record.Bytes.Span, out var hash, out _);
            bytes[hash >> 54] += record.Bytes.Length;
        }

        var ranges = new List<(ulong, ulong)>();
        var (from, sum) = (0, 0L);
        for (var bucket = 0; bucket < Buckets; bucket++)
        {
            sum += bytes[bucket];
            if (bucket == Buckets - 1 || sum + bytes[bucket + 1] > Limits.FillMemoryBytes)
            {
                ranges.Add(((ulong)from << 54, ((ulong)bucket << 54) | ((1UL << 54) - 1)));
                (from, sum) = (bucket + 1, 0);
            }
        }

        return ranges;
    }

    private IEnumerable<CustomerPast> Gather(ulong from, ulong to, Action breathe)
    {
        var past = new PartitionPast(importsAtTheirTime: false);
        foreach (var record in Before(breathe))
        {
            RecordView.ReadHead(record.Bytes.Span, out var hash, out _);
            if (hash >= from && hash <= to)
            {
                past.Add(record, null);
            }
        }

        return past.Customers.OrderBy(customer => customer.Hash);
    }

    /// <summary>The records before the version came into force.</summary>
    private IEnumerable<HistoryRecord> Before(Action breathe)
    {
        foreach (var record in store.History.ReadAll(partition))
        {
            breathe();
            RecordView.ReadHead(record.Bytes.Span, out _, out var kind);
            progress.Saw(partition, record.Offset, record.At);
            if (kind == RecordKind.Fact)
            {
                RecordView.Read(record.Bytes.Span, out var fact);
                _factOffset = fact.FactKind == FactKind.ProgramActivated && fact.Number == version ? record.Offset : _factOffset;
            }
            else if (_factOffset == long.MaxValue ? record.At <= activatedAt : record.Offset < _factOffset)
            {
                progress.Read();
                yield return record;
            }
        }
    }
}
