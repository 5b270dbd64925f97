using System.Text;
using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Programs;
using Triggers.Engine.Records;
using Triggers.Engine.Segments.Keepings;
using Triggers.Engine.Text;

namespace Triggers.Engine.Customers;

/// <summary>
/// One customer becomes part of another: it hands over its state (<c>take over</c>) and from then on forwards.
/// </summary>
internal ref partial struct Turn
{
    private readonly RecordFlags LinkFlags => _isSilent ? RecordFlags.Historical : RecordFlags.None;

    /// <summary>Gives everything to another key and forwards from now on.</summary>
    private void HandOver(ReadOnlySpan<byte> other)
    {
        var state = _work.State;
        state.Clear();
        if (!_customer.IsEmpty)
        {
            _customer.Clock = _at;
            CustomerCodec.Write(_customer, state);
        }

        _effects.Records.AddTakeOver(other, _customer.KeyUtf8, state.Written, LinkFlags);
        foreach (ref readonly var link in _customer.Links.Items(_customer.Heap))
        {
            var key = _customer.Links.Name(_customer.Heap, in link);
            if (link.Value == Customer.LinkPending && !key.SequenceEqual(other))
            {
                _effects.Records.AddLink(other, key, LinkFlags);
            }
        }

        Leave();
        _customer.Forget();
        _customer.MergeInto(other);
    }

    /// <summary>Merged away: what comes for this key is meant for the one that absorbed it.</summary>
    private readonly void Forward()
    {
        var to = _customer.MergedIntoUtf8;
        switch (_record.Kind)
        {
            case RecordKind.Event:
                _effects.Records.AddEvent(
                    to,
                    _record.EventType,
                    _record.Flags | RecordFlags.Forwarded,
                    _record.OccurredAt,
                    _record.Name,
                    _record.MessageId,
                    _customer.IsAnonymous ? [] : _record.OtherId,
                    _record.Source,
                    _record.Body,
                    _record.Context,
                    (_record.Flags & RecordFlags.Forwarded) != 0 ? _record.OriginalAt : _record.At);
                break;
            case RecordKind.Outcome:
                _effects.Records.AddOutcome(to, _record.OutcomeKind, _record.OccurredAt, _record.MessageId, Encoding.UTF8.GetString(_record.Name));
                break;
            case RecordKind.Link when _record.OtherId.SequenceEqual(to):
                break;
            case RecordKind.Link when _customer.IsAnonymous && _record.IsHistorical:
                break;
            case RecordKind.Link when _customer.IsAnonymous:
                _effects.Decide(
                    _customer.KeyUtf8, DecisionKind.MergeRefused, _at, Encoding.UTF8.GetString(_record.OtherId), $"already merged into {_customer.MergedInto}");
                break;
            case RecordKind.Link:
                _effects.Records.AddLink(to, _record.OtherId, _record.Flags);
                break;
            case RecordKind.TakeOver:
                _effects.Records.AddTakeOver(to, _record.OtherId, _record.Body, _record.Flags);
                break;
            case RecordKind.Fill:
                _effects.Records.AddFill(to, (int)_record.Number, _record.Body);
                break;
            case RecordKind.Group:
                _effects.Records.AddGroup(to, _record.GroupKind, _record.OtherId, _record.OccurredAt, _record.Number, _record.Body, _record.Flags);
                break;
            case RecordKind.Command when _record.CommandKind == CommandKind.Erase:
                _customer.Forget();
                break;
            case RecordKind.Command when _record.CommandKind == CommandKind.Split && _customer.IsAnonymous:
                StandAlone();
                break;
            case RecordKind.Command when _record.CommandKind == CommandKind.Merge:
                break;
            case RecordKind.Command when _record.CommandKind == CommandKind.Disown:
                AnswerDisowner();
                break;
            case RecordKind.Command when _record.CommandKind == CommandKind.Disowned:
                break;
            case RecordKind.Command:
                _effects.Records.AddCommand(to, _record.CommandKind, Encoding.UTF8.GetString(_record.Name));
                break;
        }
    }

    private void ApplyTakeOver()
    {
        var hash = Hash64.Of(_record.OtherId);
        var index = _customer.Links.Find(_customer.Heap, hash, _record.OtherId);
        var isDisowned = index >= 0 && _customer.Links.Items(_customer.Heap)[index].Value == Customer.LinkDisowned;
        if (index < 0)
        {
            AddLink(hash, _record.OtherId, Customer.LinkAbsorbed);
        }
        else
        {
            _customer.Links.ValueAt(_customer.Heap, index) = Customer.LinkAbsorbed;
        }

        _isSilent |= isDisowned;
        var isSomebody = _record.Body.Length > 0 && TakeIn(CustomerCodec.Read(_record.Body));
        if (isDisowned)
        {
            // Taken in all the same, so that it leaves groups, campaigns and counters as the others do.
            Erase();
        }
        else if (isSomebody)
        {
            TestExits();
            MeetAddress();
            EnterTriggered();
            _customer.FindDue();
            Advance(_second);
        }
    }

    /// <summary>true: somebody who was seen.</summary>
    private bool TakeIn(Customer absorbed)
    {
        Unite(absorbed);
        var joined = UniteLists(absorbed);
        if (!absorbed.Exists)
        {
            if (joined && _customer.Exists)
            {
                SettleSegments();
                TestExits();
                EnterTriggered();
            }

            return false;
        }

        if (!_customer.Exists)
        {
            Create();
        }

        if (absorbed.ProgramVersion < _program.Version)
        {
            DropFormerBehaviours(absorbed);
        }

        UniteBehaviour(absorbed);
        UniteGroups(absorbed);
        foreach (ref readonly var entry in absorbed.Entries)
        {
            Adopt(in entry, absorbed.Heap);
        }

        SettleSegments();
        Tell(DecisionKind.Merged, absorbed.Key);
        return true;
    }

    /// <summary>What is true of a person whether or not they were seen: consent, messages, ids.</summary>
    private readonly void Unite(Customer absorbed)
    {
        _customer.Dedupe.Unite(_customer.Heap, in absorbed.Dedupe, absorbed.Heap);
        foreach (ref readonly var link in absorbed.Links.Items(absorbed.Heap))
        {
            var key = absorbed.Links.Name(absorbed.Heap, in link);
            var isKept = link.Value == Customer.LinkAbsorbed || (link.Value == Customer.LinkSplit && key.StartsWith("a:"u8));
            if (isKept && _customer.Links.Find(_customer.Heap, link.Hash, key) < 0 && !key.SequenceEqual(_customer.KeyUtf8))
            {
                AddLink(link.Hash, key, link.Value);
            }
        }

        var isSuppressed = _customer.IsSuppressed || absorbed.IsSuppressed;
        if (isSuppressed && (!_customer.IsSuppressed || HasUnsent(absorbed)))
        {
            CancelUnsent(null, "suppressed");
        }

        _customer.IsSuppressed = isSuppressed;
        foreach (var channel in _customer.OptedOutChannels)
        {
            if (HasUnsent(absorbed))
            {
                // Decided before anybody knew whose it is.
                CancelUnsent(channel, "unsubscribed");
            }
        }

        foreach (var channel in absorbed.OptedOutChannels)
        {
            OptOut(channel);
        }

        foreach (ref readonly var message in absorbed.Messages)
        {
            var added = message;
            added.Channel = default;
            added.Channel.Set(_customer.Heap, message.Channel.Items(absorbed.Heap));
            _customer.AddMessage(in added);
        }

        _customer.Messages.Sort((left, right) =>
            left.DecidedAt != right.DecidedAt ? left.DecidedAt.CompareTo(right.DecidedAt) : left.IdHigh.CompareTo(right.IdHigh));
    }

    private static bool HasUnsent(Customer customer)
    {
        foreach (ref readonly var message in customer.Messages)
        {
            if ((message.Flags & Ended) == 0)
            {
                return true;
            }
        }

        return false;
    }

    private void UniteBehaviour(Customer absorbed)
    {
        if (absorbed.CreatedAt < _customer.CreatedAt)
        {
            // Known for longer than some behaviour has been looked for: what it reads is collecting now.
            foreach (var behaviour in _program.Behaviours)
            {
                if (behaviour.MissingBefore > absorbed.CreatedAt)
                {
                    _work.Queue(behaviour.Segments);
                }
            }

            _customer.CreatedAt = absorbed.CreatedAt;
        }

        _customer.Events += absorbed.Events;
        foreach (ref readonly var item in absorbed.EventNames.Items(absorbed.Heap))
        {
            CountName(item.Hash, absorbed.EventNames.Name(absorbed.Heap, in item), item.Value);
        }

        var traits = TraitMerge.Merge(_customer.TraitsUtf8, absorbed.TraitsUtf8, onlyMissing: true);
        SetTraits(traits, traits.IsEmpty ? _customer.Traits.At : Math.Max(_customer.Traits.At, absorbed.Traits.At));
        foreach (ref readonly var theirs in absorbed.Behaviours)
        {
            if (_program.FindBehaviour(theirs.Id) is { Keeping: not ValueKeeping } behaviour)
            {
                ref var ours = ref _customer.Behaviour(theirs.Id, theirs.HasValues);
                behaviour.Keeping.Unite(ref ours, _customer.Heap, behaviour, in theirs, absorbed.Heap, _evaluation.Now);
                _work.Queue(behaviour.Segments);
            }
        }

        foreach (ref readonly var theirs in absorbed.Values)
        {
            if (_program.FindBehaviour(theirs.Id) is { Keeping: ValueKeeping keeping } behaviour)
            {
                keeping.Unite(_customer, behaviour, in theirs, absorbed, _evaluation.Now);
                _work.Queue(behaviour.Segments);
            }
            else if (MergeCount.IsOne(theirs.Id))
            {
                MergeCount.Unite(_customer, in theirs, absorbed.Heap);
            }
        }

        foreach (ref readonly var day in absorbed.CappedDays)
        {
            UniteDay(in day);
        }

        UniteSince(absorbed);
        if (absorbed.Points.Value != 0)
        {
            var before = _customer.Points.ValueAt(_evaluation.Now);
            var theirPoints = absorbed.Points.HalfLifeMs == _customer.Points.HalfLifeMs
                ? absorbed.Points
                : absorbed.Points.Rebase(_evaluation.Now, _customer.Points.HalfLifeMs);
            _customer.Points = _customer.Points.Plus(theirPoints);
            ScoreChanged(before);
        }

        UniteScores(absorbed);
        UniteLife(in absorbed.Life);
    }

    private readonly void UniteDay(in CappedDay day)
    {
        foreach (ref var ours in _customer.CappedDays)
        {
            if (ours.Rule == day.Rule && ours.Day == day.Day)
            {
                ours.Count += day.Count;
                return;
            }
        }

        if (_customer.CappedDayList.Count < Limits.CappedDaysMax)
        {
            _customer.CappedDayList.Add(_customer.Heap, in day);
        }
    }

    private readonly void UniteLife(in Scoring.Lifecycle theirs)
    {
        var wonBackAfter = _program.Stages.WonBackAfterMs;
        ReadOnlySpan<long> instants = [theirs.FirstSeen, theirs.GapStart, theirs.GapEnd, theirs.LastSeen];
        foreach (var instant in instants)
        {
            if (instant != Scoring.Lifecycle.Unset)
            {
                _customer.Life.Add(instant, wonBackAfter);
            }
        }

        UpdateLifecycle();
        UpdateInactivityDue();
    }

    /// <summary>Takes over a run through a campaign. Where both have one, the run that began first goes on.</summary>
    private readonly void Adopt(in EntryState absorbed, StateHeap heap)
    {
        var theirs = absorbed;
        theirs.EventName = theirs.EventBody = default;
        theirs.EventName.Set(_customer.Heap, absorbed.EventName.Items(heap));
        theirs.EventBody.Set(_customer.Heap, absorbed.EventBody.Items(heap));
        var index = _customer.FindEntry(theirs.Campaign);
        if (index < 0)
        {
            _customer.PutEntry(in theirs);
            return;
        }

        var ours = _customer.Entries[index];
        var (kept, other) = KeepsOurs(in ours, in theirs) ? (ours, theirs) : (theirs, ours);
        kept.Number = ours.Number + theirs.Number;
        kept.IsConverted = ours.IsConverted || theirs.IsConverted;
        kept.EnteredAt = kept.Status == EntryStatus.Active ? kept.EnteredAt : Math.Max(ours.EnteredAt, theirs.EnteredAt);
        _customer.Entries[index] = other;
        if (other.Status == EntryStatus.Active)
        {
            End(index, null, EntryStatus.Exited, "merged");
        }

        _customer.Entries[index].FreeEvent(_customer.Heap);
        _customer.Entries[index] = kept;
        var isOnce = _program.Family(kept.Campaign)?.Current is { Definition.Reentry.EveryMs: null };
        if (isOnce && kept.Status == EntryStatus.Active && other.Status != EntryStatus.Active)
        {
            End(index, null, EntryStatus.Exited, "entered before");
        }
    }

    private static bool KeepsOurs(in EntryState ours, in EntryState theirs)
    {
        if ((ours.Status == EntryStatus.Active) != (theirs.Status == EntryStatus.Active))
        {
            return ours.Status == EntryStatus.Active;
        }

        var oursFirst = ours.EnteredAt != theirs.EnteredAt ? ours.EnteredAt < theirs.EnteredAt : ours.Seed <= theirs.Seed;
        return ours.Status == EntryStatus.Active ? oursFirst : !oursFirst;
    }
}
