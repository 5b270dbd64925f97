using Triggers.Engine.Records;
using Triggers.Storage.Blocks;
using Triggers.Storage.Commits;

namespace Triggers.Storage.Sqlite.Writing;

/// <summary>
/// What the commits of one transaction moved, as one compact row: cursors, floors, counters, search entries. Rows not folded into the tables yet are
/// applied again at open. Format: docs/formats/log.md, golden test.
/// </summary>
internal sealed class CommitRow : IDisposable
{
    /// <summary>Version 1 had a checksum of each advance in a way that is not compared any more, version 2 no check of the row.</summary>
    private const byte Version = 3, VersionWithoutCheck = 2, VersionOfAdvanceChecksums = 1;
    private const byte HasEmail = 1, HasName = 2, IsGone = 4;
    private readonly ByteWriter _advances = new(1024);
    private readonly ByteWriter _floors = new(256);
    private readonly ByteWriter _indexed = new(256);
    private readonly ByteWriter _row = new(2048);
    private readonly Dictionary<int, long> _counters = [];
    private int _advanceCount, _floorCount, _indexedCount;

    public bool IsEmpty => _advanceCount + _floorCount + _indexedCount + _counters.Count == 0;

    public IReadOnlyDictionary<int, long> Counters => _counters;

    public void Clear()
    {
        _advances.Clear();
        _floors.Clear();
        _indexed.Clear();
        _counters.Clear();
        _advanceCount = _floorCount = _indexedCount = 0;
    }

    /// <param name="checksums">Of each record; or empty.</param>
    public void Advance(in PartitionAdvance advance, ReadOnlySpan<byte> checksums)
    {
        _advanceCount++;
        _advances.Varint((ulong)advance.Partition);
        _advances.Varint((ulong)advance.Epoch);
        _advances.Varint((ulong)advance.From);
        _advances.Varint(((ulong)advance.Records << 1) | (checksums.IsEmpty ? 0u : 1u));
        _advances.Bytes(checksums);
    }

    public void Floor(int partition, long floor, ReadOnlySpan<byte> state)
    {
        _floorCount++;
        _floors.Varint((ulong)partition);
        _floors.Varint((ulong)floor);
        _floors.Text(state);
    }

