using System.Text;

namespace Triggers.Engine.Records;

/// <summary>
/// Encoded records on their way into the log, each with its customer's hash, in the order they must keep per customer.
/// One writer fills it, the log copies it; dispose returns its buffer.
/// </summary>
public sealed class RecordBatch : IDisposable
{
    private readonly ByteWriter _bytes;
    private readonly List<Entry> _entries = [];

    public RecordBatch(int capacityBytes = 4096) => _bytes = new ByteWriter(capacityBytes);

    /// <summary>Where one record lies in <see cref="Bytes"/>. A fact names its partition, since it has no customer.</summary>
    public readonly record struct Entry(ulong CustomerHash, int Start, int Length, int FactPartition);

    public int Count => _entries.Count;

    public int ByteCount => _bytes.Length;

    public ReadOnlySpan<byte> Bytes => _bytes.Written;

    public ReadOnlySpan<Entry> Entries => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_entries);

    /// <summary>Every field of an event as the wire gave it; spans must stay valid during the call only.</summary>
    public void AddEvent(
        ReadOnlySpan<byte> key,
        EventType type,
        RecordFlags flags,
        long occurredAt,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> messageId,
        ReadOnlySpan<byte> otherId,
        ReadOnlySpan<byte> source,
        ReadOnlySpan<byte> body,
        ReadOnlySpan<byte> context,
        long originalAt = 0)
    {
        var start = Begin(CustomerKey.HashOf(key), RecordKind.Event, flags, (byte)type, key, out var hash);
        _bytes.ZigZag(occurredAt);
        if ((flags & RecordFlags.Forwarded) != 0)
        {
            _bytes.ZigZag(originalAt);
        }

        _bytes.Text(name);
        _bytes.Text(messageId);
        _bytes.Text(otherId);
        _bytes.Text(source);
        _bytes.Text(body);
        _bytes.Text(context);
        End(start, hash);
    }

    public void AddTimer(ReadOnlySpan<byte> key) => End(Begin(CustomerKey.HashOf(key), RecordKind.Timer, RecordFlags.None, 0, key, out var hash), hash);

    public void AddOutcome(ReadOnlySpan<byte> key, OutcomeKind kind, long occurredAt, ReadOnlySpan<byte> messageId16, string detail)
    {
        var start = Begin(CustomerKey.HashOf(key), RecordKind.Outcome, RecordFlags.None, (byte)kind, key, out var hash);
        _bytes.ZigZag(occurredAt);
        _bytes.Text(messageId16);
        _bytes.Text(detail);
        End(start, hash);
    }

    /// <summary>To <paramref name="key"/>: you are the person whose key is <paramref name="otherKey"/>.</summary>
    public void AddLink(ReadOnlySpan<byte> key, ReadOnlySpan<byte> otherKey, RecordFlags flags = RecordFlags.None)
    {
        var start = Begin(CustomerKey.HashOf(key), RecordKind.Link, flags, 0, key, out var hash);
        _bytes.Text(otherKey);
        End(start, hash);
    }

    /// <summary>To <paramref name="key"/>: absorb the state of <paramref name="absorbedKey"/>.</summary>
    public void AddTakeOver(ReadOnlySpan<byte> key, ReadOnlySpan<byte> absorbedKey, ReadOnlySpan<byte> state, RecordFlags flags = RecordFlags.None)
    {
        var start = Begin(CustomerKey.HashOf(key), RecordKind.TakeOver, flags, 0, key, out var hash);
        _bytes.Text(absorbedKey);
        _bytes.Text(state);
        End(start, hash);
    }

    public void AddCommand(ReadOnlySpan<byte> key, CommandKind kind, string subject)
    {
        var start = Begin(CustomerKey.HashOf(key), RecordKind.Command, RecordFlags.None, (byte)kind, key, out var hash);
        _bytes.Text(subject);
        End(start, hash);
    }

    /// <summary>To <paramref name="key"/>: what happened before the version came into force, of what it introduced.</summary>
    public void AddFill(ReadOnlySpan<byte> key, int version, ReadOnlySpan<byte> state)
    {
        var start = Begin(CustomerKey.HashOf(key), RecordKind.Fill, RecordFlags.Historical, 0, key, out var hash);
        _bytes.ZigZag(version);
        _bytes.Text(state);
        End(start, hash);
    }

    /// <summary>To <paramref name="key"/>, a group's or a member's; <paramref name="otherKey"/> is that of the other one.</summary>
    /// <param name="revision">Of the traits; from a customer: which one it holds.</param>
    public void AddGroup(ReadOnlySpan<byte> key, GroupKind kind, ReadOnlySpan<byte> otherKey, long occurredAt, long revision, ReadOnlySpan<byte> traits, RecordFlags flags = RecordFlags.None)
    {
        var start = Begin(CustomerKey.HashOf(key), RecordKind.Group, flags, (byte)kind, key, out var hash);
        _bytes.ZigZag(occurredAt);
        _bytes.ZigZag(revision);
        _bytes.Text(otherKey);
        _bytes.Text(traits);
        End(start, hash);
    }

    /// <summary>To <paramref name="key"/>: what models of purchases say of you.</summary>
    /// <param name="isFirst">Nobody was told before: what it finds out triggers nothing by itself.</param>
    public void AddPredicted(ReadOnlySpan<byte> key, ReadOnlySpan<byte> prediction, bool isFirst)
    {
        var start = Begin(CustomerKey.HashOf(key), RecordKind.Predicted, isFirst ? RecordFlags.Historical : RecordFlags.None, 0, key, out var hash);
        _bytes.Text(prediction);
        End(start, hash);
    }

    public void AddFact(int partition, FactKind kind, long number, string subject)
    {
        var start = Begin(0, RecordKind.Fact, RecordFlags.None, (byte)kind, [], out var hash);
        _bytes.ZigZag(number);
        _bytes.Text(subject);
        End(start, hash, partition);
    }

    /// <summary>Appends the records of another batch, in its order.</summary>
    public void AddAll(RecordBatch other) => AddRange(other, 0, other.Count);

    /// <summary>Appends some records of another batch, in its order.</summary>
    public void AddRange(RecordBatch other, int first, int count)
    {
        foreach (var entry in other.Entries.Slice(first, count))
        {
            var start = _bytes.Length;
            _bytes.Bytes(other.Bytes.Slice(entry.Start, entry.Length));
            _entries.Add(entry with { Start = start });
        }
    }

    /// <summary>Appends records of customers that are encoded already.</summary>
    public void AddEncoded(ReadOnlySpan<byte> records)
    {
        while (!records.IsEmpty)
        {
            var length = RecordView.ReadHead(records, out var hash, out _);
            _entries.Add(new Entry(hash, _bytes.Length, length, -1));
            _bytes.Bytes(records[..length]);
            records = records[length..];
        }
    }

    public void Clear()
    {
        _bytes.Clear();
        _entries.Clear();
    }

    public void Dispose() => _bytes.Dispose();

    /// <summary>For tests and tools that hold keys as text.</summary>
    public void AddTrack(CustomerKey key, string name, long occurredAt, string messageId = "", string properties = "{}", string anonymousId = "", RecordFlags flags = RecordFlags.None)
        => AddEvent(
            Encoding.UTF8.GetBytes(key.Text),
            EventType.Track,
            messageId.Length == 0 ? flags | RecordFlags.GeneratedId : flags,
            occurredAt,
            Encoding.UTF8.GetBytes(name),
            Encoding.UTF8.GetBytes(messageId),
            Encoding.UTF8.GetBytes(anonymousId),
            "test"u8,
            Encoding.UTF8.GetBytes(properties),
            []);

    private int Begin(ulong customerHash, RecordKind kind, RecordFlags flags, byte subKind, ReadOnlySpan<byte> key, out ulong hash)
    {
        hash = customerHash;
        var start = _bytes.OpenLength();
        _bytes.UInt64(customerHash);
        _bytes.Byte((byte)kind);
        _bytes.Byte((byte)flags);
        _bytes.Byte(subKind);
        _bytes.Text(key);
        return start;
    }

    private void End(int start, ulong hash, int factPartition = -1)
    {
        _bytes.CloseLength(start);
        _entries.Add(new Entry(hash, start - 4, _bytes.Length - start + 4, factPartition));
    }
}
