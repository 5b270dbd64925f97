using Triggers.Runtime.Hosting;

namespace Triggers.Runtime.Loop;

/// <summary>Leads a customer's wish to be called at an instant to the timers of its partition. A partition's own loop alone calls for it.</summary>
internal sealed class DueRouter(int partitions) : IDueSink
{
    private readonly TimerHeap?[] _heaps = new TimerHeap?[partitions];

    public void Attach(Partition partition) => _heaps[partition.Number] = partition.Timers;

    public void Arm(int partition, ulong customerHash, long due) => _heaps[partition]!.Push(due, customerHash);
}
