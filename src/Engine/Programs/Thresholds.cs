using Triggers.Engine.Customers;
using Triggers.Engine.Segments;

namespace Triggers.Engine.Programs;

/// <summary>What one more event does to a comparison.</summary>
internal enum Passage
{
    /// <summary>The answer stays, and so does when time alone will change it.</summary>
    Nothing,

    /// <summary>The answer stays, and time will change it later than was found out before.</summary>
    Later,

    /// <summary>The answer may be another one.</summary>
    Passes,
}

/// <summary>
/// A segment that compares a count in a window with a number: of the events that are counted, only the one with which the count becomes <paramref name="Least"/> can change the answer.
/// </summary>
/// <param name="Segment">Its index.</param>
/// <param name="Least">The smallest count with the other answer than 0; at least 1.</param>
/// <param name="LengthMs">Of the window; 0: it has no beginning.</param>
internal readonly record struct CountThreshold(int Segment, int Least, long LengthMs)
{
    /// <param name="state">With the event added.</param>
    /// <param name="times">Its instants.</param>
    /// <param name="now">The second as of which the answer was right without the event.</param>
    public Passage PassageOf(in BehaviourState state, ReadOnlySpan<long> times, long now)
    {
        if (LengthMs == 0)
        {
            return state.Total == Least ? Passage.Passes : Passage.Nothing;
        }

        if (state.HasCounts)
        {
            return Passage.Passes;
        }

        // By the instants of the Least-th newest event, and of the one before it: had that one been enough already?
        var (boundary, place) = (now - LengthMs, state.End - Least);
        return place < state.Start || times[place] <= boundary ? Passage.Nothing : place > state.Start && times[place - 1] > boundary ? Passage.Later : Passage.Passes;
    }
}

/// <summary>A segment that compares the engagement score with a number above 0: points that do not carry the score over it cannot change the answer.</summary>
/// <param name="Segment">Its index.</param>
internal readonly record struct ScoreThreshold(int Segment, double Line)
{
    /// <param name="before">The score as of now, without the points.</param>
    /// <param name="after">With them.</param>
    public static Passage Of(double line, double before, double after) =>
        after < before || (before <= line && line <= after) ? Passage.Passes : after > line ? Passage.Later : Passage.Nothing;

    public Passage PassageOf(double before, double after) => Of(Line, before, after);
}
