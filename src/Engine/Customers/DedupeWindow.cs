namespace Triggers.Engine.Customers;

/// <summary>Hashes of the message ids of the last 24 h (on <c>at</c>), in order of arrival; the search is vectorised.</summary>
internal struct DedupeWindow
{
    private ulong[] _ids;
    private long[] _ats;
    private int _start;
    private int _end;

    public static readonly DedupeWindow Empty = new() { _ids = [], _ats = [] };

    /// <summary>Takes the arrays as they are: oldest first.</summary>
    public static DedupeWindow Of(ulong[] ids, long[] ats) => new() { _ids = ids, _ats = ats, _end = ids.Length };

    public readonly ReadOnlySpan<ulong> Ids => _ids.AsSpan(_start, _end - _start);

    public readonly ReadOnlySpan<long> Ats => _ats.AsSpan(_start, _end - _start);

    public readonly int Bytes => _ids.Length * 16;

    public readonly bool Contains(ulong id) => Ids.Contains(id);

    /// <summary>Forgets what is older than the window; an empty one holds no memory.</summary>
    public void Trim(long at)
    {
        while (_start < _end && _ats[_start] <= at - Limits.DedupeMs)
        {
            _start++;
        }

        if (_start == _end && _ids.Length > 0)
        {
            this = Empty;
        }
    }

    public void Add(ulong id, long at)
    {
        if (_end - _start == Limits.DedupeIdsMax)
        {
            _start++;
        }

        if (_end == _ids.Length)
        {
            var length = _end - _start;
            var capacity = _start > _ids.Length / 2 ? _ids.Length : Math.Max(4, _ids.Length * 2);
            var (ids, ats) = (new ulong[capacity], new long[capacity]);
            Ids.CopyTo(ids);
            Ats.CopyTo(ats);
            (_ids, _ats, _start, _end) = (ids, ats, 0, length);
        }

        _ids[_end] = id;
        _ats[_end++] = at;
    }

    /// <summary>Both windows' ids, by age.</summary>
    public void Unite(in DedupeWindow other)
    {
        var (mine, united) = (this, Empty);
        var (i, j) = (0, 0);
        while (i < mine.Ids.Length || j < other.Ids.Length)
        {
            var takeMine = j == other.Ids.Length || (i < mine.Ids.Length && mine.Ats[i] <= other.Ats[j]);
            var (id, at) = takeMine ? (mine.Ids[i], mine.Ats[i++]) : (other.Ids[j], other.Ats[j++]);
            if (!united.Contains(id))
            {
                united.Add(id, at);
            }
        }

        this = united;
    }
}
