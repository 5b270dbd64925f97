using Triggers.Engine.Records;

namespace Triggers.Storage.Runs;

/// <summary>Walks one partition of a run in order, a page in memory at a time.</summary>
/// <param name="nextPage">The page behind the one that begins with a (sortable) hash and an offset; null: there is none.</param>
internal sealed class RunCursor(Func<long, long, RunCursor.Page?> nextPage)
{
    private byte[] _page = [];
    private int _position;
    private int _length;
    private int _left;
    private long _pageHash = long.MinValue;
    private long _pageOffset = long.MinValue;

    public ulong Hash { get; private set; }

    public long Offset { get; private set; }

    public long At { get; private set; }

    public ReadOnlySpan<byte> Record => _page.AsSpan(_position - _length, _length);

    public bool Next()
    {
        if (_left == 0 && !LoadPage())
        {
            return false;
        }

        _left--;
        var reader = new SpanReader(_page.AsSpan(_position));
        Offset += reader.ZigZag();
        At += reader.ZigZag();
        _position += reader.Position;
        _length = RecordView.ReadHead(_page.AsSpan(_position), out var hash, out _);
        _position += _length;
        Hash = hash;
        return true;
    }

    private bool LoadPage()
    {
        if (nextPage(_pageHash, _pageOffset) is not { } page)
        {
            return false;
        }

        (_pageHash, _pageOffset, _page) = (page.FirstHash, page.FirstOffset, page.Bytes);
        var reader = new SpanReader(_page);
        reader.Byte();
        _left = (int)reader.Varint();
        _position = reader.Position;
        Offset = At = 0;
        return true;
    }

    public sealed record Page(long FirstHash, long FirstOffset, byte[] Bytes);
}
