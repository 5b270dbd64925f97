using Triggers.Engine.Records;
using Triggers.Runtime.Operations;
using Triggers.Storage;

namespace Triggers.Runtime.Hosting;

/// <summary>The loops over all partitions, wherever they run, as the rest of a server sees them.</summary>
internal interface ILoops : IDisposable
{
    int Partitions { get; }

    /// <summary>Every partition has come to where its log ended at the start.</summary>
    bool IsLive { get; }

    /// <summary>Customers in memory, about.</summary>
    long ResidentCustomers { get; }

    /// <summary>Ends when every partition is live.</summary>
    Task StartAsync(IReadOnlyList<PartitionMark> marks, CancellationToken cancellation);

    /// <summary>Where every partition stands, by number; as of now.</summary>
    ValueTask<IReadOnlyList<PartitionStatus>> StatusAsync();

    /// <summary>The encoded state of a customer, between two batches of its loop; empty if unknown.</summary>
    Task<ReadOnlyMemory<byte>> ReadAsync(CustomerKey key, CancellationToken cancellation);

    /// <summary>Encoded states of a partition with hash above the given one (null: from the start), ascending by hash, between two batches of its loop.</summary>
    Task<IReadOnlyList<ReadOnlyMemory<byte>>> ScanAsync(int partition, ulong? afterHash, int limit, CancellationToken cancellation);

    /// <summary>Every node that takes part, each as it sees itself. A host of one process knows only this one.</summary>
    ValueTask<IReadOnlyList<NodeView>> NodesAsync(NodeView self, CancellationToken cancellation) => new([self]);

    /// <summary>How this process's node stands to the balance of partitions; one of <see cref="PlacementStates"/>.</summary>
    string Placement => PlacementStates.Balanced;

    /// <summary>Carries out what an operator wishes of where partitions run, soon.</summary>
    /// <param name="node">For an order that is about one: its name.</param>
    /// <exception cref="PlacementRefusedException">It cannot be.</exception>
    Task PlaceAsync(PlacementOrder order, string? node, CancellationToken cancellation) =>
        throw new PlacementRefusedException("All partitions run in this one process: there is no other that could take them. Several take part over PostgreSQL (--runtime orleans --store postgres).");

    /// <summary>No timer is due and no walk is under way at the given instant.</summary>
    Task<bool> IsIdleAsync(long now);

    /// <summary>Every loop comes to the end of its log, flushes every state and ends.</summary>
    Task StopAsync();

    /// <summary>After a stop: some loop of this process could not, and what it left is replayed at the next start.</summary>
    bool EndedEarly => false;

    /// <summary>Every loop ends as a crash would end it: nothing more is applied, committed or flushed.</summary>
    Task AbandonAsync();
}

/// <param name="ProgramVersion">The version in force where the loop stands.</param>
/// <param name="PausedCampaigns">Ids paused by hand, where the loop stands.</param>
internal sealed record PartitionStatus(int Number, int ProgramVersion, IReadOnlyCollection<string> PausedCampaigns)
{
    /// <summary>Its customers are being told of a changed fact.</summary>
    public bool IsWalking { get; init; }
}
