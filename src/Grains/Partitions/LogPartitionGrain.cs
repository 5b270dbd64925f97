using System.Security.Cryptography;
using Orleans.Concurrency;
using Triggers.Grains.Hosting;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Loop;
using Triggers.Storage;

namespace Triggers.Grains.Partitions;

/// <summary>
/// Owns one partition: its cursor, its timers and the calls to its customers, under an epoch that it takes when it begins. Runs the same loop as the embedded
/// host does, in its own turns; questions are answered between two batches.
/// </summary>
[Reentrant]
[CollectionAgeLimit(AlwaysActive = true)]
internal sealed class LogPartitionGrain(ClusterNode node) : Grain, ILogPartitionGrain, IDisposable
{
    /// <summary>Of an epoch, below the bits that count: two that claim at once never come to the same one.</summary>
    private const int EpochChoiceBits = 16;

    private LoopDriver? _driver;

    private int Number => (int)this.GetPrimaryKeyLong();

    private LoopDriver Driver => _driver ?? throw new InvalidOperationException($"The loop of partition {Number} does not run.");

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => StopAsync();

    public Task StartAsync()
    {
        if (_driver is null)
        {
            var context = node.Context;
            var partitions = context.Store.Log.Partitions;
            var dues = new DueRouter(partitions);
            var customers = new GrainCustomers(Number, GrainFactory, context.Store.Customers, dues, node.Options.CustomerMemoryBytes / partitions);
            _driver = new LoopDriver(Number, [Number], context, customers, dues, new TurnPace());
            _driver.RunAsync(ClaimAsync).Ignore();
        }

        return _driver.Live;
    }

    public Task<PartitionView> StatusAsync()
    {
        var status = Driver.Partitions[0].Status;
        return Task.FromResult(new PartitionView { ProgramVersion = status.ProgramVersion, PausedCampaigns = [.. status.PausedCampaigns] });
    }

    public Task<ReadOnlyMemory<byte>> ReadAsync(ulong customerHash, string key) =>
        Driver.Mailbox.AskAsync(customers => customers.ReadAsync(Number, customerHash, key), CancellationToken.None);

    public async Task<ReadOnlyMemory<byte>[]> ScanAsync(ulong? afterHash, int limit) =>
        [.. await Driver.Mailbox.AskAsync(customers => customers.ScanAsync(Number, afterHash, limit), CancellationToken.None)];

    public Task<bool> IsIdleAsync(long now) => Driver.IsIdleAsync(now);

    public Task StopAsync() => EndAsync(driver => driver.StopAsync());

    public Task AbandonAsync() => EndAsync(driver => driver.AbandonAsync());

    private async Task EndAsync(Func<LoopDriver, Task> end)
    {
        if (_driver is { } driver)
        {
            await end(driver);
            if (ReferenceEquals(_driver, driver))
            {
                _driver = null;
                driver.Dispose();
            }
        }
    }

    public void Dispose() => _driver?.Dispose();

    /// <summary>Takes the partition over with a commit that changes nothing but its epoch: from then on no earlier owner can commit.</summary>
    private async ValueTask<IReadOnlyList<PartitionMark>> ClaimAsync(CancellationToken cancellation)
    {
        var store = node.Context.Store;
        for (var attempt = 1; ; attempt++)
        {
            var mark = store.Recover().Partitions[Number];
            var epoch = (((mark.Epoch >> EpochChoiceBits) + 1) << EpochChoiceBits) | (uint)RandomNumberGenerator.GetInt32(1 << EpochChoiceBits);
            var claim = new Commit();
            claim.Advances.Add(new PartitionAdvance(Number, epoch, mark.Cursor, mark.Cursor));
            try
            {
                await store.CommitAsync(claim).WaitAsync(cancellation);
                claim.Dispose();
                var marks = store.Recover().Partitions;
                return marks[Number].Epoch == epoch ? marks : throw new EpochLostException(Number, epoch);
            }
            catch (Exception error) when (error is EpochLostException or InvalidOperationException && attempt < Limits.ClaimAttempts)
            {
                // The earlier owner committed in between, or somebody else claims: look again.
            }
        }
    }
}
