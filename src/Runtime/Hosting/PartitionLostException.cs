namespace Triggers.Runtime.Hosting;

/// <summary>Somebody else owns the partition now: a loop that meets it ends, and does not begin again.</summary>
internal sealed class PartitionLostException(int partition) : Exception($"Partition {partition} was taken over by another owner.");
