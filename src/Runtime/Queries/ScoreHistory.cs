using Triggers.Engine.Programs;
using Triggers.Engine.Scoring;

namespace Triggers.Runtime.Queries;

/// <summary>The score right after each event of a customer, by everything that is known of them today, whatever the order in which it came.</summary>
internal sealed class ScoreHistory
{
    private readonly List<(long OccurredAt, double Points, int Item)> _events = [];
    private readonly List<(long At, double Points)> _moves = [];
    private readonly SortedDictionary<long, long> _halfLives = [];

    /// <param name="item">The event's place among the items of the timeline.</param>
    public void Add(long occurredAt, double points, int item) => _events.Add((occurredAt, points, item));

    /// <summary>The score became another without an event: its past, by other rules, was filled in.</summary>
    public void Move(long at, double points)
    {
        if (points != 0)
        {
            _moves.Add((at, points));
        }
    }

    /// <summary>What happened before is another's.</summary>
    public void Clear()
    {
        _events.Clear();
        _moves.Clear();
    }

    /// <summary>A record was applied at this instant under this program.</summary>
    public void Under(Program program, long at) => _halfLives[Math.Min(program.ActivatedAt, at)] = program.Definitions.Scoring.HalfLifeMs;

    /// <param name="total">How many events the customer has had.</param>
    public bool Misses(long total) => _events.Count < total;

    /// <summary>Writes the scores into the items.</summary>
    /// <param name="total">How many events the customer has had. Where some are missing, so are their points, and no score is told.</param>
    public void Tell(List<TimelineItem> items, long total)
    {
        if (Misses(total))
        {
            return;
        }

        // What happened before the first program decays by that one.
        var score = new Score(0, 0, _halfLives.Values.FirstOrDefault());
        using var changes = _halfLives.GetEnumerator();
        var more = changes.MoveNext();
        foreach (var (occurredAt, points, item) in _events.Concat(_moves.Select(move => (OccurredAt: move.At, move.Points, Item: -1))).OrderBy(e => e.OccurredAt))
        {
            for (; more && changes.Current.Key <= occurredAt; more = changes.MoveNext())
            {
                score = score.Rebase(Instants.Floor(changes.Current.Key), changes.Current.Value);
            }

            var second = Instants.Floor(occurredAt);
            score = points == 0 ? score : score.Add(points, second);
            if (item >= 0)
            {
                items[item] = items[item] with { Score = Math.Round(score.ValueAt(second), 2) };
            }
        }
    }
}
