using Triggers.Engine.Customers;
using Triggers.Engine.Programs;
using Triggers.Engine.Records;
using Triggers.Storage;

namespace Triggers.Runtime.Hosting;

/// <summary>
/// The customers behind a loop, wherever they live: in this process, or as grains of a cluster. The loop owns order, facts, cursor, floor and commits;
/// the host owns states. Every call is at batch level, so that a host may spread one batch over many customers at once.
/// One loop calls at a time for a partition. The protocol and its reasons: docs/decisions/003-host-seam.md.
/// </summary>
public interface ICustomers
{
    /// <summary>
    /// Applies records in order per customer up to the first fact, which is the loop's to handle; returns how many were applied.
    /// A customer that already contains a record skips it. Effects come in record order, each record's between
    /// <see cref="IRecordEffects.Begin"/> and <see cref="IRecordEffects.End"/>.
    /// </summary>
    ValueTask<int> ApplyAsync(CustomerBatch batch, IRecordEffects effects);

    /// <summary>Everything of the partition before <paramref name="cursor"/> is durable: flushed customers may leave memory, snapshots may be written up to here.</summary>
    void Committed(int partition, long epoch, long cursor, long commitNumber);

    /// <summary>How long a state may stay unflushed, in ms.</summary>
    int FlushAgeMs => Limits.SharedFlushAgeMs;

    /// <summary>Encodes the customers whose first unflushed record is oldest. What it returns must ride in the commit <see cref="FlushRequest.CommitNumber"/>.</summary>
    ValueTask<FlushAnswer> FlushAsync(FlushRequest request);

    /// <summary>Looks at the customers of a hash whose timer has come: adds a timer record for each that is due at <paramref name="now"/>, arms the others anew.</summary>
    ValueTask<int> DueAsync(int partition, ulong customerHash, long now, RecordBatch timers);

    /// <summary>
    /// Goes on with a walk over all customers of a partition, adding a timer record for each that has not seen the program's version, or whose segments stand
    /// otherwise by what was measured over all customers.
    /// </summary>
    ValueTask<WalkStep> WalkAsync(int partition, ulong? afterHash, Walk walk, RecordBatch timers);

    /// <summary>A customer's encoded state as of the last applied record; empty if unknown.</summary>
    ValueTask<ReadOnlyMemory<byte>> ReadAsync(int partition, ulong customerHash, string key);

    /// <summary>Encoded states with hash above <paramref name="afterHash"/>, ascending by hash, in memory or not.</summary>
    ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ScanAsync(int partition, ulong? afterHash, int limit);

    /// <summary>A long replay is ahead: a host that keeps customers in memory may load those of these partitions that were flushed last.</summary>
    ValueTask FillAsync(IReadOnlySet<int> partitions);

    /// <summary>What the partition's customers take in this process, about; from any thread. A host that does not know says nothing.</summary>
    CustomerFigures Figures(int partition) => default;

    /// <summary>The loop lost its place (a newer epoch, or a commit that failed for good): everything not yet committed is thrown away.</summary>
    ValueTask ForgetAsync(int partition);
}

/// <summary>Records of one partition with all that a customer's owner must know to apply them. Reused by its loop: valid during the call only.</summary>
public sealed class CustomerBatch
{
    public int Partition { get; set; }

    /// <summary>The loop's ownership of the partition: a lower one than seen before is refused, a higher one makes customers go back to committed state.</summary>
    public long Epoch { get; set; }

    public Facts Facts { get; set; } = null!;

    /// <summary>Offset of the first record in <see cref="Bytes"/>.</summary>
    public long FirstOffset { get; set; }

    public int Count { get; set; }

    public long At { get; set; }

    public ReadOnlyMemory<byte> Bytes { get; set; }

    /// <summary>The partition's durable cursor: a customer that stands ahead of it in another process goes back, one behind catches up from the log.</summary>
    public long Committed { get; set; }

    /// <summary>The loop's clock in ms when it took the batch: a customer's age of being unflushed counts from here.</summary>
    public long Now { get; set; }

    /// <summary>The records are committed already; only states are rebuilt and effects go nowhere.</summary>
    public bool Rebuilding { get; set; }

    /// <summary>Answer: how many bytes of <see cref="Bytes"/> the applied records took.</summary>
    public int BytesUsed { get; set; }

    /// <summary>Answer: timer records among the applied ones.</summary>
    public int Timers { get; set; }

    /// <summary>Answer: memory is short of room for states that no snapshot contains, so the partition should flush soon.</summary>
    public bool WantsFlush { get; set; }

    /// <summary>Answer: keys of customers that were erased.</summary>
    public List<string> Erased { get; } = [];
}

/// <param name="DirtyBefore">Customers whose first unflushed record was taken before this instant (ms of the loop's clock) …</param>
/// <param name="OffsetBefore">… or lies before this offset.</param>
/// <param name="Max">Snapshots at most.</param>
/// <param name="Ahead">So many may be taken though they are younger.</param>
/// <param name="CommitNumber">The loop's running number of the commit that will carry the snapshots.</param>
public readonly record struct FlushRequest(int Partition, long Epoch, long Cursor, long DirtyBefore, long OffsetBefore, int Max, int Ahead, long CommitNumber);

/// <param name="Snapshots">May be empty.</param>
/// <param name="OldestUnflushed">Offset of the oldest record that some state still in memory alone contains; −1: none.</param>
/// <param name="Memory">Holds the snapshots' bytes; dispose when the commit is durable. Null: none.</param>
public readonly record struct FlushAnswer(IReadOnlyList<Snapshot> Snapshots, long OldestUnflushed, IDisposable? Memory)
{
    /// <summary>Customers that are still to be flushed; 0: not told, nothing is asked for ahead.</summary>
    public int Unflushed { get; init; }
}

/// <param name="Resident">Customers in memory.</param>
/// <param name="Bytes">The memory that they take.</param>
/// <param name="Loaded">Customers read from the store since the start because a record or timer came for them.</param>
public readonly record struct CustomerFigures(long Resident, long Bytes, long Loaded);

/// <param name="Program">In force, with what was measured.</param>
/// <param name="Now">ms since 1970.</param>
/// <param name="Looks">So many customers at most.</param>
public readonly record struct Walk(Program Program, long Now, int Looks);

/// <param name="LastHash">Where to go on.</param>
/// <param name="Looked">Customers looked at.</param>
/// <param name="Timers">Timer records added.</param>
public readonly record struct WalkStep(ulong LastHash, int Looked, int Timers, bool Done);

/// <summary>Where a host tells that a customer wants to be called at an instant. Implemented by the loop.</summary>
public interface IDueSink
{
    void Arm(int partition, ulong customerHash, long due);
}