    public void Count(int counter, long delta)
    {
        ref var total = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_counters, counter, out _);
        total += delta;
    }

    /// <param name="customer">Null: the customer leaves the search index.</param>
    public void Index(string key, IndexedCustomer? customer)
    {
        _indexedCount++;
        _indexed.Text(key);
        _indexed.Byte((byte)((customer?.Email is null ? 0 : HasEmail) | (customer?.Name is null ? 0 : HasName) | (customer is null ? IsGone : 0)));
        _indexed.Text(customer?.Email ?? "");
        _indexed.Text(customer?.Name ?? "");
    }

    /// <summary>The row's bytes, valid until the next change.</summary>
    public ReadOnlySpan<byte> Encode()
    {
        _row.Clear();
        if (IsEmpty)
        {
            return [];
        }

        _row.Byte(Version);
        _row.Varint((ulong)_advanceCount);
        _row.Bytes(_advances.Written);
        _row.Varint((ulong)_floorCount);
        _row.Bytes(_floors.Written);
        _row.Varint((ulong)_counters.Count);
        foreach (var (id, delta) in _counters)
        {
            _row.Varint((ulong)id);
            _row.ZigZag(delta);
        }

        _row.Varint((ulong)_indexedCount);
        _row.Bytes(_indexed.Written);
        ByteCheck.Append(_row);
        return _row.Written;
    }

    /// <summary>Applies a row read at open.</summary>
    public static void Replay(ReadOnlySpan<byte> row, PartitionState[] partitions, Action<int, long> count, Action<string, IndexedCustomer?> index)
    {
        if (row.IsEmpty)
        {
            return;
        }

        var reader = Begin(row, out var version);
        for (var left = reader.Varint(); left > 0; left--)
        {
            var advance = ReadAdvance(ref reader, version, out _);
            ref var partition = ref At(partitions, advance.Partition);
            partition.Epoch = advance.Epoch;
            partition.Cursor = advance.To;
        }

        for (var left = reader.Varint(); left > 0; left--)
        {
            ref var partition = ref At(partitions, (int)reader.Varint());
            partition.Floor = (long)reader.Varint();
            partition.FloorState = reader.Text().ToArray();
        }

        for (var left = reader.Varint(); left > 0; left--)
        {
            var id = (int)reader.Varint();
            count(id, reader.ZigZag());
        }

        for (var left = reader.Varint(); left > 0; left--)
        {
            var key = Text(ref reader);
            var has = reader.Byte();
            var email = Text(ref reader);
            var name = Text(ref reader);
            index(key, (has & IsGone) != 0 ? null : new IndexedCustomer(key, (has & HasEmail) != 0 ? email : null, (has & HasName) != 0 ? name : null));
        }
    }

    public static void VisitChecksums(ReadOnlySpan<byte> row, ChecksumVisitor visit)
    {
        if (row.IsEmpty)
        {
            return;
        }

        var reader = Begin(row, out var version);
        for (var left = reader.Varint(); left > 0; left--)
        {
            var advance = ReadAdvance(ref reader, version, out var checksums);
            if (!checksums.IsEmpty)
            {
                visit(advance.Partition, advance.From, checksums);
            }
        }
    }

    /// <summary>A folded row without all that may name a customer: only the advances are left.</summary>
    public static byte[] Anonymize(ReadOnlySpan<byte> row)
    {
        var reader = Begin(row, out var version);
        for (var left = reader.Varint(); left > 0; left--)
        {
            ReadAdvance(ref reader, version, out _);
        }

        // No floors, no counters, no search entries.
        using var anonymous = new ByteWriter(reader.Position + 16);
        anonymous.Bytes(row[..reader.Position]);
        anonymous.Bytes([0, 0, 0]);
        if (version == Version)
        {
            ByteCheck.Append(anonymous);
        }

        return anonymous.Written.ToArray();
    }

    public void Dispose()
    {
        _advances.Dispose();
        _floors.Dispose();
        _indexed.Dispose();
        _row.Dispose();
    }

    private static ref PartitionState At(PartitionState[] partitions, int partition)
    {
        if ((uint)partition >= (uint)partitions.Length)
        {
            throw new InvalidDataException($"A commit row of partition {partition} in a store of {partitions.Length}: the log is damaged.");
        }

        return ref partitions[partition];
    }

    private static SpanReader Begin(ReadOnlySpan<byte> row, out byte version)
    {
        version = new SpanReader(row).Byte();
        if (version is not (Version or VersionWithoutCheck or VersionOfAdvanceChecksums))
        {
            throw new InvalidDataException($"A commit row of version {version}: the log was written by a newer program, or is damaged.");
        }

        var reader = new SpanReader(version == Version ? ByteCheck.Strip(row, "A commit row") : row);
        reader.Byte();
        return reader;
    }

    private static PartitionAdvance ReadAdvance(ref SpanReader reader, byte version, out ReadOnlySpan<byte> checksums)
    {
        var partition = (int)reader.Varint();
        var epoch = (long)reader.Varint();
        var from = (long)reader.Varint();
        var records = reader.Varint();
        if (version == VersionOfAdvanceChecksums)
        {
            reader.UInt64();
            checksums = [];
            return new PartitionAdvance(partition, epoch, from, from + (long)records);
        }

        var advance = new PartitionAdvance(partition, epoch, from, from + (long)(records >> 1));
        checksums = (records & 1) == 0 ? [] : reader.Take(advance.Records * PartitionAdvance.ChecksumBytes);
        return advance;
    }

    private static string Text(ref SpanReader reader) => System.Text.Encoding.UTF8.GetString(reader.Text());
}
