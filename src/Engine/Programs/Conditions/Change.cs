using Triggers.Engine.Expressions;
using Triggers.Engine.Scoring;
using Triggers.Engine.Segments;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Programs.Conditions;

/// <summary>What lies in a window, and in the one of the same length before it; moves on through the seconds at which time alone changes them.</summary>
internal ref struct WindowHalves
{
    private readonly WindowView _view;
    private readonly long _length;
    private readonly bool _isSum;

    /// <summary>The first place in the earlier window, and the first one in the later.</summary>
    private int _earlier, _later;

    /// <param name="view">Over both windows.</param>
    public WindowHalves(WindowView view, long length, bool isSum)
    {
        _view = view;
        (_length, _isSum) = (length, isSum);
        while (_later < view.Places && view.TimeAt(_later) <= view.Now - length)
        {
            Earlier = Plus(Earlier, Of(_later++));
        }

        for (var at = _later; at < view.Places; at++)
        {
            Later = Plus(Later, Of(at));
        }
    }

    /// <summary>A count, or a sum in millionths.</summary>
    public long Earlier { get; private set; }

    public long Later { get; private set; }

    /// <summary>There is something to compare with.</summary>
    public readonly bool IsComparable => Earlier > 0;

    public readonly double Ratio => (double)Later / Earlier;

    /// <summary>The next second at which something goes from one window to the other, or leaves.</summary>
    public readonly long Next => Math.Min(Ends(_later, _length), _earlier < _later ? Ends(_earlier, _length * 2) : Instants.Never);

    /// <summary>As it will be at <see cref="Next"/>.</summary>
    public void Move()
    {
        var next = Next;
        for (; Ends(_later, _length) == next; _later++)
        {
            Later = Plus(Later, -Of(_later));
            Earlier = Plus(Earlier, Of(_later));
        }

        for (; _earlier < _later && Ends(_earlier, _length * 2) == next; _earlier++)
        {
            Earlier = Plus(Earlier, -Of(_earlier));
        }
    }

    private readonly long Of(int place) => _isSum ? _view.SumAt(place) : _view.CountAt(place);

    private readonly long Ends(int place, long length) => place < _view.Places ? Instants.After(_view.TimeAt(place), length) : Instants.Never;

    private static long Plus(long left, long right) => FixedPoint.Add(left, right);
}

/// <summary>How many times as much as before, where it is not compared with a constant.</summary>
/// <param name="behaviour">Kept over both windows.</param>
internal sealed class ChangeOperand(CompiledBehaviour behaviour, long length, bool isSum) : Operand
{
    public override Scalar Read(scoped ref Evaluation evaluation)
    {
        var view = behaviour.Look(ref evaluation, new Window(WindowKind.Within, length * 2));
        var halves = new WindowHalves(view, length, isSum);
        evaluation.ChangesAt(view.PartialUntil);
        evaluation.ChangesAt(halves.Next);
        return halves.IsComparable ? new Scalar { Type = ValueType.Number, Number = halves.Ratio, IsUnknown = view.IsPartial } : new Scalar { IsUnknown = view.IsPartial };
    }
}

/// <summary><c>change(…) &gt;= 2</c>: knows the second at which enough has gone from one window to the other.</summary>
internal sealed class ChangeCondition(CompiledBehaviour behaviour, long length, bool isSum, CompareOp op, double line) : Condition
{
    public override Truth Test(ref Evaluation evaluation)
    {
        var view = behaviour.Look(ref evaluation, new Window(WindowKind.Within, length * 2));
        evaluation.ChangesAt(view.PartialUntil);
        if (view.IsPartial)
        {
            return Truth.Unknown;
        }

        var halves = new WindowHalves(view, length, isSum);
        var holds = Holds(in halves);
        for (var next = halves.Next; next != Instants.Never; next = halves.Next)
        {
            halves.Move();
            if (Holds(in halves) != holds)
            {
                evaluation.ChangesAt(next);
                break;
            }
        }

        return holds ? Truth.True : Truth.False;
    }

    private bool Holds(scoped in WindowHalves halves) => halves.IsComparable && Comparison.Numbers(op, halves.Ratio, line);
}
