using Triggers.Storage.Commits;
using Triggers.Storage.Sqlite.Lists;
using Triggers.Storage.Sqlite.Log;
using Triggers.Storage.Sqlite.States;

namespace Triggers.Storage.Sqlite.Writing;

/// <summary>What is committed, in memory: filled at open, moved by the writer after each commit.</summary>
internal sealed class StoreState(PartitionState[] partitions, CounterTable counters, LogState log, SqliteCustomerStore customers, SqliteSearch search, TimeProvider time)
{
    private long _queuedMessages;

    /// <summary>Taken to read or move <see cref="Partitions"/>.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The writer's from the moment that queries see a transaction until it is durable and in memory.</summary>
    public Lock Landing { get; } = new();

    public PartitionState[] Partitions { get; } = partitions;

    public CounterTable Counters { get; } = counters;

    public LogState Log { get; } = log;

    public SqliteCustomerStore Customers { get; } = customers;

    public SqliteSearch Search { get; } = search;

    public TimeProvider Time { get; } = time;

    /// <summary>The writer's.</summary>
    public long LastAt { get; set; }

    /// <summary>The writer's: commit rows stand in the log that the tables do not have yet.</summary>
    public bool HasUnfolded { get; set; }

    /// <summary>The writer's: bytes of blocks since open.</summary>
    public long WrittenBytes { get; set; }

    /// <summary>The writer's: the block up to which the tables stand.</summary>
    public long FoldedSeq { get; set; }

    /// <summary>The block up to which the search table stands.</summary>
    public long IndexedSeq { get; set; }

    /// <summary>Customers of whom bytes may still be on disk.</summary>
    public System.Collections.Concurrent.ConcurrentDictionary<string, ErasureMark> Erasures { get; } = new(StringComparer.Ordinal);

    /// <summary>Erased customers are rewritten, but the WAL may hold what was there before.</summary>
    public bool WalKeepsErased { get; set; }

    public long QueuedMessages => Interlocked.Read(ref _queuedMessages);

    public Action<IReadOnlyList<QueuedMessage>>? Queued { get; set; }

    /// <summary>After a query: what it saw is durable now, and stands in memory too.</summary>
    public void AwaitLanding() => Landing.EnterScope().Dispose();

    public void AddQueued(long delta) => Interlocked.Add(ref _queuedMessages, delta);

    public void RaiseQueued(IReadOnlyList<QueuedMessage> messages) => Queued?.Invoke(messages);
}

/// <summary>How far an erasure reaches.</summary>
/// <param name="Before">The offset before which the customer is erased.</param>
/// <param name="Seq">The block of the commit that erased it.</param>
/// <param name="At">When, ms since 1970.</param>
internal sealed record ErasureMark(long Before, long Seq, long At);
