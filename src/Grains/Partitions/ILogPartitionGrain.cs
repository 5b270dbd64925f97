namespace Triggers.Grains.Partitions;

/// <summary>The owner of one partition of the log, named by its number.</summary>
[Alias("triggers.partition")]
internal interface ILogPartitionGrain : IGrainWithIntegerKey
{
    /// <summary>Takes the partition over and runs its loop, unless it does already; answers at once with how it stands.</summary>
    [Alias("keep")]
    [ResponseTimeout("00:00:10")]
    Task<PartitionView> KeepAsync();

    /// <summary>The encoded state of a customer, between two batches of the loop; empty if unknown.</summary>
    [Alias("read")]
    Task<ReadOnlyMemory<byte>> ReadAsync(ulong customerHash, string key);

    /// <summary>Encoded states with hash above the given one (null: from the start), ascending by hash.</summary>
    [Alias("scan")]
    Task<ReadOnlyMemory<byte>[]> ScanAsync(ulong? afterHash, int limit);

    /// <summary>No timer is due and no walk is under way at the given instant (ms since 1970).</summary>
    [Alias("idle")]
    Task<bool> IsIdleAsync(long now);

    /// <summary>Flushes every state, ends the loop and leaves this silo: whoever calls next has it begin where it is to be.</summary>
    [Alias("hand-over")]
    [ResponseTimeout("00:10:00")]
    Task HandOverAsync();

    /// <summary>Ends the loop as a crash would: nothing more is applied, committed or flushed.</summary>
    [Alias("abandon")]
    Task AbandonAsync();
}

/// <summary>Where a partition stands.</summary>
[GenerateSerializer]
[Immutable]
[Alias("triggers.partition-view")]
internal sealed class PartitionView
{
    [Id(0)]
    public int ProgramVersion { get; init; }

    [Id(1)]
    public string[] PausedCampaigns { get; init; } = [];

    /// <summary>It has come to where the log ended when it began.</summary>
    [Id(2)]
    public bool IsLive { get; init; }

    /// <summary>The address of the silo that has it.</summary>
    [Id(3)]
    public string Silo { get; init; } = "";

    [Id(4)]
    public long Epoch { get; init; }

    /// <summary>Its customers are being told of a changed fact. A silo of a former version does not say.</summary>
    [Id(5)]
    public bool IsWalking { get; init; }
}
