using Triggers.Engine.Customers;
using Triggers.Engine.Programs.Json;
using Triggers.Engine.Scoring;

namespace Triggers.Engine.Programs.Conditions;

/// <summary>Three-valued truth: a behaviour that is still collecting is neither true nor false.</summary>
internal enum Truth : byte
{
    False = 0,
    True = 1,
    Unknown = 2,
}

/// <summary>A compiled boolean expression. Immutable and shared; everything it reads comes through the evaluation.</summary>
internal abstract class Condition
{
    public abstract Truth Test(ref Evaluation evaluation);

    public bool Holds(ref Evaluation evaluation) => Test(ref evaluation) == Truth.True;
}

/// <summary>What a condition is tested against, and what the test finds out.</summary>
internal ref struct Evaluation
{
    public Customer Customer;
    public Program Program;

    /// <summary>Properties of the event in hand, by the program's property slots.</summary>
    public JsonSlot[] Properties;
    public JsonText Text;
    public ReadOnlySpan<byte> Body;

    /// <summary>Where behaviours were last found, by their index (<see cref="Workspace.BehaviourPlaces"/>); null: they are searched for.</summary>
    public int[]? BehaviourPlaces;

    /// <summary>The customer's clock: a whole second.</summary>
    public long Now;

    /// <summary>What <c>since entry</c> means.</summary>
    public long Since;

    /// <summary>Result: the first whole second after <see cref="Now"/> at which time alone may change the answer. Only ever lowered by tests.</summary>
    public long Until;

    private Score _scored;
    private long _scoredAt;
    private double _score;
    private double _scoreLog2;

    /// <summary>The score now, computed once however many conditions ask.</summary>
    public double ScoreNow(out double log2)
    {
        ref readonly var points = ref Customer.Points;
        if (_scored != points || _scoredAt != Now)
        {
            _scored = points;
            _scoredAt = Now;
            _score = points.ValueAt(Now);
            _scoreLog2 = _score == 0 ? 0 : Power.Log2(Math.Abs(_score));
        }

        log2 = _scoreLog2;
        return _score;
    }

    /// <summary>Whether now lies in [from, end), two whole seconds; notes when that changes.</summary>
    public bool IsBetween(long from, long end)
    {
        ChangesAt(Now < from ? from : Now < end ? end : Instants.Never);
        return Now >= from && Now < end;
    }

    public void ChangesAt(long instant)
    {
        if (instant < Until)
        {
            Until = instant;
        }
    }
}
