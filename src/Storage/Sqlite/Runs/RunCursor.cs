using Triggers.Engine.Records;
using Triggers.Storage.Sqlite.Data;

namespace Triggers.Storage.Sqlite.Runs;

/// <summary>Walks one partition of a run in order, a page in memory at a time.</summary>
internal sealed class RunCursor(ReadPool pool, long run, int partition)
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
        using var lease = pool.Rent();
        using var row = lease.Statement(RunTable.SelectNextPage).Bind(1, run).Bind(2, partition).Bind(3, _pageHash).Bind(4, _pageOffset);
        if (!row.Step())
        {
            return false;
        }

        (_pageHash, _pageOffset, _page) = (row.Int64(0), row.Int64(1), row.Blob(2).ToArray());
        var reader = new SpanReader(_page);
        reader.Byte();
        _left = (int)reader.Varint();
        _position = reader.Position;
        Offset = At = 0;
        return true;
    }
}
