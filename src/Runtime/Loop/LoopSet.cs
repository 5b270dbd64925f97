using Triggers.Engine.Records;
using Triggers.Runtime.Hosting;
using Triggers.Storage;

namespace Triggers.Runtime.Loop;

/// <summary>All workers of a server: partition p belongs to worker p modulo their number.</summary>
internal sealed class LoopSet : IDisposable
{
    private readonly Worker[] _workers;
    private readonly int _partitions;

    public LoopSet(int workers, WorkerContext context)
    {
        _partitions = context.Store.Log.Partitions;
        _workers = new Worker[workers];
        for (var worker = 0; worker < workers; worker++)
        {
            var own = Enumerable.Range(0, _partitions).Where(partition => partition % workers == worker).ToArray();
            _workers[worker] = new Worker(worker, own, context);
        }
    }

    public int Partitions => _partitions;

    public bool IsLive => Array.TrueForAll(_workers, worker => worker.Live.IsCompletedSuccessfully);

    /// <summary>Where every partition stands; as of now.</summary>
    public IEnumerable<Partition> All => _workers.SelectMany(worker => worker.Partitions).OrderBy(partition => partition.Number);

    /// <summary>Starts the threads; ends when every partition has come to where its log ended.</summary>
    public Task StartAsync(IReadOnlyList<PartitionMark> marks)
    {
        foreach (var worker in _workers)
        {
            worker.Start(marks);
        }

        return Task.WhenAll(_workers.Select(worker => worker.Live));
    }

    /// <summary>Asks the customers of a partition, between two batches of its loop.</summary>
    public Task<T> AskAsync<T>(int partition, Func<ICustomers, ValueTask<T>> ask, CancellationToken cancellation) =>
        _workers[partition % _workers.Length].Mailbox.AskAsync(ask, cancellation);

    /// <summary>The encoded state of a customer; empty if unknown.</summary>
    public Task<ReadOnlyMemory<byte>> ReadAsync(CustomerKey key, CancellationToken cancellation)
    {
        var hash = key.Hash();
        var partition = CustomerKey.PartitionOf(hash, _partitions);
        return AskAsync(partition, customers => customers.ReadAsync(partition, hash, key.Text), cancellation);
    }

    public async Task<bool> IsIdleAsync(long now)
    {
        foreach (var worker in _workers)
        {
            if (!await worker.IsIdleAsync(now))
            {
                return false;
            }
        }

        return true;
    }

    public Task StopAsync() => Task.WhenAll(_workers.Select(worker => worker.StopAsync()));

    public Task AbandonAsync() => Task.WhenAll(_workers.Select(worker => worker.AbandonAsync()));

    public void Dispose()
    {
        foreach (var worker in _workers)
        {
            worker.Dispose();
        }
    }
}
