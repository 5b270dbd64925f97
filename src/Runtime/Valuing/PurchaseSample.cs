using Triggers.Engine.Customers;

namespace Triggers.Runtime.Valuing;

/// <summary>
/// The purchases of a bounded number of a store's buyers: of more, those whose key hashes lowest, so that a look at the same customers in any order samples the same,
/// and who is in it has nothing to do with what they bought.
/// </summary>
internal sealed class PurchaseSample(int max)
{
    private readonly PriorityQueue<Purchases, ulong> _sample = new(Comparer<ulong>.Create((left, right) => right.CompareTo(left)));

    public long Buyers { get; private set; }

    /// <summary>Buyers with more than one purchase.</summary>
    public long Repeaters { get; private set; }

    /// <summary>Of whom not all is known yet.</summary>
    public long Collecting { get; private set; }

    public IReadOnlyCollection<Purchases> Sample => [.. _sample.UnorderedItems.OrderBy(item => item.Priority).Select(item => item.Element)];

    public void Take(ulong hash, Purchases purchases)
    {
        if (purchases.IsCollecting)
        {
            Collecting++;
            return;
        }

        Buyers++;
        Repeaters += purchases.Count > 1 ? 1 : 0;
        if (_sample.Count < max)
        {
            _sample.Enqueue(purchases, Mixed(hash));
        }
        else
        {
            _sample.EnqueueDequeue(purchases, Mixed(hash));
        }
    }

    /// <summary>Partitions are made from the hash itself.</summary>
    private static ulong Mixed(ulong hash)
    {
        hash = (hash ^ (hash >> 31)) * 0x9E3779B97F4A7C15;
        return hash ^ (hash >> 29);
    }
}
