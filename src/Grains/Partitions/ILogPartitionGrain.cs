namespace Triggers.Grains.Partitions;

/// <summary>The owner of one partition of the log, named by its number.</summary>
[Alias("triggers.partition")]
internal interface ILogPartitionGrain : IGrainWithIntegerKey
{
    /// <summary>Takes the partition over and runs its loop; ends when it has come to where the log ended. Does nothing more if it runs already.</summary>
    [Alias("start")]
    [ResponseTimeout("1.00:00:00")]
    Task StartAsync();

    [Alias("status")]
    Task<PartitionView> StatusAsync();

    /// <summary>The encoded state of a customer, between two batches of the loop; empty if unknown.</summary>
    [Alias("read")]
    Task<ReadOnlyMemory<byte>> ReadAsync(ulong customerHash, string key);

    /// <summary>Encoded states with hash above the given one (null: from the start), ascending by hash.</summary>
    [Alias("scan")]
    Task<ReadOnlyMemory<byte>[]> ScanAsync(ulong? afterHash, int limit);

    /// <summary>No timer is due and no walk is under way at the given instant (ms since 1970).</summary>
    [Alias("idle")]
    Task<bool> IsIdleAsync(long now);

    /// <summary>Comes to the end of the log, flushes every state and ends the loop.</summary>
    [Alias("stop")]
    [ResponseTimeout("00:10:00")]
    Task StopAsync();

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
    public required int ProgramVersion { get; init; }

    [Id(1)]
    public required string[] PausedCampaigns { get; init; }
}
