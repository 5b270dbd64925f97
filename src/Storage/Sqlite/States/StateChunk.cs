using Triggers.Engine.Records;
using Triggers.Engine.Text;

namespace Triggers.Storage.Sqlite.States;

/// <summary>
/// Some 64 KB of flushed states of any partitions, written once: a head that says which customers lie where, and a body with their states. A later
/// chunk (and within one, a later slot) holds the newer state. Format: docs/formats/state.md, golden test.
/// </summary>
internal sealed class StateChunk : IDisposable
{
    private const byte Version = 1;
    private readonly ByteWriter _head = new(4096);
    private readonly ByteWriter _slots = new(4096);
    private readonly ByteWriter _body = new(Limits.ChunkBytes);

    public int Count { get; private set; }

    public int Bytes => _body.Length + _slots.Length;

    public bool IsFull => Bytes >= Limits.ChunkBytes || Count >= Limits.ChunkSlots;

    public ReadOnlySpan<byte> Body => _body.Written;

    public void Clear()
    {
        _slots.Clear();
        _body.Clear();
        Count = 0;
    }

    /// <summary>Adds a state (empty: a tombstone) and returns its slot.</summary>
    public ushort Add(int partition, ulong hash, ushort check, long due, ReadOnlySpan<byte> state)
    {
        _slots.Varint((ulong)partition);
        _slots.UInt64(hash);
        _slots.Byte((byte)check);
        _slots.Byte((byte)(check >> 8));
        _slots.Varint(due == long.MaxValue ? 0 : (ulong)Math.Max(due, 0) + 1);
        _slots.Varint((ulong)state.Length);
        _body.Bytes(state);
        return (ushort)Count++;
    }

    public ReadOnlySpan<byte> EncodeHead()
    {
        _head.Clear();
        _head.Byte(Version);
        _head.Varint((ulong)Count);
        _head.Bytes(_slots.Written);
        return _head.Written;
    }

    public static void ReadHead(ReadOnlySpan<byte> head, List<StateSlot> slots)
    {
        slots.Clear();
        var reader = Begin(head, out var count);
        var start = 0;
        for (var i = 0; i < count; i++)
        {
            var slot = ReadSlot(ref reader, start);
            slots.Add(slot);
            start += slot.Length;
        }
    }

    /// <summary>False: the chunk has no such slot.</summary>
    public static bool TryFindSlot(ReadOnlySpan<byte> head, int slot, out StateSlot found)
    {
        found = default;
        var reader = Begin(head, out var count);
        if (slot >= count)
        {
            return false;
        }

        var start = 0;
        for (var i = 0; i <= slot; i++)
        {
            found = ReadSlot(ref reader, start);
            start += found.Length;
        }

        return true;
    }

    public static ushort CheckOf(ReadOnlySpan<byte> key, ulong seed)
    {
        var hash = Hash64.Of(key, seed);
        var check = (ushort)(hash ^ (hash >> 16) ^ (hash >> 32) ^ (hash >> 48));
        return check == 0 ? (ushort)1 : check;
    }

    /// <summary>The customer key that a state begins with.</summary>
    public static ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> state) => new SpanReader(state).Text();

    public void Dispose()
    {
        _head.Dispose();
        _slots.Dispose();
        _body.Dispose();
    }

    private static SpanReader Begin(ReadOnlySpan<byte> head, out int count)
    {
        var reader = new SpanReader(head);
        var version = reader.Byte();
        if (version != Version)
        {
            throw new InvalidDataException($"A state chunk of version {version}: it was written by a newer program, or is damaged.");
        }

        count = (int)reader.Varint();
        return reader;
    }

    private static StateSlot ReadSlot(ref SpanReader reader, int start)
    {
        var partition = (int)reader.Varint();
        var hash = reader.UInt64();
        var check = (ushort)(reader.Byte() | (reader.Byte() << 8));
        var due = reader.Varint();
        return new StateSlot(partition, hash, check, due == 0 ? long.MaxValue : (long)(due - 1), start, (int)reader.Varint());
    }
}
