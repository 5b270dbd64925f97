using Microsoft.Extensions.Logging;
using Triggers.Engine.Customers;
using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Loop;
using Triggers.Runtime.Programs;
using Triggers.Storage;

namespace Triggers.Runtime.Replays;

/// <summary>
/// Replays the whole log of a store that no server runs on: every committed record from the first, into fresh customers, under the definitions that were
/// in force there, and compares each record's effects with its checksum. Writes nothing. Holds the customers of one partition a thread in memory.
/// </summary>
public sealed class LogReplay
{
    /// <summary>Partitions whose checksums are held at a time, two bytes a record: each reading of them walks all commits of the log's tail.</summary>
    private const int PartitionsAtOnce = 8;

    private readonly IStore _store;
    private readonly ILogger _log;
    private readonly ProgramLibrary _library;
    private readonly IReadOnlyList<PartitionMark> _marks;
    private readonly Dictionary<string, (long Stored, long Counted)> _counters;
    private readonly Lock _lock = new();
    private readonly SlabPool _slabs = new();
    private long _done, _compared, _disagreements, _erased;

    public LogReplay(IStore store, ILoggerFactory logs)
    {
        _store = store;
        _log = logs.CreateLogger("Triggers.Runtime");
        _library = new ProgramLibrary(store.Definitions, new FactJournal(store.Settings));
        var recovery = store.Recover();
        _marks = recovery.Partitions;
        _counters = recovery.Counters.ToDictionary(counter => counter.Key, counter => (counter.Value, 0L), StringComparer.Ordinal);
        Total = _marks.Sum(mark => mark.Cursor);
    }

    /// <summary>Committed records.</summary>
    public long Total { get; }

    /// <summary>false: a store with a retention has dropped the first records. Customers cannot be rebuilt without them, so there is nothing to compare.</summary>
    public bool BeginsAtFirst => _marks.All(mark => mark.Cursor == 0 || _store.History.ReadAll(mark.Partition, 0, 1).Any());

    /// <summary>Records read so far.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>Records whose effects were compared.</summary>
    public long Compared => Interlocked.Read(ref _compared);

    /// <summary>Records that led to other effects.</summary>
    public long Disagreements => Interlocked.Read(ref _disagreements);

    /// <summary>Records whose bytes an erasure has blanked: nothing is left to replay.</summary>
    public long Erased => Interlocked.Read(ref _erased);

    /// <summary>Facts and orders to erase have no checksum; nor have records that an older version of the program committed.</summary>
    public long NotCompared => Done - Compared - Erased;

    /// <summary>Committed records that the log does not have any more.</summary>
    public long Missing => Total - Done;

    /// <summary>Counters whose stored totals are not what the replayed records count; null: records were erased, and what they had counted cannot be counted again.</summary>
    public IReadOnlyList<(string Name, long Stored, long Counted)>? WrongCounters => Erased > 0
        ? null
        : [.. _counters.Where(counter => counter.Value.Stored != counter.Value.Counted).Select(counter => (counter.Key, counter.Value.Stored, counter.Value.Counted)).OrderBy(counter => counter.Key, StringComparer.Ordinal)];

    /// <param name="report">Called for those disagreements that are described, at most 20 a partition; by one thread at a time.</param>
    public void Run(Action<Disagreement> report, CancellationToken cancellation)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation };
        foreach (var marks in _marks.Where(mark => mark.Cursor > 0).Chunk(PartitionsAtOnce))
        {
            var recorded = RecordedChecksums.Read(_store.Checksums, [.. marks.Select(mark => (mark.Partition, 0L, mark.Cursor))]);
            Parallel.For(0, marks.Length, options, index =>
            {
                var totals = new Dictionary<Counter, long>();
                using var check = Replay(marks[index], recorded[index], totals, cancellation);
                Interlocked.Add(ref _compared, check.Compared);
                Interlocked.Add(ref _disagreements, check.Disagreements);
                lock (_lock)
                {
                    foreach (var (counter, total) in totals)
                    {
                        var (stored, counted) = _counters.GetValueOrDefault(counter.Name);
                        _counters[counter.Name] = (stored, counted + total);
                    }

                    foreach (var disagreement in check.Kept)
                    {
                        report(disagreement);
                    }
                }
            });
        }
    }

    private EffectCheck Replay(PartitionMark mark, RecordedChecksums recorded, Dictionary<Counter, long> totals, CancellationToken cancellation)
    {
        var check = new EffectCheck(mark.Partition, recorded, _store.Messages, totals);
        var facts = new PartitionFacts(_library, []);
        var customers = new ResidentTable(_slabs);
        foreach (var record in _store.History.ReadAll(mark.Partition, 0, mark.Cursor))
        {
            cancellation.ThrowIfCancellationRequested();
            Interlocked.Increment(ref _done);
            RecordView.Read(record.Bytes.Span, out var view);
            view.Offset = record.Offset;
            view.At = record.At;
            if (view.Kind == RecordKind.Fact)
            {
                facts.Apply(view);
            }
            else if (view.Key.IsEmpty)
            {
                Interlocked.Increment(ref _erased);
            }
            else
            {
                Apply(mark.Partition, customers, view, facts.InForceAt(view.Offset), check);
            }
        }

        customers.Clear();
        return check;
    }

    private void Apply(int partition, ResidentTable customers, in RecordView view, Facts facts, EffectCheck check)
    {
        var slot = customers.Find(view.CustomerHash, view.Key);
        if (slot is null)
        {
            slot = new Slot(new Customer(view.Key, view.CustomerHash, customers.Heap));
            customers.Add(slot);
        }

        check.Begin();
        try
        {
            Machine.Apply(slot.Customer, view, facts, check);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // As in the loop: what the machine did before it failed counts, then and now.
            _log.ApplyFailed(error, partition, view.Offset, slot.Key);
        }

        check.End(view);
    }
}
