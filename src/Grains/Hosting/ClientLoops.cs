using System.Diagnostics;
using Triggers.Engine.Records;
using Triggers.Grains.Partitions;
using Triggers.Runtime.Hosting;
using Triggers.Storage;

namespace Triggers.Grains.Hosting;

/// <summary>The loops of a cluster, as a process without a silo sees them: it asks their grains, and starts and ends none.</summary>
internal class ClientLoops(OrleansHost host, int partitions) : ILoops
{
    private volatile bool _isLive;

    public int Partitions => partitions;

    public bool IsLive
    {
        get => _isLive;
        protected set => _isLive = value;
    }

    public virtual long ResidentCustomers => 0;

    protected OrleansHost Host => host;

    public virtual async Task StartAsync(IReadOnlyList<PartitionMark> marks, CancellationToken cancellation)
    {
        await host.StartAsync(cancellation);
        IsLive = true;
    }

    public async ValueTask<IReadOnlyList<PartitionStatus>> StatusAsync()
    {
        var views = await AskAllAsync(owner => owner.KeepAsync());
        return [.. views.Select((view, number) => new PartitionStatus(number, view.ProgramVersion, view.PausedCampaigns))];
    }

    public Task<ReadOnlyMemory<byte>> ReadAsync(CustomerKey key, CancellationToken cancellation)
    {
        var hash = key.Hash();
        return AskAsync(CustomerKey.PartitionOf(hash, partitions), owner => owner.ReadAsync(hash, key.Text), cancellation);
    }

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ScanAsync(int partition, ulong? afterHash, int limit, CancellationToken cancellation) =>
        await AskAsync(partition, owner => owner.ScanAsync(afterHash, limit), cancellation);

    public async Task<bool> IsIdleAsync(long now)
    {
        var idle = await AskAllAsync(owner => owner.IsIdleAsync(now));
        return Array.TrueForAll(idle, each => each);
    }

    public virtual Task StopAsync() => EndAsync();

    public virtual Task AbandonAsync() => EndAsync();

    public virtual void Dispose() => IsLive = false;

    protected ILogPartitionGrain Owner(int partition) => host.Grains.GetGrain<ILogPartitionGrain>(partition);

    private Task<T[]> AskAllAsync<T>(Func<ILogPartitionGrain, Task<T>> ask) =>
        Task.WhenAll(Enumerable.Range(0, partitions).Select(partition => AskAsync(partition, ask, CancellationToken.None)));

    /// <summary>Asks again while a partition is on its way from one silo to another: every question may be asked twice.</summary>
    private async Task<T> AskAsync<T>(int partition, Func<ILogPartitionGrain, Task<T>> ask, CancellationToken cancellation)
    {
        for (var began = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                return await ask(Owner(partition)).WaitAsync(cancellation);
            }
            catch (Exception error) when (error is not OperationCanceledException && IsLive && Stopwatch.GetElapsedTime(began) < Limits.AskPatience)
            {
                await Task.Delay(Limits.AskAgainMs, cancellation);
            }
        }
    }

    private Task EndAsync()
    {
        IsLive = false;
        return Task.CompletedTask;
    }
}
