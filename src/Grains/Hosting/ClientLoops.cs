using System.Diagnostics;
using System.Text.Json;
using Triggers.Engine.Records;
using Triggers.Grains.Partitions;
using Triggers.Grains.Placement;
using Triggers.Grains.Silos;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Operations;
using Triggers.Storage;

namespace Triggers.Grains.Hosting;

/// <summary>The loops of a cluster, as a process without a silo sees them: it asks their grains, and starts and ends none.</summary>
internal class ClientLoops(OrleansHost host, int partitions) : ILoops
{
    private volatile bool _isLive;
    private volatile bool _ended;

    public int Partitions => partitions;

    public bool IsLive
    {
        get => _isLive;
        protected set => _isLive = value;
    }

    public virtual long ResidentCustomers => 0;

    public virtual string Placement => PlacementStates.Balanced;

    protected OrleansHost Host => host;

    /// <summary>Does not wait for a silo: events can be taken in meanwhile, and who asks waits or is told.</summary>
    public virtual Task StartAsync(IReadOnlyList<PartitionMark> marks, CancellationToken cancellation)
    {
        _ = BecomeLiveAsync(cancellation);
        return Task.CompletedTask;
    }

    public async ValueTask<IReadOnlyList<PartitionStatus>> StatusAsync()
    {
        var views = await AskAllAsync(owner => owner.KeepAsync());
        return [.. views.Select((view, number) => new PartitionStatus(number, view.ProgramVersion, view.PausedCampaigns) { IsWalking = view.IsWalking })];
    }

    public Task<ReadOnlyMemory<byte>> ReadAsync(CustomerKey key, CancellationToken cancellation)
    {
        var hash = key.Hash();
        return AskAsync(CustomerKey.PartitionOf(hash, partitions), owner => owner.ReadAsync(hash, key.Text), cancellation);
    }

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ScanAsync(int partition, ulong? afterHash, int limit, CancellationToken cancellation) =>
        await AskAsync(partition, owner => owner.ScanAsync(afterHash, limit), cancellation);

    /// <summary>This process and every silo. Web processes do not know of one another.</summary>
    public async ValueTask<IReadOnlyList<NodeView>> NodesAsync(NodeView self, CancellationToken cancellation)
    {
        IEnumerable<SiloAddress> silos;
        try
        {
            silos = (await host.Grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true, cancellation).WaitAsync(Limits.SiloPatience, cancellation)).Keys;
        }
        catch (Exception) when (!cancellation.IsCancellationRequested)
        {
            // Whoever knows them is on one of them, and went with it or is not there yet: what this process knows of itself is told all the same.
            return [self];
        }

        var others = await Task.WhenAll(silos.Where(silo => !silo.Equals(LocalSilo)).Select(silo => DescribeAsync(silo, cancellation)));
        return [self, .. others.OrderBy(node => node.Name, StringComparer.Ordinal)];
    }

    public async Task PlaceAsync(PlacementOrder order, string? node, CancellationToken cancellation)
    {
        if (!host.Node.HasReminders)
        {
            throw new PlacementRefusedException("This silo is alone: its store is a folder, which no other process can share. Several take part over PostgreSQL (--store postgres).");
        }

        var plan = host.Grains.GetGrain<IPlacementPlanGrain>(0);
        switch (order)
        {
            case PlacementOrder.Drain:
                if (await plan.DrainAsync(await FindAsync(node, cancellation)) is { Length: > 0 } refusal)
                {
                    throw new PlacementRefusedException(refusal);
                }

                break;
            case PlacementOrder.Undrain:
                await plan.UndrainAsync(await FindAsync(node, cancellation));
                break;
            case PlacementOrder.Rebalance:
                await plan.RebalanceAsync();
                break;
            default:
                await plan.HoldAsync(order == PlacementOrder.Hold);
                break;
        }
    }

    public async Task<bool> IsIdleAsync(long now)
    {
        var idle = await AskAllAsync(owner => owner.IsIdleAsync(now));
        return Array.TrueForAll(idle, each => each);
    }

    public virtual Task StopAsync() => EndAsync();

    public virtual Task AbandonAsync() => EndAsync();

    public virtual void Dispose() => IsLive = false;

    /// <summary>The silo of this process; null: it has none.</summary>
    protected virtual SiloAddress? LocalSilo => null;

    protected ILogPartitionGrain Owner(int partition) => host.Grains.GetGrain<ILogPartitionGrain>(partition);

    private Task<T[]> AskAllAsync<T>(Func<ILogPartitionGrain, Task<T>> ask) =>
        Task.WhenAll(Enumerable.Range(0, partitions).Select(partition => AskAsync(partition, ask, CancellationToken.None)));

    /// <summary>Asks again while a partition is on its way from one silo to another, or the silo that a question went to hangs: every question may be asked twice.</summary>
    private async Task<T> AskAsync<T>(int partition, Func<ILogPartitionGrain, Task<T>> ask, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ask(Owner(partition)).WaitAsync(Limits.AnswerPatience * attempt, cancellation);
            }
            catch (Exception error) when (error is not OperationCanceledException && IsLive && Stopwatch.GetElapsedTime(began) < Limits.AskPatience)
            {
                await Task.Delay(Limits.AskAgainMs, cancellation);
            }
        }
    }

    private async Task BecomeLiveAsync(CancellationToken cancellation)
    {
        try
        {
            await host.StartAsync(cancellation);
            IsLive = !_ended;
        }
        catch (Exception) when (cancellation.IsCancellationRequested || _ended)
        {
            // The server stops before it found a silo.
        }
    }

    /// <summary>The silo that an operator means, by its node's name or by its address.</summary>
    private async Task<string> FindAsync(string? node, CancellationToken cancellation)
    {
        var silos = await host.Grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true, cancellation).WaitAsync(cancellation);
        var named = await Task.WhenAll(silos.Keys.Select(async silo => (Silo: silo, (await DescribeAsync(silo, cancellation)).Name)));
        var meant = Array.FindAll(named, each => each.Name == node || each.Silo.Endpoint.ToString() == node);
        var known = string.Join(", ", named.Select(each => $"{each.Name} ({each.Silo.Endpoint})").Order(StringComparer.Ordinal));
        return meant switch
        {
            [var (silo, _)] => silo.ToParsableString(),
            [] => throw new PlacementRefusedException($"No silo is named '{node}'. There are: {known}."),
            _ => throw new PlacementRefusedException($"Several silos are named '{node}': name it by its address. There are: {known}."),
        };
    }

    private async Task<NodeView> DescribeAsync(SiloAddress silo, CancellationToken cancellation)
    {
        try
        {
            var answer = await host.Grains.GetGrain<ISiloGrain>(silo.ToParsableString()).DescribeAsync().WaitAsync(Limits.SiloPatience, cancellation);
            return answer.Length > 0
                ? JsonSerializer.Deserialize<NodeView>(answer, JsonSerializerOptions.Web)!
                : NodeView.Unknown(silo.Endpoint.ToString(), HealthStatus.Recovering, "It is starting.");
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            return NodeView.Unknown(silo.Endpoint.ToString(), HealthStatus.Unreachable, $"The silo did not answer: {error.Message}");
        }
    }

    private Task EndAsync()
    {
        _ended = true;
        IsLive = false;
        return Task.CompletedTask;
    }
}
