namespace Triggers.Grains.Partitions;

/// <summary>The partition is on its way to another silo: ask again.</summary>
[GenerateSerializer]
[Alias("triggers.partition-away")]
internal sealed class PartitionAwayException : Exception
{
    public PartitionAwayException()
    {
    }

    public PartitionAwayException(string message)
        : base(message)
    {
    }
}
