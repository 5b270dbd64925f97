using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Writing;
using Triggers.Storage.Upkeep;

namespace Triggers.Storage.Sqlite.States;

/// <summary>Copies the living states out of chunks that are mostly dead, or small, into new ones.</summary>
internal sealed class StateCompaction(StoreWriter writer, StoreState state, ReadPool pool) : IUpkeep
{
    private const string SelectChunk = "SELECT Head, Body FROM StateChunks WHERE Id = ?1";

    public string Name => "compaction of states";

    public async Task<bool> StepAsync(CancellationToken cancellation)
    {
        var chunks = state.Customers.Chunks.FindSparse(Limits.ChunksCompactedAtOnce, Limits.SmallChunksToMerge);
        if (chunks.Count == 0)
        {
            return false;
        }

        await CompactAsync(chunks).ConfigureAwait(false);
        return true;
    }

    /// <summary>Rewrites chunks so that nothing dead is left of them. Oldest first.</summary>
    public async Task CompactAsync(List<(int Handle, long Id)> chunks)
    {
        var read = chunks.ConvertAll(Read);
        await writer.RunInBackground(transaction => Rewrite(transaction, read)).ConfigureAwait(false);
    }

    private bool Rewrite(WriteTransaction transaction, List<(int Handle, List<StateSlot> Slots, byte[] Body)> chunks)
    {
        foreach (var (handle, slots, body) in chunks)
        {
            for (var i = 0; i < slots.Count; i++)
            {
                Keep(transaction, slots[i], new StatePlace(handle, (ushort)i), body);
            }

            transaction.States.Drop(handle);
        }

        return true;
    }

    /// <summary>The newest state of a customer moves. A tombstone moves too, lest an older state in another chunk comes to life, unless the customer came back.</summary>
    private void Keep(WriteTransaction transaction, in StateSlot slot, StatePlace place, byte[] body)
    {
        var lives = state.Customers.TryPlace(slot.Partition, slot.Hash, slot.Check, out var newest);
        if (slot.Length == 0 ? !lives : lives && newest == place)
        {
            transaction.States.Add(slot.Partition, slot.Hash, slot.Check, slot.Due, body.AsSpan(slot.Start, slot.Length));
        }
    }

    private (int Handle, List<StateSlot> Slots, byte[] Body) Read((int Handle, long Id) chunk)
    {
        using var lease = pool.Rent();
        using var row = lease.Statement(SelectChunk).Bind(1, chunk.Id);
        if (!row.Step())
        {
            throw new InvalidDataException($"The state chunk {chunk.Id} is missing: the store is damaged.");
        }

        var slots = new List<StateSlot>();
        StateChunk.ReadHead(row.Blob(0), slots);
        return (chunk.Handle, slots, row.Blob(1).ToArray());
    }
}
