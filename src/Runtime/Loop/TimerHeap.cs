using Triggers.Engine.Scoring;

namespace Triggers.Runtime.Loop;

/// <summary>One partition's armed timers, earliest first, 12 bytes each. An entry may have become too early; whoever pops it looks at the due instant again.</summary>
internal sealed class TimerHeap
{
    private uint[] _dues = new uint[64];
    private ulong[] _hashes = new ulong[64];

    public int Count { get; private set; }

    /// <summary>The earliest instant, <see cref="long.MaxValue"/> if there is none.</summary>
    public long Next => Count == 0 ? long.MaxValue : Instants.Unpack(_dues[0]);

    /// <summary>Entries whose instant has come, counted to a limit. From any thread: while the heap moves it is about right.</summary>
    public int CountDue(long now, int limit)
    {
        var dues = Volatile.Read(ref _dues);
        var count = Math.Min(Count, dues.Length);
        var due = 0;
        var places = new Stack<int>();
        places.Push(0);
        while (due < limit && places.TryPop(out var place))
        {
            if (place < count && Instants.Unpack(dues[place]) <= now)
            {
                due++;
                places.Push((place * 2) + 1);
                places.Push((place * 2) + 2);
            }
        }

        return due;
    }

    public void Push(long due, ulong hash)
    {
        var second = Instants.Pack(due);
        if (Count == _dues.Length)
        {
            // By a quarter: every customer has an entry, so what is spare here is paid for all of them.
            var size = Count + (Count / 4);
            Array.Resize(ref _dues, size);
            Array.Resize(ref _hashes, size);
        }

        var index = Count++;
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (_dues[parent] <= second)
            {
                break;
            }

            _dues[index] = _dues[parent];
            _hashes[index] = _hashes[parent];
            index = parent;
        }

        _dues[index] = second;
        _hashes[index] = hash;
    }

    public (long Due, ulong Hash) Pop()
    {
        var first = (Instants.Unpack(_dues[0]), _hashes[0]);
        Count--;
        var due = _dues[Count];
        var hash = _hashes[Count];
        var index = 0;
        while (true)
        {
            var child = (index * 2) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && _dues[child + 1] < _dues[child])
            {
                child++;
            }

            if (_dues[child] >= due)
            {
                break;
            }

            _dues[index] = _dues[child];
            _hashes[index] = _hashes[child];
            index = child;
        }

        _dues[index] = due;
        _hashes[index] = hash;
        return first;
    }

    public void Clear()
    {
        Count = 0;
        _dues = new uint[64];
        _hashes = new ulong[64];
    }
}
