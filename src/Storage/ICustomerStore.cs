namespace Triggers.Storage;

/// <summary>Flushed customer states. Which are where is held in memory (at most 64 bytes a customer); the states are on disk.</summary>
public interface ICustomerStore
{
    /// <summary>Customers with a flushed state, all partitions.</summary>
    long Count { get; }

    /// <summary>Reading is a round trip: whoever needs several customers asks for them together.</summary>
    bool IsFar { get; }

    /// <summary>The flushed state of a customer (key compared, not only the hash), or false.</summary>
    bool TryLoad(int partition, ulong customerHash, ReadOnlySpan<byte> key, out ReadOnlyMemory<byte> state);

    /// <summary>The flushed states of several customers of a partition, in the order asked for; empty: unknown. One round trip, however many.</summary>
    ValueTask<ReadOnlyMemory<byte>[]> LoadAsync(int partition, IReadOnlyList<CustomerAddress> customers);

    /// <summary>Hash and next due instant (ms; long.MaxValue: none) of every flushed customer of a partition: fills the timers at start.</summary>
    void VisitDues(int partition, Action<ulong, long> visit);

    /// <summary>The flushed state by hash alone, for a timer that knows no key; several where hashes collide.</summary>
    IReadOnlyList<ReadOnlyMemory<byte>> LoadByHash(int partition, ulong customerHash);

    /// <summary>Flushed states of a partition with hash above <paramref name="afterHash"/> (null: from the start), ascending by hash: pages of lists and walks.</summary>
    IEnumerable<(ulong Hash, ReadOnlyMemory<byte> State)> Scan(int partition, ulong? afterHash);

    /// <summary>
    /// Hands over flushed states of some partitions, those flushed last first, until the visitor wants no more: read in the order of the disk, so that memory can be filled before a long
    /// replay. The bytes are valid during the call only.
    /// </summary>
    void VisitNewest(IReadOnlySet<int> partitions, Func<int, ReadOnlyMemory<byte>, bool> visit);
}

/// <summary>What a store finds a customer by, within a partition.</summary>
public readonly record struct CustomerAddress(ulong Hash, byte[] Key);
