using Triggers.Engine.Definitions;
using Triggers.Engine.Programs;
using Triggers.Engine.Scoring;

namespace Triggers.Engine.Customers;

/// <summary>Points: who earns them, how often a day, and what a moved score brings.</summary>
internal ref partial struct Turn
{
    private void AddPoints(EventPlan plan)
    {
        if (plan.ScoreRules.Length == 0)
        {
            return;
        }

        var before = _customer.Points.ValueAt(_evaluation.Now);
        var changed = false;
        foreach (var rule in plan.ScoreRules)
        {
            if ((rule.Where is not null && !rule.Where.Holds(ref _evaluation)) || !TryPoints(rule, out var points) || !TakeFromDay(rule))
            {
                continue;
            }

            if (rule.Score is { } score)
            {
                AddPoints(score, points);
            }
            else
            {
                _customer.Points = _customer.Points.Add(points, Instants.Floor(_occurredAt));
                AddSince(_program.LateEngagement, points);
                _effects.Earn(points, Instants.Floor(_occurredAt));
                changed = true;
            }
        }

        if (changed)
        {
            ScoreChanged(before);
        }
    }

    private readonly void AddPoints(CompiledScore score, double points)
    {
        if (score.Window is { } window)
        {
            ref var state = ref _customer.Behaviour(window.Id, hasValues: true);
            window.Keeping.Add(ref state, _customer.Heap, window, _occurredAt, (long)Math.Round(points * FixedPoint.SumScale), _evaluation.Now);
        }
        else
        {
            ref var state = ref _customer.Score(score.Key, score.Definition.Scoring.HalfLifeMs);
            state.Points = state.Points.Add(points, Instants.Floor(_occurredAt));
            AddSince(score.Late, points);
        }

        _work.Queue(score.Segments);
    }

    /// <summary>While points of former rules are among the customer's.</summary>
    private readonly void AddSince(LateScore? late, double points)
    {
        if (late is { IsFilled: false } && Customer.FindScore(_customer.Scores, late.SinceKey) >= 0)
        {
            late.SetSince(_customer, late.SinceOf(_customer).Add(points, Instants.Floor(_occurredAt)));
        }
    }

    /// <summary>The rule's points, multiplied by a property where it says so; false: the event lacks that number.</summary>
    private readonly bool TryPoints(CompiledScoreRule rule, out double points)
    {
        points = rule.Points;
        if (rule.TimesSlot < 0)
        {
            return true;
        }

        var isNumber = TryNumber(rule.TimesSlot, FixedPoint.SumDecimals, out var times);
        points *= times / FixedPoint.SumScale;
        return isNumber;
    }

    private void ScoreChanged(double before)
    {
        var after = _customer.Points.ValueAt(_evaluation.Now);
        _work.Queue(_program.ScoreSegmentsOfAny);
        foreach (ref readonly var threshold in _program.ScoreThresholds.AsSpan())
        {
            Queue(threshold.Segment, threshold.PassageOf(before, after));
        }

        if (!_isSilent)
        {
            TriggerScoreLines(before, after);
        }

        // When time will carry the score below a campaign's line: as found before, unless it has come over one or fallen.
        var falls = Passage.Nothing;
        foreach (var index in _program.ScoreCampaigns)
        {
            var passage = ScoreThreshold.Of(_program.Campaigns[index].Definition.Trigger.Line, before, after);
            falls = passage > falls ? passage : falls;
        }

        _customer.AreDuesEarly |= falls == Passage.Later;
        if (falls == Passage.Passes)
        {
            UpdateScoreDue();
        }
    }

    /// <summary>Counts the event against the caps of its rule and of its group for the UTC day; false: one is reached, or the day is no longer kept.</summary>
    private readonly bool TakeFromDay(CompiledScoreRule rule)
    {
        if (rule.CapPerDay == 0 && rule.Group is null)
        {
            return true;
        }

        var day = (int)Math.DivRem(_occurredAt, 86_400_000, out var rest) - (rest < 0 ? 1 : 0);
        if (!HasRoom(rule.Id, rule.CapPerDay, day) || (rule.Group is { } group && !HasRoom(group.Id, group.CapPerDay, day)))
        {
            return false;
        }

        return (rule.CapPerDay == 0 || Take(rule.Id, day)) && (rule.Group is null || Take(rule.Group.Id, day));
    }

    private readonly bool HasRoom(ulong rule, int cap, int day)
    {
        foreach (ref readonly var capped in _customer.CappedDays)
        {
            if (capped.Rule == rule && capped.Day == day)
            {
                return cap == 0 || capped.Count < cap;
            }
        }

        return true;
    }

    private readonly bool Take(ulong rule, int day)
    {
        var oldest = -1;
        var days = _customer.CappedDays;
        for (var i = 0; i < days.Length; i++)
        {
            ref var capped = ref days[i];
            if (capped.Rule == rule && capped.Day == day)
            {
                capped.Count++;
                return true;
            }

            oldest = oldest < 0 || capped.Day < days[oldest].Day ? i : oldest;
        }

        if (days.Length >= Limits.CappedDaysMax)
        {
            if (day < days[oldest].Day)
            {
                return false;
            }

            _customer.CappedDayList.RemoveAt(_customer.Heap, oldest);
        }

        _customer.CappedDayList.Add(_customer.Heap, new CappedDay { Rule = rule, Day = day, Count = 1 });
        return true;
    }

    private readonly void UpdateScoreDue()
    {
        var due = Instants.Never;
        foreach (var index in _program.ScoreCampaigns)
        {
            var trigger = _program.Campaigns[index].Definition.Trigger;
            if (trigger.Kind == TriggerKind.ScoreBelow && _customer.Points.ValueAt(_evaluation.Now) >= trigger.Line)
            {
                due = Math.Min(due, _customer.Points.Crossing(trigger.Line, _evaluation.Now, inclusive: true));
            }
        }

        _customer.ScoreDue = due;
    }

    /// <summary>Whether the absorbed customer's points, or ours, are partly of former rules: keeps what is not apart. Before the points are added up.</summary>
    private readonly void UniteSince(Customer absorbed)
    {
        foreach (var late in _program.LateScores)
        {
            var theirs = late.SinceOf(absorbed);
            if (late.IsFilled)
            {
                late.SetPoints(absorbed, theirs);
            }
            else if (Customer.FindScore(_customer.Scores, late.SinceKey) >= 0 || theirs != late.PointsOf(absorbed))
            {
                late.SetSince(_customer, late.SinceOf(_customer).Plus(theirs));
            }
        }
    }

    /// <summary>Adds the points of another customer, who turned out to be the same person.</summary>
    private readonly void UniteScores(Customer absorbed)
    {
        foreach (ref readonly var theirs in absorbed.Scores)
        {
            if (_program.FindScore(theirs.Key) is { Window: null } score)
            {
                ref var ours = ref _customer.Score(theirs.Key, score.Definition.Scoring.HalfLifeMs);
                ours.Points = ours.Points.Plus(theirs.Points.Rebase(_evaluation.Now, ours.Points.HalfLifeMs));
                _work.Queue(score.Segments);
            }
        }
    }

    /// <summary>Under another program: scores that it lacks are forgotten, others decay as it says from now on.</summary>
    private readonly void RebaseScores(long activated)
    {
        _customer.Points = _customer.Points.Rebase(activated, _program.Definitions.Scoring.HalfLifeMs);
        var kept = 0;
        var scores = _customer.Scores;
        foreach (ref readonly var state in scores)
        {
            var key = state.Key;
            if (_program.FindScore(key) is { Window: null } score)
            {
                scores[kept++] = new ScoreState { Key = key, Points = state.Points.Rebase(activated, score.Definition.Scoring.HalfLifeMs) };
            }
            else if (Array.Exists(_program.LateScores, late => late.SinceKey == key))
            {
                scores[kept++] = state;
            }
        }

        _customer.ScoreList.Truncate(kept);
        foreach (var late in _program.LateScores)
        {
            if (late.Concerns(_customer) && _customer.ProgramVersion < late.Version)
            {
                late.Begin(_customer);
            }

            if (late.IsFilled && late.End(_customer))
            {
                _work.Queue(late.Segments);
            }
        }
    }
}
