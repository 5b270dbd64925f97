using Triggers.Engine.Customers;
using Triggers.Engine.Scoring;
using Triggers.Engine.Text;

namespace Triggers.Engine.Programs;

/// <summary>
/// A score whose points fade, by rules that came into force when customers were there already. They keep the points of former rules until a fill brings what the rules in force would have given
/// before; meanwhile, what has been earned <em>since</em> is kept a second time, since it is all that stays.
/// </summary>
/// <param name="score">null: engagement.</param>
internal sealed class LateScore(CompiledScore? score, ScoreGap gap, long halfLifeMs, bool isFilled, int[] segments)
{
    /// <summary>Under which the points earned since are kept.</summary>
    public ulong SinceKey { get; } = Hash64.Of($"score('{score?.Definition.Id}') since");

    public CompiledScore? Score { get; } = score;

    public int Version { get; } = gap.Version;

    /// <summary>There was no such score before.</summary>
    public bool IsNew { get; } = gap.IsNew;

    /// <summary>The past is known: nothing of former rules is left.</summary>
    public bool IsFilled { get; } = isFilled;

    /// <summary>Indices of segments that read it.</summary>
    public int[] Segments { get; } = segments;

    /// <summary>The customer was there before the rules.</summary>
    public bool Concerns(Customer customer) => customer.CreatedAt <= gap.At;

    /// <summary>Of the customer nothing can be told by this score before the past is known: there was none before.</summary>
    public bool IsCollecting(Customer customer) => IsNew && !IsFilled && customer.CreatedAt < gap.At;

    public Score PointsOf(Customer customer) => Score?.Points(customer) ?? customer.Points;

    public void SetPoints(Customer customer, Score points)
    {
        if (Score is null)
        {
            customer.Points = points;
        }
        else if (points.Value != 0 || Customer.FindScore(customer.Scores, Score.Key) >= 0)
        {
            customer.Score(Score.Key, halfLifeMs).Points = points;
        }
    }

    /// <summary>What the customer has earned by the rules in force since they are.</summary>
    public Score SinceOf(Customer customer) =>
        Concerns(customer) && customer.ProgramVersion < Version ? None : Customer.FindScore(customer.Scores, SinceKey) is >= 0 and var index ? customer.Scores[index].Points : PointsOf(customer);

    public void SetSince(Customer customer, Score since) => customer.Score(SinceKey, halfLifeMs).Points = since;

    /// <summary>The rules come into force: whatever the customer has is of former ones.</summary>
    public void Begin(Customer customer)
    {
        if (PointsOf(customer).Value != 0)
        {
            SetSince(customer, None);
        }
        else
        {
            customer.DropScore(SinceKey);
        }
    }

    /// <summary>The past is known: only what was earned since stays.</summary>
    /// <returns>false: there was nothing else.</returns>
    public bool End(Customer customer)
    {
        if (Customer.FindScore(customer.Scores, SinceKey) < 0)
        {
            return false;
        }

        SetPoints(customer, SinceOf(customer));
        customer.DropScore(SinceKey);
        return true;
    }

    private Score None => new(0, 0, halfLifeMs);
}

/// <summary>What a score whose points fade does not know of customers who were there before its rules.</summary>
/// <param name="Version">Of the program that introduced or changed it.</param>
/// <param name="At">When that version came into force, ms since 1970.</param>
/// <param name="IsNew">There was no such score before.</param>
internal readonly record struct ScoreGap(int Version, long At, bool IsNew);
