using System.Collections.Concurrent;
using Triggers.Engine.Records;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Live;
using Triggers.Runtime.Loop;
using Triggers.Storage;

namespace Triggers.Runtime.Tests.Support;

/// <summary>Who of several hosts over one store has which partition, and what they tell each other: what a cluster does, with the parts of the embedded host.</summary>
public sealed class SplitCluster
{
    private readonly ConcurrentDictionary<int, SplitHost> _owners = new();
    private readonly ConcurrentDictionary<string, SplitHost> _members = new(StringComparer.Ordinal);

    internal SplitHost OwnerOf(int partition) => _owners[partition];

    internal void Own(int partition, SplitHost host) => _owners[partition] = host;

    internal void Join(SplitHost host)
    {
        foreach (var other in _members.Values)
        {
            Connect(host, other);
            Connect(other, host);
        }

        _members[host.Name] = host;
    }

    /// <summary>The members find out that a host is gone.</summary>
    internal void Leave(SplitHost host)
    {
        _members.TryRemove(host.Name, out _);
        foreach (var other in _members.Values)
        {
            other.Exchange!.Sum.Leave(host.Name);
        }
    }

    private void Connect(SplitHost from, SplitHost to)
    {
        from.Exchange!.Share.Shared += delta =>
        {
            if (_members.ContainsKey(from.Name) && !to.Exchange!.Sum.Apply(from.Name, delta))
            {
                to.Exchange.Sum.Come(from.Name, from.Exchange.Share.Share());
            }
        };
        to.Exchange!.Sum.Outdated += (process, owner) =>
        {
            if (process == from.Name)
            {
                from.Exchange.Owned.Lose(owner.Number, owner.Epoch);
            }
        };
        to.Exchange.Sum.Come(from.Name, from.Exchange.Share.Share());
    }
}

/// <summary>One of the hosts: a loop on a thread for each of its partitions, each taken over under an epoch of its own.</summary>
public sealed class SplitHost(SplitCluster cluster, string name, IReadOnlyList<int> first) : LoopHost
{
    private readonly ConcurrentDictionary<int, LoopDriver> _drivers = new();
    private LoopContext _context = null!;
    private EmbeddedCustomers _customers = null!;
    private DueRouter _dues = null!;

    public string Name => name;

    /// <summary>Of those that it has first: given up again before it is ready, as a silo does when others join meanwhile.</summary>
    public IReadOnlyList<int> HandedOn { get; init; } = [];

    internal LiveExchange? Exchange { get; private set; }

    /// <summary>Takes a partition over, as a silo does whose grain begins; whoever had it may not know.</summary>
    public async Task TakeAsync(int partition)
    {
        var driver = new LoopDriver(partition, [partition], _context, _customers, _dues, new ThreadPace());
        _drivers[partition] = driver;
        long? epoch = null;
        new Thread(() => driver.RunAsync(ClaimAsync).GetAwaiter().GetResult()) { IsBackground = true }.Start();
        await driver.Live;
        cluster.Own(partition, this);

        ValueTask<IReadOnlyList<PartitionMark>> ClaimAsync(CancellationToken cancellation)
        {
            var marks = Claim(partition, epoch);
            epoch = marks[partition].Epoch;
            return new ValueTask<IReadOnlyList<PartitionMark>>(marks);
        }
    }

    /// <summary>Gives a partition up with everything flushed.</summary>
    public async Task GiveUpAsync(int partition)
    {
        if (_drivers.TryRemove(partition, out var driver))
        {
            await driver.StopAsync();
            driver.Dispose();
        }
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal override ILoops Open(LoopContext context, ServerOptions options)
    {
        _context = context;
        _dues = new DueRouter(context.Store.Log.Partitions);
        _customers = new EmbeddedCustomers(context.Store.Customers, context.Store.Log.Partitions, options.CustomerMemoryBytes, _dues, context.Log);
        return new Loops(this, cluster, first);
    }

    internal override Task<IAsyncDisposable?> JoinLiveAsync(LiveExchange exchange, CancellationToken cancellation)
    {
        Exchange = exchange;
        cluster.Join(this);
        return Task.FromResult<IAsyncDisposable?>(null);
    }

    /// <param name="before">Under which this host has had it since it took it; null: it takes it.</param>
    private IReadOnlyList<PartitionMark> Claim(int partition, long? before)
    {
        var mark = _context.Store.Recover().Partitions[partition];
        if (before is { } mine && mark.Epoch > mine)
        {
            throw new PartitionLostException(partition);
        }

        using var claim = new Commit();
        claim.Advances.Add(new PartitionAdvance(partition, mark.Epoch + 1, mark.Cursor, mark.Cursor));
        _context.Store.CommitAsync(claim).GetAwaiter().GetResult();
        return _context.Store.Recover().Partitions;
    }

    private sealed class Loops(SplitHost host, SplitCluster cluster, IReadOnlyList<int> first) : ILoops
    {
        public int Partitions => host._context.Store.Log.Partitions;

        public bool IsLive => host._drivers.Values.All(driver => driver.Live.IsCompletedSuccessfully);

        public long ResidentCustomers => host._customers.Resident;

        public async Task StartAsync(IReadOnlyList<PartitionMark> marks, CancellationToken cancellation)
        {
            await Task.WhenAll(first.Select(host.TakeAsync));
            await Task.WhenAll(host.HandedOn.Select(host.GiveUpAsync));
        }

        public ValueTask<IReadOnlyList<PartitionStatus>> StatusAsync() => new([.. host._drivers.Values.SelectMany(driver => driver.Partitions).Select(partition => partition.Status)]);

        public Task<ReadOnlyMemory<byte>> ReadAsync(CustomerKey key, CancellationToken cancellation)
        {
            var hash = key.Hash();
            var partition = CustomerKey.PartitionOf(hash, Partitions);
            return DriverOf(partition).Mailbox.AskAsync(customers => customers.ReadAsync(partition, hash, key.Text), cancellation);
        }

        public Task<IReadOnlyList<ReadOnlyMemory<byte>>> ScanAsync(int partition, ulong? afterHash, int limit, CancellationToken cancellation) =>
            DriverOf(partition).Mailbox.AskAsync(customers => customers.ScanAsync(partition, afterHash, limit), cancellation);

        public async Task<bool> IsIdleAsync(long now)
        {
            var idle = await Task.WhenAll(host._drivers.Values.Select(driver => driver.IsIdleAsync(now)));
            return Array.TrueForAll(idle, each => each);
        }

        public Task StopAsync() => Task.WhenAll(host._drivers.Keys.Select(host.GiveUpAsync));

        public Task AbandonAsync()
        {
            cluster.Leave(host);
            return Task.WhenAll(host._drivers.Values.Select(driver => driver.AbandonAsync()));
        }

        public void Dispose()
        {
        }

        private LoopDriver DriverOf(int partition) => cluster.OwnerOf(partition)._drivers[partition];
    }
}
