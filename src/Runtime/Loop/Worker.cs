using Triggers.Runtime.Hosting;
using Triggers.Storage;

namespace Triggers.Runtime.Loop;

/// <summary>A thread that drives the loop of some partitions of the embedded host.</summary>
internal sealed class Worker(int number, IReadOnlyList<int> partitions, LoopContext context, ICustomers customers, DueRouter dues) : IDisposable
{
    public LoopDriver Driver { get; } = new(number, partitions, context, customers, dues, new ThreadPace()) { TellsDamage = true };

    public void Start(IReadOnlyList<PartitionMark> marks)
    {
        IReadOnlyList<PartitionMark>? first = marks;
        ValueTask<IReadOnlyList<PartitionMark>> Read(CancellationToken cancellation)
        {
            var read = first ?? context.Store.MarksOf(partitions);
            first = null;
            return new(read);
        }

        // Everything that the driver awaits has ended when it is awaited here, so the whole run stays on this thread.
        new Thread(() => Driver.RunAsync(Read).GetAwaiter().GetResult()) { Name = $"triggers loop {number}", IsBackground = true }.Start();
    }

    public void Dispose() => Driver.Dispose();
}
