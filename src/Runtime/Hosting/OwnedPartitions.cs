namespace Triggers.Runtime.Hosting;

/// <summary>
/// The partitions whose loops run in this process, under an epoch of theirs: all of them in a single process, some in a cluster, and they come and go. Whoever
/// works for a partition beside its loop (such as the outbox pump) begins when it came and ends when it left.
/// </summary>
internal sealed class OwnedPartitions
{
    private readonly Lock _lock = new();
    private readonly SortedSet<int> _owned = [];
    private int[] _all = [];

    /// <summary>Its loop has the partition and begins. Raised in the loop's own flow, one after the other: return at once.</summary>
    public event Action<int>? Came;

    /// <summary>Its loop has ended, or has lost the partition: somebody else may have it already. Raised in the loop's own flow: return at once.</summary>
    public event Action<int>? Left;

    /// <summary>Ascending; a new list for every change.</summary>
    public IReadOnlyList<int> All => Volatile.Read(ref _all);

    public bool Has(int partition)
    {
        lock (_lock)
        {
            return _owned.Contains(partition);
        }
    }

    public void Come(int partition)
    {
        lock (_lock)
        {
            if (!_owned.Add(partition))
            {
                return;
            }

            Volatile.Write(ref _all, [.. _owned]);
        }

        Came?.Invoke(partition);
    }

    public void Leave(int partition)
    {
        lock (_lock)
        {
            if (!_owned.Remove(partition))
            {
                return;
            }

            Volatile.Write(ref _all, [.. _owned]);
        }

        Left?.Invoke(partition);
    }
}
