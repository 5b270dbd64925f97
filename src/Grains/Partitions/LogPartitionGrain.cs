using System.Security.Cryptography;
using Orleans.Concurrency;
using Orleans.Runtime.Placement;
using Triggers.Grains.Hosting;
using Triggers.Grains.Placement;
using Triggers.Grains.Silos;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Loop;
using Triggers.Storage;

namespace Triggers.Grains.Partitions;

/// <summary>
/// Owns one partition: its cursor, its timers and the calls to its customers, under an epoch that it takes when it begins. Runs the same loop as the embedded
/// host does, in its own turns; questions are answered between two batches. When somebody else has taken the partition over, it ends.
/// </summary>
[Reentrant]
[CollectionAgeLimit(AlwaysActive = true)]
[PartitionPlacement]
internal sealed class LogPartitionGrain(ClusterNode node, Members members) : Grain, ILogPartitionGrain, IRemindable, IDisposable
{
    /// <summary>Of an epoch, below the bits that count: two that claim at once never come to the same one.</summary>
    private const int EpochChoiceBits = 16;

    private const string Reminder = "keep";

    private LoopDriver? _driver;
    private GrainCustomers? _customers;
    private long _epoch = -1;
    private long _tried = -1;
    private bool _left;

    private int Number => (int)this.GetPrimaryKeyLong();

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _left = true;
        await EndAsync(driver => driver.LeaveAsync());
    }

    public Task<PartitionView> KeepAsync()
    {
        var driver = Running();
        var status = driver.Partitions is [var partition] ? partition.Status : null;
        return Task.FromResult(new PartitionView
        {
            ProgramVersion = status?.ProgramVersion ?? 0,
            PausedCampaigns = status is null ? [] : [.. status.PausedCampaigns],
            IsLive = driver.Live.IsCompletedSuccessfully,
            Silo = members.Me.ToParsableString(),
            Epoch = _epoch,
            IsWalking = status?.IsWalking ?? false,
        });
    }

    public Task<ReadOnlyMemory<byte>> ReadAsync(ulong customerHash, string key) =>
        Running().Mailbox.AskAsync(customers => customers.ReadAsync(Number, customerHash, key), CancellationToken.None);

    public async Task<ReadOnlyMemory<byte>[]> ScanAsync(ulong? afterHash, int limit) =>
        [.. await Running().Mailbox.AskAsync(customers => customers.ScanAsync(Number, afterHash, limit), CancellationToken.None)];

    public Task<bool> IsIdleAsync(long now) => Running().IsIdleAsync(now);

    public async Task HandOverAsync()
    {
        _left = true;
        var customers = _customers;
        await EndAsync(driver => driver.LeaveAsync());
        customers?.LetGo(_epoch);
        if (RequestContext.Get(IPlacementDirector.PlacementHintKey) is null)
        {
            DeactivateOnIdle();
        }
        else
        {
            // To the silo that the caller wishes, with nobody able to have it begin elsewhere in between.
            this.MigrateOnIdle();
        }
    }

    public Task AbandonAsync() => EndAsync(driver => driver.AbandonAsync());

    public Task ReceiveReminder(string reminderName, TickStatus status) => KeepAsync();

    public void Dispose() => _driver?.Dispose();

    /// <summary>One that is about to leave answers until its loop has ended.</summary>
    private LoopDriver Running()
    {
        if (_driver is null)
        {
            if (_left || !node.TakesPartitions)
            {
                throw new PartitionAwayException($"Partition {Number} is leaving the silo {members.Me}.");
            }

            var context = node.Context;
            var partitions = context.Store.Log.Partitions;
            var dues = new DueRouter(partitions);
            _customers = new GrainCustomers(Number, GrainFactory, context.Store.Customers, dues, node.Options.CustomerMemoryBytes / partitions);
            _driver = new LoopDriver(Number, [Number], context, _customers, dues, new TurnPace());
            _epoch = -1;
            RunAsync(_driver).Ignore();
            if (node.HasReminders)
            {
                this.RegisterOrUpdateReminder(Reminder, Limits.ReminderPeriod, Limits.ReminderPeriod).Ignore();
            }
        }

        return _driver;
    }

    private async Task RunAsync(LoopDriver driver)
    {
        await driver.RunAsync(ClaimAsync);
        if (ReferenceEquals(_driver, driver) && !_left && driver.IsLost)
        {
            _left = true;
            _driver = null;
            driver.Dispose();
            DeactivateOnIdle();
        }
    }

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

    /// <summary>Takes the partition over with a commit that changes nothing but its epoch: from then on no earlier owner can commit.</summary>
    /// <exception cref="PartitionLostException">Somebody else has taken it over since this grain began, or this silo is not one of the cluster's any more.</exception>
    private async ValueTask<IReadOnlyList<PartitionMark>> ClaimAsync(CancellationToken cancellation)
    {
        if (!await members.AmIMemberAsync(cancellation))
        {
            throw new PartitionLostException(Number);
        }

        var store = node.Context.Store;
        for (var attempt = 1; ; attempt++)
        {
            var mark = store.MarksOf([Number])[0];
            if (_epoch >= 0 && mark.Epoch != _epoch && mark.Epoch != _tried)
            {
                throw new PartitionLostException(Number);
            }

            var epoch = (((mark.Epoch >> EpochChoiceBits) + 1) << EpochChoiceBits) | (uint)RandomNumberGenerator.GetInt32(1 << EpochChoiceBits);
            _tried = epoch;
            var claim = new Commit();
            claim.Advances.Add(new PartitionAdvance(Number, epoch, mark.Cursor, mark.Cursor));
            try
            {
                await store.CommitAsync(claim).WaitAsync(cancellation);
                claim.Dispose();
                var marks = store.MarksOf([Number]);
                _epoch = marks[0].Epoch == epoch ? epoch : throw new EpochLostException(Number, epoch);
                return marks;
            }
            catch (Exception error) when (error is EpochLostException or InvalidOperationException && attempt < Limits.ClaimAttempts)
            {
                // The earlier owner committed in between, or somebody else claims: look again.
            }
        }
    }
}
