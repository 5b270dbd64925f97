using Triggers.Engine.Expressions;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;

namespace Triggers.Engine.Segments;

/// <summary>One behaviour of one customer as a window sees it now.</summary>
internal readonly ref struct WindowView
{
    private readonly ref readonly BehaviourState _state;
    private readonly int _first;
    private readonly Window _window;
    private readonly bool _isEmpty;

    public WindowView(ref readonly BehaviourState state, bool isEmpty, Window window, long boundary, bool isPartial, long partialUntil)
    {
        _state = ref state;
        _isEmpty = isEmpty;
        _window = window;
        _first = isEmpty || window.Kind == WindowKind.Ever ? 0 : state.FirstAfter(boundary);
        IsPartial = isPartial;
        PartialUntil = partialUntil;
    }

    /// <summary>The behaviour is collecting: part of the window lies before it was first looked for.</summary>
    public bool IsPartial { get; }

    /// <summary>When the whole window has been observed; never, if it has already or never will.</summary>
    public long PartialUntil { get; }

    public bool HasValues => !_isEmpty && _state.Sums is not null;

    public long Count() => _isEmpty ? 0 : _window.Kind == WindowKind.Ever ? _state.Total : _state.CountFrom(_first);

    public long Sum() => _isEmpty ? 0 : _window.Kind == WindowKind.Ever ? _state.Sum : _state.SumFrom(_first);

    public long FirstLeave() => _window.Kind == WindowKind.Within && !_isEmpty && _first < _state.End ? Leave(_first) : Instants.Never;

    /// <summary>When the <paramref name="number"/>-th oldest event (from 1) leaves the window.</summary>
    public long LeaveOf(long number)
    {
        var index = _first;
        if (_state.Counts is null)
        {
            index += (int)number - 1;
        }
        else
        {
            for (var seen = (long)_state.Counts[index]; seen < number; seen += _state.Counts[index])
            {
                index++;
            }
        }

        return Leave(index);
    }

    /// <summary>When so much has left the window that a comparison of the sum has another answer.</summary>
    public long LeaveThatChanges(long sum, CompareOp op, double line, bool holds)
    {
        if (_isEmpty)
        {
            return Instants.Never;
        }

        for (var i = _first; i < _state.End; i++)
        {
            sum = FixedPoint.Add(sum, -_state.Sums![i]);
            var leave = Leave(i);
            if (i + 1 < _state.End && Leave(i + 1) == leave)
            {
                continue;
            }

            if (CompareCondition.Numbers(op, sum / FixedPoint.SumScale, line) != holds)
            {
                return leave;
            }
        }

        return Instants.Never;
    }

    private long Leave(int index) => Instants.After(_state.Times[index], _window.LengthMs);
}
