using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Expressions;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Records;
using Triggers.Engine.Scoring;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Customers;

/// <summary>Lifecycle, segments and what their changes trigger; and the silent step to another program.</summary>
internal ref partial struct Turn
{
    private readonly void UpdateLifecycle()
    {
        var stages = _program.Stages;
        if (_customer.Life.IsEmpty)
        {
            _customer.LifecycleDue = Instants.Never;
            return;
        }

        var stage = _customer.Life.StageAt(_evaluation.Now, stages);
        _customer.LifecycleDue = _customer.Life.DueAfter(_evaluation.Now, stages);
        if (stage == _customer.Stage)
        {
            return;
        }

        CountStage(_customer.Stage, -1);
        CountStage(stage, 1);
        _customer.Stage = stage;
        _customer.StageSinceMs = _instant;
        _work.Queue(_program.LifecycleSegments);
        Tell(DecisionKind.LifecycleChanged, stages.NameOf(stage));
    }

    private readonly void CountStage(LifecycleStage stage, long count)
    {
        if (_program.Stages.SizeOf(stage) is { } size)
        {
            Count(size, count);
        }
    }

    private readonly void QueueDueSegments(long due)
    {
        if (_customer.AreDuesEarly && _record.Kind == RecordKind.Timer)
        {
            // The customer is quiet: one timer finds out what events have put off, instead of one for each segment.
            _customer.AreDuesEarly = false;
            UpdateScoreDue();
            due = Instants.Never - 1;
        }

        if (_customer.SegmentDue > due)
        {
            return;
        }

        for (var index = _customer.NextDueSegment(0, due); index >= 0; index = _customer.NextDueSegment(index + 1, due))
        {
            if (_program.SegmentsByKey.TryGetValue(_customer.Segments[index].Key, out var segment))
            {
                _work.Queue(segment.Index);
            }
        }
    }

    /// <summary>Time has passed, and what is measured over all customers may have moved: an idle customer changes, too.</summary>
    private void SettleMeasured()
    {
        if (!_customer.Exists || _program.MeasuredSegments.Length == 0)
        {
            return;
        }

        Begin(_at, _second, isSilent: false, isByTime: true);
        _work.Queue(_program.MeasuredSegments);
        SettleSegments();
        TestExits();
        EnterTriggered();
    }

    /// <summary>Tests every queued segment in dependency order until nothing is left to test.</summary>
    private void SettleSegments()
    {
        while (_work.TryDequeue(out var index))
        {
            var segment = _program.Segments[index];
            var segments = _customer.Segments;
            var place = Customer.FindSegment(segments, segment.Key);
            var before = place < 0 ? Truth.False : segments[place].Truth;
            if (segment.ChangedIn > _customer.ProgramVersion && !_isFindingOut)
            {
                // Until the customer has come to the program, it is what it was.
                _customer.SetSegment(place, segment.Key, before, _instant, Instants.Never);
                continue;
            }

            _evaluation.Since = Instants.Never;
            _evaluation.Until = Instants.Never;
            var truth = segment.Condition.Test(ref _evaluation);
            _customer.SetSegment(place, segment.Key, truth, _instant, _evaluation.Until);
            if (segment.Watch is { } watch)
            {
                if (truth == Truth.True && Remember(watch))
                {
                    _work.Queue(segment.Dependents);
                }

                continue;
            }

            if (truth == before)
            {
                continue;
            }

            _work.Queue(segment.Dependents);
            if (truth == Truth.True || before == Truth.True)
            {
                Move(segment, truth == Truth.True, isQuiet: _isSilent || truth == Truth.Unknown || (_isByTime && before == Truth.Unknown));
            }
        }
    }

    /// <summary>Keeps what a watched value was, if it has become another one.</summary>
    private bool Remember(CompiledWatch watch)
    {
        if (!watch.HasMoved(ref _evaluation))
        {
            return false;
        }

        var text = watch.Condition.Value.Read(ref _evaluation).Text.ToArray();
        var values = _customer.Values;
        var index = Customer.FindValue(values, watch.Key);
        if (index >= 0)
        {
            var former = values[index].Text.Items(_customer.Heap).ToArray();
            _customer.Value(watch.Former).Set(_customer.Heap, _instant, new Scalar { Type = ValueType.Text, Text = former });
        }

        _customer.Value(watch.Key).Set(_customer.Heap, _instant, new Scalar { Type = ValueType.Text, Text = text });
        return true;
    }

    /// <param name="isQuiet">A condition that has only become known is no behaviour of the customer: it triggers nothing.</param>
    private readonly void Move(CompiledSegment segment, bool enters, bool isQuiet)
    {
        if (segment.Size is not null)
        {
            Count(segment.Size, enters ? 1 : -1);
        }

        if (isQuiet)
        {
            TriggerFoundOut(enters && _isFindingOut ? segment.EnterCampaigns : []);
            return;
        }

        if (segment.Grade is { } line)
        {
            TellGrade(line);
            return;
        }

        if (segment.Crossed is null)
        {
            Tell(enters ? DecisionKind.SegmentEntered : DecisionKind.SegmentExited, segment.Id);
        }

        foreach (var campaign in enters ? segment.EnterCampaigns : segment.ExitCampaigns)
        {
            Trigger(campaign);
        }
    }

    /// <summary>Only campaigns whose authors ask for it.</summary>
    private readonly void TriggerFoundOut(int[] campaigns)
    {
        foreach (var campaign in campaigns)
        {
            if (_program.Campaigns[campaign].Definition.Trigger.FromHistory)
            {
                Trigger(campaign);
            }
        }
    }

    /// <summary>Those who are found to be in a segment enter as of now, aloud.</summary>
    private void EnterFoundOut()
    {
        _isFindingOut = false;
        _isSilent = false;
        EnterTriggered();
    }

    /// <summary>A line was crossed: tells the grade that the score has now. Lines are tested from the highest down, so that on the way up only the first one tells.</summary>
    private readonly void TellGrade(GradeLine crossed)
    {
        var grade = "";
        foreach (var line in _program.LinesOf(crossed.ScoreId))
        {
            if (_customer.TruthOf(line.Key) == Truth.True)
            {
                grade = line.Grade.Name;
                break;
            }
        }

        if (_customer.TruthOf(crossed.Key) != Truth.True || grade == crossed.Grade.Name)
        {
            Tell(DecisionKind.GradeChanged, crossed.ScoreId.Length == 0 ? Expressions.Functions.ScoreFunction.Engagement : crossed.ScoreId, grade);
        }
    }

    /// <summary>A campaign is triggered; it is tried once segments have settled.</summary>
    private readonly void Trigger(int campaign) => _work.Triggered.Add(campaign);

    private readonly void TriggerScoreLines(double before, double after)
    {
        foreach (var index in _program.ScoreCampaigns)
        {
            var trigger = _program.Campaigns[index].Definition.Trigger;
            var crosses = trigger.Kind == TriggerKind.ScoreAbove ? before < trigger.Line && after >= trigger.Line : before >= trigger.Line && after < trigger.Line;
            if (crosses)
            {
                Trigger(index);
            }
        }
    }

    private readonly void TriggerInactivity(long due)
    {
        foreach (var index in _program.InactivityCampaigns)
        {
            if (Instants.After(_customer.Life.LastSeen, _program.Campaigns[index].Definition.Trigger.DurationMs) == due)
            {
                Trigger(index);
            }
        }
    }

    /// <summary>
    /// The program is another one than this customer was last evaluated under. State of elements that no program holds is dropped; what time did before the
    /// activation, and nobody has looked at yet, is lived through, for campaigns that looked for it then. As of the activation, silently: segments that are new or changed are tested, and what time will
    /// do is found again.
    /// </summary>
    private void Migrate()
    {
        var activated = Instants.Floor(Math.Max(_customer.Clock, Math.Min(_program.ActivatedAt, _at)));
        DropFormer();
        _customer.FindDue();
        _isCatchingUp = true;
        Advance(activated);
        _isCatchingUp = false;
        Begin(activated, activated, isSilent: true, isByTime: false);
        _isFindingOut = true;
        RebaseScores(activated);
        UpdateLifecycle();
        UpdateScoreDue();
        UpdateInactivityDue();
        foreach (var segment in _program.Segments)
        {
            if (segment.ChangedIn > _customer.ProgramVersion)
            {
                _work.Queue(segment.Index);
            }
        }

        SettleSegments();
        TestExits();
        EnterFoundOut();
        _customer.ProgramVersion = _program.Version;
        _customer.FindDue();
    }

    private readonly void DropFormer()
    {
        DropFormerBehaviours(_customer);
        var kept = 0;
        var segments = _customer.Segments;
        foreach (ref readonly var state in segments)
        {
            if (_program.SegmentsByKey.ContainsKey(state.Key))
            {
                segments[kept++] = state;
            }
            else if (state.Truth == Truth.True && _program.FormerSegments.TryGetValue(state.Key, out var size))
            {
                Count(size, -1);
            }
        }

        _customer.SegmentList.Truncate(kept);
        _customer.SegmentsMoved();
    }

    /// <summary>Drops the state of behaviours that the program lacks, or has introduced again since, and of the others what a fill brings.</summary>
    /// <param name="customer">As an earlier program left it.</param>
    private readonly void DropFormerBehaviours(Customer customer)
    {
        var kept = 0;
        var behaviours = customer.Behaviours;
        for (var i = 0; i < behaviours.Length; i++)
        {
            if (Current(behaviours[i].Id, customer) is not { } behaviour)
            {
                behaviours[i].Free(customer.Heap);
            }
            else
            {
                // Older than the former window: what happens to be left of that must not count twice.
                behaviours[i].Forget(customer.Heap, behaviour.FilledLaterUntil(customer.ProgramVersion));
                behaviours[kept++] = behaviours[i];
            }
        }

        customer.BehaviourList.Truncate(kept);
        kept = 0;
        var values = customer.Values;
        for (var i = 0; i < values.Length; i++)
        {
            if (Current(values[i].Id, customer) is null && !IsOwn(in values[i], customer))
            {
                values[i].Text.Free(customer.Heap);
            }
            else
            {
                values[kept++] = values[i];
            }
        }

        customer.ValueList.Truncate(kept);
    }

    /// <summary>Kept whether or not a behaviour asks for it: what is watched, groups, lists, counts of merges, predictions.</summary>
    private readonly bool IsOwn(in Segments.ValueState value, Customer customer) =>
        _program.Watched.Contains(value.Id) || Groups.GroupList.Owns(value.Id) || MergeCount.IsOne(value.Id) || StaticList.Is(in value, customer.Heap) || (_program.Orders is not null && PredictedNumber.IsKey(value.Id));

    private readonly CompiledBehaviour? Current(ulong id, Customer customer) =>
        _program.FindBehaviour(id) is { } behaviour && behaviour.IntroducedIn <= customer.ProgramVersion ? behaviour : null;
}
