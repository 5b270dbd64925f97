using Triggers.Engine.Definitions;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Programs.Json;
using Triggers.Engine.Records;
using Triggers.Engine.Scoring;
using Triggers.Engine.Segments;
using Triggers.Engine.Segments.Keepings;
using Triggers.Engine.Text;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Customers;

/// <summary>Events: what they add to, and in which order they have their consequences.</summary>
internal ref partial struct Turn
{
    private void ApplyEvent()
    {
        if ((_record.Flags & RecordFlags.GeneratedId) == 0 && _record.MessageId.Length > 0)
        {
            var id = Hash64.Of(_record.MessageId);
            if (_customer.Dedupe.Contains(_customer.Heap, id))
            {
                Count(Counters.EventsDuplicate, 1);
                return;
            }

            _customer.Dedupe.Add(_customer.Heap, id, _at);
        }

        Count(Counters.EventsTotal, 1);
        _occurredAt = Math.Min(_record.OccurredAt, _at);
        var isNew = !_customer.Exists;
        if (isNew)
        {
            Create();
        }

        _customer.Events++;
        if (_record.EventType == EventType.Alias)
        {
            SettleSegments();
            LinkAlias();
        }
        else
        {
            Live();
            LinkDevice();
        }

        if (isNew)
        {
            ResolvePendingLinks();
        }
    }

    private void Live()
    {
        var name = EventName();
        var hash = Hash64.Of(name);
        CountName(hash, name);
        _hasEvent = true;
        _evaluation.Body = _record.Body;
        _plan = _program.Events.Find(hash, name);
        _plan?.Paths.Read(_record.Body, _work.Properties, _work.Text);
        if (_record.EventType == EventType.Identify)
        {
            MergeTraits(_record.Body, _occurredAt);
        }
        else if (_record.EventType == EventType.Group)
        {
            CallGroup();
        }

        SeeZone();
        if (_plan is not null)
        {
            AddBehaviours(_plan);
            AddPoints(_plan);
        }

        _customer.Life.Add(_occurredAt, _program.Stages.WonBackAfterMs);
        UpdateLifecycle();
        UpdateInactivityDue();
        SettleSegments();
        if (_plan is { IsAwaited: true })
        {
            Convert(_plan);
        }

        TestExits();
        if (_record.EventType == EventType.Identify)
        {
            MeetAddress();
        }

        if (!_isSilent && _plan is not null)
        {
            MeetAwaited(_plan);
            foreach (var campaign in _plan.Campaigns)
            {
                Trigger(campaign);
            }
        }

        if (_anyway != 0)
        {
            EnterAnyway();
        }

        EnterTriggered();
    }

    /// <summary>The customer's first event: from here on it is counted.</summary>
    private void Create()
    {
        _customer.Exists = true;
        _customer.CreatedAt = Math.Min(_customer.CreatedAt, _at);
        _customer.ProgramVersion = _program.Version;
        _customer.Points = new Score(0, 0, _program.Definitions.Scoring.HalfLifeMs);
        _customer.Stage = _program.Stages.First;
        _customer.StageSinceMs = _instant;
        Count(Counters.CustomersTotal, 1);
        if (!_customer.IsAnonymous)
        {
            Count(Counters.CustomersKnown, 1);
        }

        CountStage(_customer.Stage, 1);
        _effects.Index(_customer.Key, null, null);
        _work.Queue(_program.InitialSegments);
        QueueLists();
    }

    private readonly ReadOnlySpan<byte> EventName() => EventName(_record.EventType, _record.Name);

    /// <summary>The name by which definitions speak of an event.</summary>
    internal static ReadOnlySpan<byte> EventName(EventType type, ReadOnlySpan<byte> name) => type switch
    {
        EventType.Page => "page"u8,
        EventType.Screen => "screen"u8,
        EventType.Identify => "identify"u8,
        EventType.Group => "group"u8,
        _ => name,
    };

    private readonly void CountName(ulong hash, ReadOnlySpan<byte> name, long count = 1)
    {
        ref var names = ref _customer.EventNames;
        var index = names.Find(_customer.Heap, hash, name);
        if (index < 0 && names.Count >= Limits.EventNamesMax)
        {
            name = "(other)"u8;
            hash = Hash64.Of(name);
            index = names.Find(_customer.Heap, hash, name);
        }

        if (index < 0)
        {
            names.Add(_customer.Heap, hash, name, count);
        }
        else
        {
            names.ValueAt(_customer.Heap, index) += count;
        }
    }

    /// <summary>Takes in the traits of a call: its values replace ours, null removes; an older call only adds what we lack.</summary>
    private readonly void MergeTraits(ReadOnlySpan<byte> changes, long occurredAt) =>
        SetTraits(TraitMerge.Merge(_customer.TraitsUtf8, changes, onlyMissing: occurredAt < _customer.Traits.At), Math.Max(_customer.Traits.At, occurredAt));

    /// <summary>Tells the search index, if what support people search by has changed.</summary>
    /// <param name="merged">Empty: they stay as they are.</param>
    private readonly void SetTraits(ReadOnlySpan<byte> merged, long at)
    {
        _customer.Traits.At = at;
        if (merged.IsEmpty)
        {
            return;
        }

        _work.Queue(_program.TraitSegments);
        var before = SearchableTraits.Read(_customer.TraitsUtf8);
        var (email, name) = SearchableTraits.Read(merged);
        _customer.Traits.Set(_customer.Heap, merged, at);
        if (before != (email, name))
        {
            _effects.Index(_customer.Key, email, name);
        }
    }

    private void AddBehaviours(EventPlan plan)
    {
        var matched = _work.Matched;
        matched.Clear();
        var states = _customer.Behaviours;
        foreach (var behaviour in plan.Behaviours)
        {
            long sum = 0;
            if ((behaviour.Where is null || behaviour.Where.Holds(ref _evaluation)) && (behaviour.ValueSlot < 0 || TryValue(behaviour, out sum)))
            {
                matched.Add((behaviour, behaviour.Keeping is DaysKeeping ? Day() : sum));
                var place = Customer.FindBehaviour(states, behaviour.Id, ref _work.BehaviourPlaces[behaviour.Index]);
                if (place >= 0)
                {
                    states[place].Prefetch(_customer.Heap);
                }
            }
        }

        foreach (var (behaviour, sum) in matched)
        {
            _work.Queue(behaviour.SegmentsOfAny);
            if (behaviour.Keeping is ValueKeeping values)
            {
                values.Add(_customer, behaviour, _occurredAt, PropertyOperand.Read(ref _evaluation, behaviour.ValueSlot), _evaluation.Now);
                continue;
            }

            ref var state = ref _customer.Behaviour(behaviour.Id, behaviour.Keeping.HasValues, ref _work.BehaviourPlaces[behaviour.Index]);
            behaviour.Keeping.Add(ref state, _customer.Heap, behaviour, _occurredAt, sum, _evaluation.Now);
            QueuePassed(behaviour, in state);
        }
    }

    /// <param name="state">With the event in hand added.</param>
    private readonly void QueuePassed(CompiledBehaviour behaviour, in BehaviourState state)
    {
        var times = state.Times(_customer.Heap);
        foreach (ref readonly var threshold in behaviour.Thresholds.AsSpan())
        {
            Queue(threshold.Segment, threshold.PassageOf(in state, times, _evaluation.Now));
        }
    }

    private readonly void Queue(int segment, Passage passage)
    {
        if (passage == Passage.Passes)
        {
            _work.Queue(segment);
        }

        _customer.AreDuesEarly |= passage == Passage.Later;
    }

    private readonly bool TryValue(CompiledBehaviour behaviour, out long value)
    {
        ref readonly var slot = ref _work.Properties[behaviour.ValueSlot];
        return behaviour.Keeping.TryValue(in slot, slot.HasBytes || slot.Type == ValueType.Number ? slot.Bytes(_record.Body, _work.Text) : default, out value);
    }

    /// <summary>A property as a scaled integer: a number, or a text that is one.</summary>
    private readonly bool TryNumber(int slot, int decimals, out long scaled)
    {
        ref readonly var found = ref _work.Properties[slot];
        scaled = 0;
        return found.Type is ValueType.Number or ValueType.Text && FixedPoint.TryParse(found.Bytes(_record.Body, _work.Text), decimals, out scaled);
    }

    private readonly void UpdateInactivityDue()
    {
        var due = Instants.Never;
        foreach (var index in _program.InactivityCampaigns)
        {
            var candidate = Instants.After(_customer.Life.LastSeen, _program.Campaigns[index].Definition.Trigger.DurationMs);
            due = candidate > _evaluation.Now ? Math.Min(due, candidate) : due;
        }

        _customer.InactivityDue = due;
    }
}
