using System.Text;
using Triggers.Engine.Records;
using Triggers.Storage.Sqlite.Data;

namespace Triggers.Storage.Sqlite.States;

/// <summary>Packs the states of one transaction into chunks, and moves the index when it is durable.</summary>
internal sealed class StateWriter(SqliteDatabase database, SqliteCustomerStore customers) : IDisposable
{
    private const string InsertChunk = "INSERT INTO StateChunks (Id, Head, Body) VALUES (?, ?, ?)";
    private readonly StateChunk _chunk = new();
    private readonly List<(long Id, StateSlot Slot, ushort Number)> _staged = [];
    private readonly List<(long Id, int Slots, int Bytes)> _chunks = [];
    private readonly List<int> _dropped = [];
    private readonly Dictionary<long, int> _handles = [];
    private long _nextId;

    public void Clear()
    {
        _chunk.Clear();
        _staged.Clear();
        _chunks.Clear();
        _dropped.Clear();
        _nextId = customers.LastChunkId + 1;
    }

    public void Add(int partition, in Snapshot snapshot)
    {
        var state = snapshot.State.Span;
        if (state.IsEmpty)
        {
            RemoveHash(partition, snapshot.CustomerHash);
            return;
        }

        Add(partition, snapshot.CustomerHash, StateChunk.CheckOf(StateChunk.KeyOf(state), customers.CheckSeed), snapshot.Due, state);
    }

    public void Add(int partition, ulong hash, ushort check, long due, ReadOnlySpan<byte> state)
    {
        var number = _chunk.Add(partition, hash, check, due, state);
        _staged.Add((_nextId, new StateSlot(partition, hash, check, due, 0, state.Length), number));
        if (_chunk.IsFull)
        {
            Close();
        }
    }

    /// <summary>A customer is gone.</summary>
    public void Remove(int partition, string customerKey)
    {
        var key = Encoding.UTF8.GetBytes(customerKey);
        Add(partition, CustomerKey.HashOf(key), StateChunk.CheckOf(key, customers.CheckSeed), long.MaxValue, []);
    }

    /// <summary>A chunk of which nothing is needed any more leaves with this transaction.</summary>
    public void Drop(int handle) => _dropped.Add(handle);

    /// <summary>Writes the last chunk, then removes the dropped ones: a page freed and used again in one transaction would keep old bytes behind the new ones.</summary>
    public void Finish()
    {
        if (_chunk.Count > 0)
        {
            Close();
        }

        foreach (var handle in _dropped)
        {
            database.Statement("DELETE FROM StateChunks WHERE Id = ?").Bind(1, customers.Chunks.IdOf(handle)).Run();
        }
    }

    public void Publish()
    {
        _handles.Clear();
        foreach (var (id, slots, bytes) in _chunks)
        {
            _handles[id] = customers.Chunks.Add(id, slots, bytes);
            customers.LastChunkId = id;
        }

        foreach (var (id, slot, number) in _staged)
        {
            customers.Put(slot, new StatePlace(_handles[id], number));
        }

        foreach (var handle in _dropped)
        {
            customers.Chunks.Remove(handle);
        }
    }

    public void Dispose() => _chunk.Dispose();

    /// <summary>Gone by hash alone: every customer of that hash that is known here or staged.</summary>
    private void RemoveHash(int partition, ulong hash)
    {
        var checks = new HashSet<ushort>();
        foreach (var (check, _) in customers.Places(partition, hash))
        {
            checks.Add(check);
        }

        foreach (var (_, slot, _) in _staged)
        {
            if (slot.Partition == partition && slot.Hash == hash)
            {
                checks.Add(slot.Check);
            }
        }

        foreach (var check in checks)
        {
            Add(partition, hash, check, long.MaxValue, []);
        }
    }

    private void Close()
    {
        database.Statement(InsertChunk).Bind(1, _nextId).Bind(2, _chunk.EncodeHead()).Bind(3, _chunk.Body).Run();
        _chunks.Add((_nextId, _chunk.Count, _chunk.Body.Length));
        _chunk.Clear();
        _nextId++;
    }
}
