using Triggers.Runtime.Loop;

namespace Triggers.Runtime.Operations;

/// <summary>The loops that run in this process, whatever host started them: what this node can say of its partitions.</summary>
internal sealed class LoopRegistry
{
    private readonly Lock _lock = new();
    private LoopDriver[] _drivers = [];

    public IReadOnlyList<LoopDriver> Drivers => Volatile.Read(ref _drivers);

    public void Add(LoopDriver driver)
    {
        lock (_lock)
        {
            Volatile.Write(ref _drivers, [.. _drivers, driver]);
        }
    }

    public void Remove(LoopDriver driver)
    {
        lock (_lock)
        {
            Volatile.Write(ref _drivers, Array.FindAll(_drivers, each => each != driver));
        }
    }
}
