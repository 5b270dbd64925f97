using Triggers.Engine.Segments;
using Triggers.Engine.Segments.Keepings;

namespace Triggers.Engine.Programs.Conditions;

/// <summary>Room for one search for a chain: instants by value, those of one value, and what was found of a step.</summary>
internal sealed class ChainScratch
{
    /// <summary>Steps, what must not follow, and what must not lie between.</summary>
    private const int RolesMax = Limits.SequenceStepsMax + 2;

    private readonly Item[][] _items = [.. Enumerable.Repeat(Array.Empty<Item>(), RolesMax)];
    private readonly int[] _counts = new int[RolesMax];
    private readonly int[] _cursors = new int[RolesMax];
    private readonly long[][] _times = [.. Enumerable.Repeat(Array.Empty<long>(), RolesMax)];
    private readonly int[] _lengths = new int[RolesMax];
    private long[] _found = [], _next = [];

    public ReadOnlySpan<long> Times(int role) => _times[role].AsSpan(0, _lengths[role]);

    public long[] Found(int length) => Room(ref _found, length);

    public long[] Next(int length) => Room(ref _next, length);

    /// <summary>Takes in what is kept of a role, after an instant, and orders it by value.</summary>
    public void Gather(int role, scoped in WindowView view, long after)
    {
        ref var items = ref _items[role];
        items = items.Length < view.Places ? new Item[Math.Max(view.Places, 64)] : items;
        var count = 0;
        for (var at = 0; at < view.Places; at++)
        {
            if (view.TimeAt(at) > after)
            {
                items[count++] = new Item(view.SumAt(at), view.TimeAt(at));
            }
        }

        items.AsSpan(0, count).Sort();
        _counts[role] = count;
    }

    public void Rewind() => Array.Clear(_cursors);

    /// <summary>The next value that the first step had; false: there is none.</summary>
    public bool TryNextKey(out long key)
    {
        ref var at = ref _cursors[0];
        var items = _items[0];
        while (at < _counts[0] && items[at].Key == EachKeeping.NoValue)
        {
            at++;
        }

        key = at < _counts[0] ? items[at].Key : 0;
        return at < _counts[0];
    }

    /// <summary>Chooses the instants of one value; values are asked for in ascending order.</summary>
    /// <param name="withNoValue">Also of those events that had none.</param>
    public void Select(int role, long key, bool withNoValue)
    {
        ref var at = ref _cursors[role];
        var items = _items[role].AsSpan(0, _counts[role]);
        while (at < items.Length && items[at].Key < key)
        {
            at++;
        }

        var times = Room(ref _times[role], items.Length);
        var (length, other) = (0, 0);
        while (at < items.Length && items[at].Key == key)
        {
            for (; withNoValue && items[other].Key == EachKeeping.NoValue && items[other].Time <= items[at].Time; other++)
            {
                times[length++] = items[other].Time;
            }

            times[length++] = items[at++].Time;
        }

        for (; withNoValue && other < items.Length && items[other].Key == EachKeeping.NoValue; other++)
        {
            times[length++] = items[other].Time;
        }

        _lengths[role] = length;
    }

    private static long[] Room(ref long[] array, int length) => array.Length >= length ? array : array = new long[Math.Max(length, 64)];

    private readonly record struct Item(long Key, long Time) : IComparable<Item>
    {
        public int CompareTo(Item other) => Key != other.Key ? Key.CompareTo(other.Key) : Time.CompareTo(other.Time);
    }
}
