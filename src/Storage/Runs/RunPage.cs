using System.Buffers;
using K4os.Compression.LZ4;
using Triggers.Engine.Records;
using Triggers.Storage.Blocks;

namespace Triggers.Storage.Runs;

/// <summary>
/// Some 64 KB of one partition's records, sorted by customer hash and offset, each with its offset and instant. Format: docs/formats/runs.md, golden test.
/// </summary>
/// <param name="packs">By LZ4, to about a third, with a check of the bytes; false: for an engine that compresses by itself, or whose other processes may be older.</param>
internal sealed class RunPage(bool packs) : IDisposable
{
    /// <summary>The records as they are, and as one LZ4 block; both with a check at the end.</summary>
    private const byte Plain = 1, Packed = 2, CheckedPlain = 3, CheckedPacked = 4;

    /// <summary>One byte of an LZ4 block stands for fewer than this many.</summary>
    private const int PackingMost = 256;

    private readonly ByteWriter _records = new(Limits.RunPageBytes + 4096);
    private readonly ByteWriter _page = new(Limits.RunPageBytes + 4096);
    private byte[] _packed = [];
    private long _offset, _at;

    public int Count { get; private set; }

    public ulong FirstHash { get; private set; }

    public long FirstOffset { get; private set; }

    public bool IsFull => _records.Length >= Limits.RunPageBytes;

    public void Clear()
    {
        _records.Clear();
        _offset = _at = Count = 0;
    }

    public void Add(ulong hash, long offset, long at, ReadOnlySpan<byte> record)
    {
        if (Count++ == 0)
        {
            FirstHash = hash;
            FirstOffset = offset;
        }

        _records.ZigZag(offset - _offset);
        _records.ZigZag(at - _at);
        _records.Bytes(record);
        _offset = offset;
        _at = at;
    }

    public ReadOnlySpan<byte> Encode()
    {
        var records = _records.Written;
        var packed = packs ? Pack(records) : records;
        _page.Clear();
        _page.Byte(!packs ? Plain : packed.Length < records.Length ? CheckedPacked : CheckedPlain);
        _page.Varint((ulong)Count);
        if (packed.Length < records.Length)
        {
            _page.Varint((ulong)records.Length);
            records = packed;
        }

        _page.Bytes(records);
        if (packs)
        {
            ByteCheck.Append(_page);
        }

        return _page.Written;
    }

    private ReadOnlySpan<byte> Pack(ReadOnlySpan<byte> records)
    {
        var most = LZ4Codec.MaximumOutputSize(records.Length);
        if (_packed.Length < most)
        {
            _packed = new byte[most];
        }

        return _packed.AsSpan(0, LZ4Codec.Encode(records, _packed, LZ4Level.L00_FAST));
    }

    public void Dispose()
    {
        _records.Dispose();
        _page.Dispose();
    }

    public static Head ReadHead(ReadOnlySpan<byte> page)
    {
        var version = new SpanReader(page).Byte();
        if (version is not (Plain or Packed or CheckedPlain or CheckedPacked))
        {
            throw new InvalidDataException($"A run page of version {version}: it was written by a newer program, or is damaged.");
        }

        page = version >= CheckedPlain ? ByteCheck.Strip(page, "A run page") : page;
        var reader = new SpanReader(page);
        reader.Byte();
        var count = reader.Varint();
        var isPacked = version is Packed or CheckedPacked;
        var unpacked = isPacked ? reader.Varint() : 0;
        if (unpacked > (ulong)page.Length * PackingMost || count > Math.Max(unpacked, (ulong)page.Length))
        {
            throw Damaged();
        }

        return new Head((int)count, reader.Position, page.Length, isPacked, (int)unpacked, version != Plain);
    }

    /// <summary>The records of a packed page.</summary>
    /// <param name="into">Room for <see cref="Head.Unpacked"/> bytes.</param>
    public static void Unpack(ReadOnlySpan<byte> page, in Head head, Span<byte> into)
    {
        if (LZ4Codec.Decode(page[head.Start..head.End], into[..head.Unpacked]) != head.Unpacked)
        {
            throw Damaged();
        }
    }

    private static InvalidDataException Damaged() => new("A run page does not unpack: it is damaged.");

    /// <param name="Count">Records.</param>
    /// <param name="Start">Where they begin in the page, packed or not.</param>
    /// <param name="End">Where they end.</param>
    /// <param name="Unpacked">Their bytes, if they are packed.</param>
    /// <param name="Packs">It was written where pages are packed if that makes them smaller.</param>
    public readonly record struct Head(int Count, int Start, int End, bool IsPacked, int Unpacked, bool Packs);

    /// <summary>Unsigned hashes in the order of SQLite's signed integers.</summary>
    public static long Sortable(ulong hash) => (long)(hash ^ 0x8000_0000_0000_0000);

    public static ulong Hash(long sortable) => (ulong)sortable ^ 0x8000_0000_0000_0000;
}

/// <summary>Walks the records of a page.</summary>
internal ref struct RunPageReader
{
    private readonly ReadOnlySpan<byte> _records;
    private readonly byte[]? _unpacked;
    private int _position;
    private int _left;

    public RunPageReader(ReadOnlySpan<byte> page)
    {
        var head = RunPage.ReadHead(page);
        _left = head.Count;
        Packs = head.Packs;
        if (!head.IsPacked)
        {
            _records = page[head.Start..head.End];
            return;
        }

        _unpacked = ArrayPool<byte>.Shared.Rent(head.Unpacked);
        RunPage.Unpack(page, in head, _unpacked);
        _records = _unpacked.AsSpan(0, head.Unpacked);
    }

    /// <summary>As <see cref="RunPage.Head.Packs"/>.</summary>
    public bool Packs { get; }

    public long Offset { get; private set; }

    public long At { get; private set; }

    public ulong Hash { get; private set; }

    public ReadOnlySpan<byte> Record { get; private set; }

    public bool Next()
    {
        if (_left-- <= 0)
        {
            return false;
        }

        var rest = _records[_position..];
        var reader = new SpanReader(rest);
        Offset += reader.ZigZag();
        At += reader.ZigZag();
        rest = rest[reader.Position..];
        var length = CheckedRecord.Read(rest, out var hash, out _);
        Hash = hash;
        Record = rest[..length];
        _position += reader.Position + length;
        return true;
    }

    /// <summary>No record that it gave is to be used any more.</summary>
    public readonly void Dispose()
    {
        if (_unpacked is not null)
        {
            ArrayPool<byte>.Shared.Return(_unpacked);
        }
    }
}
