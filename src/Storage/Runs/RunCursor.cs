using Triggers.Engine.Records;
using Triggers.Storage.Blocks;

namespace Triggers.Storage.Runs;

/// <summary>Walks one partition of a run in order, a page in memory at a time.</summary>
/// <param name="nextPage">The page behind the one that begins with a (sortable) hash and an offset; null: there is none.</param>
/// <param name="damaged">What to throw of a page that cannot be what was written; null: as it is.</param>
internal sealed class RunCursor(Func<long, long, RunCursor.Page?> nextPage, Func<InvalidDataException, Exception>? damaged = null)
{
    /// <summary>Where the records are: the page itself, or what it was unpacked to.</summary>
    private byte[] _records = [];
    private byte[] _unpacked = [];
    private int _position;
    private int _end;
    private int _length;
    private int _left;
    private long _pageHash = long.MinValue;
    private long _pageOffset = long.MinValue;

    public ulong Hash { get; private set; }

    public long Offset { get; private set; }

    public long At { get; private set; }

    public ReadOnlySpan<byte> Record => _records.AsSpan(_position - _length, _length);

    public bool Next()
    {
        try
        {
            return ReadNext();
        }
        catch (InvalidDataException error) when (damaged is not null)
        {
            throw damaged(error);
        }
    }

    private bool ReadNext()
    {
        if (_left == 0 && !LoadPage())
        {
            return false;
        }

        _left--;
        var rest = _records.AsSpan(_position.._end);
        var reader = new SpanReader(rest);
        Offset += reader.ZigZag();
        At += reader.ZigZag();
        _length = CheckedRecord.Read(rest[reader.Position..], out var hash, out _);
        _position += reader.Position + _length;
        Hash = hash;
        return true;
    }

    private bool LoadPage()
    {
        if (nextPage(_pageHash, _pageOffset) is not { } page)
        {
            return false;
        }

        var head = RunPage.ReadHead(page.Bytes);
        if (head.IsPacked)
        {
            _unpacked = _unpacked.Length < head.Unpacked ? new byte[head.Unpacked] : _unpacked;
            RunPage.Unpack(page.Bytes, in head, _unpacked);
        }

        (_pageHash, _pageOffset) = (page.FirstHash, page.FirstOffset);
        (_records, _position, _end, _left) = head.IsPacked ? (_unpacked, 0, head.Unpacked, head.Count) : (page.Bytes, head.Start, head.End, head.Count);
        Offset = At = 0;
        return true;
    }

    public sealed record Page(long FirstHash, long FirstOffset, byte[] Bytes);
}
