using System.Buffers.Binary;
using Triggers.Storage.Sqlite.Data;

namespace Triggers.Storage.Sqlite.States;

/// <summary>Flushed states: the index in memory, the chunks on disk.</summary>
internal sealed class SqliteCustomerStore : ICustomerStore
{
    private const string SelectHeads = "SELECT Id, Head FROM StateChunks ORDER BY Id";
    private const string SelectNewest = "SELECT Id, Head, Body FROM StateChunks ORDER BY Id DESC";
    private const string SelectChunk = "SELECT Head, Body FROM StateChunks WHERE Id = ?";
    private readonly StateIndex[] _indexes;
    private readonly ReadPool _pool;
    private long _count;

    public SqliteCustomerStore(int partitions, ReadOnlySpan<byte> secret, ReadPool pool)
    {
        _indexes = new StateIndex[partitions];
        for (var partition = 0; partition < partitions; partition++)
        {
            _indexes[partition] = new StateIndex();
        }

        CheckSeed = BinaryPrimitives.ReadUInt64LittleEndian(secret);
        _pool = pool;
    }

    public long Count => Interlocked.Read(ref _count);

    public ChunkTable Chunks { get; } = new();

    public long LastChunkId { get; set; }

    public ulong CheckSeed { get; }

    /// <summary>Rebuilds the index from the heads of all chunks, oldest first.</summary>
    public void Load(SqliteDatabase database)
    {
        var slots = new List<StateSlot>();
        using var statement = database.Statement(SelectHeads);
        while (statement.Step())
        {
            LastChunkId = statement.Int64(0);
            StateChunk.ReadHead(statement.Blob(1), slots);
            var handle = Chunks.Add(LastChunkId, slots.Count, slots.Count == 0 ? 0 : slots[^1].Start + slots[^1].Length);
            for (var i = 0; i < slots.Count; i++)
            {
                Put(slots[i], new StatePlace(handle, (ushort)i));
            }
        }
    }

    /// <summary>A slot was written: it is the newest of its customer. A tombstone counts as live, since it keeps older states dead.</summary>
    public void Put(in StateSlot slot, StatePlace place)
    {
        var index = _indexes[slot.Partition];
        int old;
        lock (index.Gate)
        {
            old = slot.Length == 0 ? index.Remove(slot.Hash, slot.Check) : index.Set(slot.Hash, slot.Check, place, slot.Due);
        }

        Chunks.AddLive(place.Handle, 1);
        if (old != 0)
        {
            Chunks.AddLive(old, -1);
        }

        Interlocked.Add(ref _count, slot.Length == 0 ? (old != 0 ? -1 : 0) : (old != 0 ? 0 : 1));
    }

    public bool TryPlace(int partition, ulong hash, ushort check, out StatePlace place)
    {
        var index = _indexes[partition];
        lock (index.Gate)
        {
            return index.TryFind(hash, check, out place);
        }
    }

    public bool IsFar => false;

    /// <summary>The checks of all customers of one hash.</summary>
    public List<(ushort Check, StatePlace Place)> Places(int partition, ulong hash)
    {
        var places = new List<(ushort Check, StatePlace Place)>(1);
        var index = _indexes[partition];
        lock (index.Gate)
        {
            index.FindAll(hash, places);
        }

        return places;
    }

    public bool TryLoad(int partition, ulong customerHash, ReadOnlySpan<byte> key, out ReadOnlyMemory<byte> state)
    {
        var check = StateChunk.CheckOf(key, CheckSeed);
        while (TryPlace(partition, customerHash, check, out var place))
        {
            if (Read(partition, customerHash, check, place) is not { } found)
            {
                // Compacted between the two reads: the index knows the new place by now.
                continue;
            }

            state = found;
            return StateChunk.KeyOf(found).SequenceEqual(key);
        }

        state = default;
        return false;
    }

    public ValueTask<ReadOnlyMemory<byte>[]> LoadAsync(int partition, IReadOnlyList<CustomerAddress> customers)
    {
        var states = new ReadOnlyMemory<byte>[customers.Count];
        for (var index = 0; index < states.Length; index++)
        {
            states[index] = TryLoad(partition, customers[index].Hash, customers[index].Key, out var state) ? state : default;
        }

        return new(states);
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> LoadByHash(int partition, ulong customerHash)
    {
        while (true)
        {
            var states = new List<ReadOnlyMemory<byte>>(1);
            var places = Places(partition, customerHash);
            foreach (var (check, place) in places)
            {
                if (Read(partition, customerHash, check, place) is { } state)
                {
                    states.Add(state);
                }
            }

            if (states.Count == places.Count)
            {
                return states;
            }
        }
    }

    public void VisitDues(int partition, Action<ulong, long> visit)
    {
        var index = _indexes[partition];
        lock (index.Gate)
        {
            index.VisitDues(visit);
        }
    }

    public IEnumerable<(ulong Hash, ReadOnlyMemory<byte> State)> Scan(int partition, ulong? afterHash)
    {
        while (true)
        {
            List<ulong> hashes;
            lock (_indexes[partition].Gate)
            {
                hashes = _indexes[partition].NextHashes(afterHash, Limits.ScanHashes);
            }

            foreach (var hash in hashes)
            {
                foreach (var state in LoadByHash(partition, hash))
                {
                    yield return (hash, state);
                }
            }

            if (hashes.Count == 0)
            {
                yield break;
            }

            afterHash = hashes[^1];
        }
    }

    public void VisitNewest(IReadOnlySet<int> partitions, Func<int, ReadOnlyMemory<byte>, bool> visit)
    {
        var slots = new List<StateSlot>();
        byte[] body = [];
        using var lease = _pool.Rent();
        using var statement = lease.Statement(SelectNewest);
        while (statement.Step())
        {
            var id = statement.Int64(0);
            var isRead = false;
            StateChunk.ReadHead(statement.Blob(1), slots);
            for (var i = 0; i < slots.Count; i++)
            {
                var slot = slots[i];
                if (slot.Length == 0 || !partitions.Contains(slot.Partition)
                    || !TryPlace(slot.Partition, slot.Hash, slot.Check, out var place) || place.Slot != i || Chunks.IdOf(place.Handle) != id)
                {
                    continue;
                }

                if (!isRead)
                {
                    var read = statement.Blob(2);
                    body = body.Length < read.Length ? new byte[read.Length] : body;
                    read.CopyTo(body);
                    isRead = true;
                }

                if (!visit(slot.Partition, body.AsMemory(slot.Start, slot.Length)))
                {
                    return;
                }
            }
        }
    }

    /// <summary>Null: the chunk was compacted away since its place was looked up (its handle may stand for another one by now).</summary>
    private byte[]? Read(int partition, ulong hash, ushort check, StatePlace place)
    {
        var id = Chunks.IdOf(place.Handle);
        using var lease = _pool.Rent();
        using var statement = lease.Statement(SelectChunk).Bind(1, id);
        if (!statement.Step()
            || !StateChunk.TryFindSlot(statement.Blob(0), place.Slot, out var slot)
            || slot.Partition != partition || slot.Hash != hash || slot.Check != check)
        {
            return null;
        }

        return statement.Blob(1).Slice(slot.Start, slot.Length).ToArray();
    }
}
