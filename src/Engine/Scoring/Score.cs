namespace Triggers.Engine.Scoring;

/// <summary>An engagement score: points that halve with every half-life, placed by when they were earned.</summary>
/// <param name="Value">The score at <paramref name="At"/>.</param>
/// <param name="At">ms since 1970: the latest whole second in which points were earned.</param>
/// <param name="HalfLifeMs">0: no decay.</param>
public readonly record struct Score(double Value, long At, long HalfLifeMs)
{
    /// <summary>The score at an instant; instants before <see cref="At"/> count as <see cref="At"/>.</summary>
    public double ValueAt(long instant) =>
        HalfLifeMs == 0 || instant <= At || Value == 0 ? Value : Value * Power.Exp2(-((double)(instant - At) / HalfLifeMs));

    public Score Add(double points, long instant)
    {
        if (Value == 0)
        {
            return this with { Value = points, At = instant };
        }

        if (instant >= At)
        {
            return this with { Value = ValueAt(instant) + points, At = instant };
        }

        var decayed = HalfLifeMs == 0 ? points : points * Power.Exp2(-((double)(At - instant) / HalfLifeMs));
        return this with { Value = Value + decayed };
    }

    /// <summary>Two scores of one person, with the same half-life.</summary>
    public Score Plus(Score other) => other.Value == 0 ? this : Value == 0 ? this with { Value = other.Value, At = other.At } : Add(other.Value, other.At);

    /// <summary>The same score at an instant, decaying differently from then on.</summary>
    public Score Rebase(long instant, long halfLifeMs) =>
        halfLifeMs == HalfLifeMs ? this : new Score(ValueAt(instant), Math.Max(instant, At), halfLifeMs);

    /// <summary>The first whole second after <paramref name="now"/> at which decay has carried the score over a line; <see cref="Instants.Never"/>: it does not.</summary>
    /// <param name="inclusive">true: the side changes when the score is below the line; false: already when it is on it (for scores above 0; mirrored below 0).</param>
    public long Crossing(double line, long now, bool inclusive)
    {
        if (HalfLifeMs == 0 || Value == 0 || line == 0 || (Value > 0) != (line > 0) || IsPast(line, now, inclusive))
        {
            return Instants.Never;
        }

        var span = HalfLifeMs * Power.Log2(Value / line);
        if (!(span < 1e15))
        {
            return Instants.Never;
        }

        var due = Math.Max(Instants.Ceiling(At + (long)Math.Max(span, 0)), now + 1000);
        while (due - 1000 > now && IsPast(line, due - 1000, inclusive))
        {
            due -= 1000;
        }

        while (!IsPast(line, due, inclusive))
        {
            due += 1000;
        }

        return due;
    }

    private bool IsPast(double line, long instant, bool inclusive)
    {
        var value = ValueAt(instant);
        return Value > 0 ? (inclusive ? value < line : value <= line) : (inclusive ? value > line : value >= line);
    }
}
