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
    /// <param name="now">A whole second.</param>
    /// <param name="inclusive">true: the side changes when the score is below the line; false: already when it is on it (for scores above 0; mirrored below 0).</param>
    public long Crossing(double line, long now, bool inclusive)
    {
        var value = ValueAt(now);
        return Crosses(value, line) ? CrossingFrom(value, Power.Log2(Math.Abs(value)), line, Power.Log2(Math.Abs(line)), now, inclusive) : Instants.Never;
    }

    /// <summary>Whether decay will ever carry a value over a line: both on one side of 0, and the value not nearer to it.</summary>
    public bool Crosses(double value, double line) =>
        HalfLifeMs != 0 && (value > 0 ? line > 0 && value >= line : value < 0 && line < 0 && value <= line);

    /// <summary>As <see cref="Crossing"/>, for a caller that knows the score now and the logarithms already.</summary>
    public long CrossingFrom(double value, double valueLog2, double line, double lineLog2, long now, bool inclusive)
    {
        if (!inclusive && value == line)
        {
            return Instants.Never;
        }

        var span = HalfLifeMs * (valueLog2 - lineLog2);
        if (!(span < 1e15))
        {
            return Instants.Never;
        }

        var due = Math.Max(Instants.Ceiling(now + (long)Math.Ceiling(span)), now + 1000);
        var distance = now + span - (due - 1000);
        if (distance > 1 && distance < 999 && HalfLifeMs < 1e12)
        {
            // The logarithms are good to 2^-49, far less than a millisecond of any half-life up to 30 years: no rounding reaches the second's edge.
            return due;
        }

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
