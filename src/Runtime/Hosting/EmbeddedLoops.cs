using Triggers.Engine.Records;
using Triggers.Runtime.Loop;
using Triggers.Storage;

namespace Triggers.Runtime.Hosting;

/// <summary>The loops of the embedded host: partition p belongs to worker p modulo their number.</summary>
internal sealed class EmbeddedLoops : ILoops
{
    private readonly Worker[] _workers;
    private readonly EmbeddedCustomers _customers;

    public EmbeddedLoops(LoopContext context, ServerOptions options)
    {
        Partitions = context.Store.Log.Partitions;
        var workers = options.Workers > 0 ? Math.Min(options.Workers, Limits.WorkersMax) : Math.Clamp(Environment.ProcessorCount, 1, Limits.WorkersMax);
        _workers = new Worker[Math.Min(workers, Partitions)];
        var dues = new DueRouter(Partitions);
        _customers = new EmbeddedCustomers(context.Store.Customers, Partitions, options.CustomerMemoryBytes, dues, context.Log);
        for (var worker = 0; worker < _workers.Length; worker++)
        {
            var own = Enumerable.Range(0, Partitions).Where(partition => partition % _workers.Length == worker).ToArray();
            _workers[worker] = new Worker(worker, own, context, _customers, dues);
        }
    }

    public int Partitions { get; }

    public bool IsLive => Array.TrueForAll(_workers, worker => worker.Driver.Live.IsCompletedSuccessfully);

    public long ResidentCustomers => _customers.Resident;

    public bool EndedEarly => Array.Exists(_workers, worker => worker.Driver.EndedEarly);

    public Task StartAsync(IReadOnlyList<PartitionMark> marks, CancellationToken cancellation)
    {
        foreach (var worker in _workers)
        {
            worker.Start(marks);
        }

        return Task.WhenAll(_workers.Select(worker => worker.Driver.Live)).WaitAsync(cancellation);
    }

    public ValueTask<IReadOnlyList<PartitionStatus>> StatusAsync() =>
        new(_workers.SelectMany(worker => worker.Driver.Partitions).OrderBy(partition => partition.Number).Select(partition => partition.Status).ToList());

    public Task<ReadOnlyMemory<byte>> ReadAsync(CustomerKey key, CancellationToken cancellation)
    {
        var hash = key.Hash();
        var partition = CustomerKey.PartitionOf(hash, Partitions);
        return AskAsync(partition, customers => customers.ReadAsync(partition, hash, key.Text), cancellation);
    }

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> ScanAsync(int partition, ulong? afterHash, int limit, CancellationToken cancellation) =>
        AskAsync(partition, customers => customers.ScanAsync(partition, afterHash, limit), cancellation);

    public async Task<bool> IsIdleAsync(long now)
    {
        foreach (var worker in _workers)
        {
            if (!await worker.Driver.IsIdleAsync(now))
            {
                return false;
            }
        }

        return true;
    }

    public Task StopAsync() => Task.WhenAll(_workers.Select(worker => worker.Driver.StopAsync()));

    public Task AbandonAsync() => Task.WhenAll(_workers.Select(worker => worker.Driver.AbandonAsync()));

    public void Dispose()
    {
        foreach (var worker in _workers)
        {
            worker.Dispose();
        }
    }

    private Task<T> AskAsync<T>(int partition, Func<ICustomers, ValueTask<T>> ask, CancellationToken cancellation) =>
        _workers[partition % _workers.Length].Driver.Mailbox.AskAsync(ask, cancellation);
}
