using Triggers.Engine.Customers;
using Triggers.Engine.Expressions;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;
using Triggers.Engine.Segments.Keepings;

namespace Triggers.Engine.Segments;

/// <summary>One behaviour of one customer as a window sees it now.</summary>
internal readonly ref struct WindowView
{
    private readonly ref readonly BehaviourState _state;
    private readonly StateHeap _heap;
    private readonly ReadOnlySpan<long> _times;
    private readonly Window _window;

    /// <summary>Of what lies in the window, ascending.</summary>
    /// <param name="state"><see cref="BehaviourState.None"/>: the customer never did it.</param>
    public WindowView(in BehaviourState state, StateHeap heap, Window window, long boundary, bool isPartial, long partialUntil, long now)
    {
        Now = now;
        _state = ref state;
        _heap = heap;
        _window = window;
        IsPartial = isPartial;
        PartialUntil = partialUntil;
        if (state.Length > 0)
        {
            var times = state.Times(heap)[..state.End];
            _times = times[(window.Kind == WindowKind.Ever ? state.Start : FirstAfter(times, state.Start, boundary))..];
        }
    }

    /// <summary>The behaviour is collecting: part of the window lies before it was first looked for.</summary>
    public bool IsPartial { get; }

    /// <summary>When the whole window has been observed; never, if it has already or never will.</summary>
    public long PartialUntil { get; }

    /// <summary>The customer's clock.</summary>
    public long Now { get; }

    /// <summary>How many places of the state lie in the window.</summary>
    public int Places => _times.Length;

    public bool HasValues => _state.HasValues;

    /// <summary>Some places stand for several events.</summary>
    public bool IsApproximate => _state.HasCounts;

    /// <summary>Of what is kept with each value, more happened than is kept.</summary>
    public bool IsCut => EachKeeping.IsCut(in _state);

    /// <summary>Values beside the instants; empty: the behaviour has none.</summary>
    private ReadOnlySpan<long> Sums => _state.HasValues ? _state.Sums(_heap)[(_state.End - _times.Length).._state.End] : default;

    /// <summary>How many events stand at each place; only where <see cref="IsApproximate"/>.</summary>
    private ReadOnlySpan<long> Counts => _state.Counts(_heap)[(_state.End - _times.Length).._state.End];

    public long Count()
    {
        if (_window.Kind == WindowKind.Ever)
        {
            return _state.Total;
        }

        if (!_state.HasCounts)
        {
            return _times.Length;
        }

        long count = 0;
        foreach (var each in Counts)
        {
            count += each;
        }

        return count;
    }

    public long Sum()
    {
        if (_window.Kind == WindowKind.Ever)
        {
            return _state.Sum;
        }

        long sum = 0;
        foreach (var each in Sums)
        {
            sum = FixedPoint.Add(sum, each);
        }

        return sum;
    }

    public ReadOnlySpan<long> Times => _times;

    public long TimeAt(int place) => _times[place];

    public long SumAt(int place) => Sums[place];

    public long CountAt(int place) => _state.HasCounts ? Counts[place] : 1;

    /// <summary>The next place leaves in the same second.</summary>
    public bool LeaveTogether(int place) => place + 1 < _times.Length && Leave(place + 1) == Leave(place);

    /// <summary>The greatest value, where extremes are kept; false: there is none.</summary>
    public bool TryExtreme(out long value)
    {
        var isEver = _window.Kind == WindowKind.Ever;
        value = isEver ? _state.Sum : _times.Length > 0 ? Sums[0] : 0;
        return isEver ? _state.Total > 0 : _times.Length > 0;
    }

    public long FirstLeave() => _window.Kind == WindowKind.Within && _times.Length > 0 ? Leave(0) : Instants.Never;

    /// <summary>When the <paramref name="number"/>-th oldest event (from 1) leaves the window.</summary>
    public long LeaveOf(long number)
    {
        var index = 0;
        if (!_state.HasCounts)
        {
            index = (int)number - 1;
        }
        else
        {
            var counts = Counts;
            for (var seen = counts[index]; seen < number; seen += counts[index])
            {
                index++;
            }
        }

        return Leave(index);
    }

    /// <summary>When so much has left the window that a comparison of the sum has another answer.</summary>
    public long LeaveThatChanges(long sum, CompareOp op, double line, bool holds)
    {
        var sums = Sums;
        for (var i = 0; i < _times.Length; i++)
        {
            sum = FixedPoint.Add(sum, -sums[i]);
            var leave = Leave(i);
            if (i + 1 < _times.Length && Leave(i + 1) == leave)
            {
                continue;
            }

            if (Comparison.Numbers(op, sum / FixedPoint.SumScale, line) != holds)
            {
                return leave;
            }
        }

        return Instants.Never;
    }

    /// <summary>Index of the first instant after a boundary.</summary>
    private static int FirstAfter(ReadOnlySpan<long> times, int low, long boundary)
    {
        var high = times.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (times[middle] > boundary)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    public long Leave(int index) => Instants.After(_times[index], _window.LengthMs);
}
