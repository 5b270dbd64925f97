using Triggers.Engine.Records;

namespace Triggers.Storage.Runs;

/// <summary>
/// Some 64 KB of one partition's records, sorted by customer hash and offset, each with its offset and instant. Format: docs/formats/runs.md, golden test.
/// </summary>
internal sealed class RunPage : IDisposable
{
    private const byte Version = 1;
    private readonly ByteWriter _records = new(Limits.RunPageBytes + 4096);
    private readonly ByteWriter _page = new(Limits.RunPageBytes + 4096);
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
        _page.Clear();
        _page.Byte(Version);
        _page.Varint((ulong)Count);
        _page.Bytes(_records.Written);
        return _page.Written;
    }

    public void Dispose()
    {
        _records.Dispose();
        _page.Dispose();
    }

    /// <summary>Unsigned hashes in the order of SQLite's signed integers.</summary>
    public static long Sortable(ulong hash) => (long)(hash ^ 0x8000_0000_0000_0000);

    public static ulong Hash(long sortable) => (ulong)sortable ^ 0x8000_0000_0000_0000;
}

/// <summary>Walks the records of a page.</summary>
internal ref struct RunPageReader
{
    private readonly ReadOnlySpan<byte> _page;
    private int _position;
    private int _left;

    public RunPageReader(ReadOnlySpan<byte> page)
    {
        _page = page;
        var reader = new SpanReader(page);
        var version = reader.Byte();
        if (version != 1)
        {
            throw new InvalidDataException($"A run page of version {version}: it was written by a newer program, or is damaged.");
        }

        _left = (int)reader.Varint();
        _position = reader.Position;
    }

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

        var rest = _page[_position..];
        var reader = new SpanReader(rest);
        Offset += reader.ZigZag();
        At += reader.ZigZag();
        rest = rest[reader.Position..];
        var length = RecordView.ReadHead(rest, out var hash, out _);
        Hash = hash;
        Record = rest[..length];
        _position += reader.Position + length;
        return true;
    }
}
