using System.Collections.Frozen;
using Triggers.Engine.Records;

namespace Triggers.Runtime.Hosting;

/// <summary>
/// The partitions whose loops run in this process, each under its epoch: all of them in a process that is alone, some in a cluster, and they come and go. Whoever
/// works for a partition beside its loop (such as the outbox pump) begins when it came and ends when it left.
/// </summary>
/// <param name="partitions">How many there are.</param>
/// <param name="isAlone">No other process owns any: all are this one's, whether their loops run or not.</param>
internal sealed class OwnedPartitions(int partitions, bool isAlone)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, long> _epochs = [];
    private volatile Owned _owned = new([], FrozenSet<int>.Empty);

    /// <summary>Its loop has the partition and begins. Raised in the loop's own flow, one after the other: return at once.</summary>
    public event Action<int>? Came;

    /// <summary>Its loop has ended, or has lost the partition: somebody else may have it already. Return at once.</summary>
    public event Action<int>? Left;

    public bool IsAlone => isAlone;

    /// <summary>Those whose loops run, ascending; a new list for every change.</summary>
    public IReadOnlyList<OwnedPartition> All => _owned.List;

    /// <summary>What of a store is this process's; null: everything. A new set for every change.</summary>
    public IReadOnlySet<int>? Filter => isAlone ? null : _owned.Numbers;

    public bool Has(int partition) => isAlone || _owned.Numbers.Contains(partition);

    /// <summary>The epoch under which this process works for a customer; null: it does not, another one may. A process that is alone has no rival: 0.</summary>
    public long? EpochFor(string customerKey)
    {
        if (isAlone)
        {
            return 0;
        }

        lock (_lock)
        {
            return _epochs.TryGetValue(PartitionOf(customerKey), out var epoch) ? epoch : null;
        }
    }

    public int PartitionOf(string customerKey) => CustomerKey.PartitionOf(new CustomerKey(customerKey).Hash(), partitions);

    public void Come(int partition, long epoch)
    {
        lock (_lock)
        {
            _epochs[partition] = epoch;
            Publish();
        }

        Came?.Invoke(partition);
    }

    /// <summary>The loop that ran under the epoch has ended.</summary>
    public void Leave(int partition, long epoch) => Leave(partition, mine => mine == epoch);

    /// <summary>Somebody works under a higher epoch, though the loop here has not noticed yet.</summary>
    public void Lose(int partition, long toEpoch) => Leave(partition, mine => mine < toEpoch);

    private void Leave(int partition, Func<long, bool> isMeant)
    {
        lock (_lock)
        {
            if (!_epochs.TryGetValue(partition, out var mine) || !isMeant(mine))
            {
                return;
            }

            _epochs.Remove(partition);
            Publish();
        }

        Left?.Invoke(partition);
    }

    private void Publish() => _owned = new Owned(
        [.. _epochs.OrderBy(each => each.Key).Select(each => new OwnedPartition(each.Key, each.Value))], _epochs.Keys.ToFrozenSet());

    private sealed record Owned(OwnedPartition[] List, FrozenSet<int> Numbers);
}

/// <param name="Epoch">Under which its owner works: of two that name the partition, the higher one has it.</param>
internal readonly record struct OwnedPartition(int Number, long Epoch);
