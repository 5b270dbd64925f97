using Npgsql;
using Triggers.Storage.Postgres.Data;
using Triggers.Storage.Sqlite.States;

namespace Triggers.Storage.Moving.Steps;

/// <summary>Flushed states, chunk after chunk: of each customer the newest.</summary>
internal sealed class StateStep(SqliteSource source, int sliceBytes) : IMoveStep
{
    private const string SelectChunks = "SELECT Id, Head, Body FROM StateChunks WHERE Id > ?1 ORDER BY Id";

    private const string CopyStates = "COPY customers (partition, hash, key, due, state) FROM STDIN (FORMAT BINARY)";

    private const string Count = """
        UPDATE partitions p SET customers = p.customers + c.count
        FROM (SELECT partition, count(*) FROM unnest($1::smallint[]) AS m (partition) GROUP BY partition) c WHERE p.partition = c.partition
        """;

    public string Name => "states";

    public IEnumerable<Slice> Read(string position)
    {
        var id = Slice.Numbers(position) is [var last] ? last : 0;
        while (true)
        {
            var states = new List<MovedState>();
            var next = ReadChunks(id, sliceBytes, states);
            if (next == id)
            {
                yield break;
            }

            id = next;
            yield return new Slice(Slice.PositionOf(id), states.Count, [], connection => WriteAsync(connection, states));
        }
    }

    /// <summary>The newest states in some chunks behind one; returns the last chunk's number.</summary>
    private long ReadChunks(long after, int bytesMax, List<MovedState> into)
    {
        var slots = new List<StateSlot>();
        using var lease = source.Pool.Rent();
        using var row = lease.Statement(SelectChunks).Bind(1, after);
        for (var bytes = 0; bytes < bytesMax && row.Step();)
        {
            after = row.Int64(0);
            var body = row.Blob(2);
            bytes += body.Length + row.Blob(1).Length;
            StateChunk.ReadHead(row.Blob(1), slots);
            for (var i = 0; i < slots.Count; i++)
            {
                var slot = slots[i];
                if (slot.Length > 0 && source.State.Customers.TryPlace(slot.Partition, slot.Hash, slot.Check, out var place) && place.Slot == i && source.State.Customers.Chunks.IdOf(place.Handle) == after)
                {
                    into.Add(new MovedState(slot.Partition, slot.Hash, slot.Due, body.Slice(slot.Start, slot.Length).ToArray()));
                }
            }
        }

        return after;
    }

    /// <summary>All of them, for who compares.</summary>
    public IEnumerable<MovedState> ReadAll()
    {
        long id = 0;
        while (true)
        {
            var states = new List<MovedState>();
            var next = ReadChunks(id, sliceBytes, states);
            if (next == id)
            {
                yield break;
            }

            id = next;
            foreach (var state in states)
            {
                yield return state;
            }
        }
    }

    private static async Task WriteAsync(NpgsqlConnection connection, List<MovedState> states)
    {
        await Slice.CopyAsync(
            connection, CopyStates,
            states.Select(each => new object?[] { (short)each.Partition, Parameters.Sortable(each.Hash), StateChunk.KeyOf(each.State).ToArray(), each.Due, each.State })).ConfigureAwait(false);
        await new Statements().Add(Count, [states.ConvertAll(each => (short)each.Partition).ToArray()]).RunAsync(connection).ConfigureAwait(false);
    }
}

internal sealed record MovedState(int Partition, ulong Hash, long Due, byte[] State);
