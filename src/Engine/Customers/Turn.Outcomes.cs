using System.Buffers.Binary;
using System.Text;
using Triggers.Engine.Effects;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Records;

namespace Triggers.Engine.Customers;

/// <summary>What came of messages, and orders from people: consent, suppression, erasure.</summary>
internal ref partial struct Turn
{
    private const MessageFlags Ended = MessageFlags.Sent | MessageFlags.Skipped | MessageFlags.Failed;

    private void ApplyOutcome()
    {
        var index = FindMessage(_record.MessageId);
        if (index < 0)
        {
            if (FormerHolder() is { IsEmpty: false } holder)
            {
                // Of a message to the customer that this device was part of.
                _effects.Records.AddOutcome(holder, _record.OutcomeKind, _record.OccurredAt, _record.MessageId, Encoding.UTF8.GetString(_record.Name));
                return;
            }

            if (_record.OutcomeKind is OutcomeKind.Unsubscribed or OutcomeKind.Complained)
            {
                OptOut("email");
            }

            return;
        }

        ref var message = ref _customer.Messages[index];
        var family = _program.Family(message.Campaign);
        var campaign = family?.Counters;
        var step = campaign?.FindStep(message.Step);
        switch (_record.OutcomeKind)
        {
            case OutcomeKind.Sent when (message.Flags & (MessageFlags.Sent | MessageFlags.Skipped)) == 0:
                if ((message.Flags & MessageFlags.Failed) != 0)
                {
                    // A dead letter was sent again by hand: it ends as sent.
                    message.Flags &= ~MessageFlags.Failed;
                    Count(Counters.MessagesFailed, campaign?.Failed, -1);
                }

                message.Flags |= MessageFlags.Sent;
                Count(Counters.MessagesSent, campaign?.Sent, 1);
                Count(step?.Sent);
                break;
            case OutcomeKind.Skipped when (message.Flags & (MessageFlags.Sent | MessageFlags.Skipped)) == 0:
                if ((message.Flags & MessageFlags.Failed) != 0)
                {
                    message.Flags &= ~MessageFlags.Failed;
                    Count(Counters.MessagesFailed, campaign?.Failed, -1);
                }

                message.Flags |= MessageFlags.Skipped;
                var reason = SkipReason();
                Count(Counters.MessagesSkipped, campaign?.Skipped(reason), 1);
                Tell(DecisionKind.MessageSkipped, family?.Id ?? "", reason);
                break;
            case OutcomeKind.Failed when (message.Flags & Ended) == 0:
                message.Flags |= MessageFlags.Failed;
                Count(Counters.MessagesFailed, campaign?.Failed, 1);
                break;
            case OutcomeKind.Opened:
                Count(campaign?.OpenedTotal);
                if (First(ref message, MessageFlags.Opened))
                {
                    Count(campaign?.Opened);
                    Count(step?.Opened);
                }

                break;
            case OutcomeKind.Clicked:
                Count(campaign?.ClickedTotal);
                if (First(ref message, MessageFlags.Clicked))
                {
                    Count(campaign?.Clicked);
                    Count(step?.Clicked);
                }

                break;
            case OutcomeKind.Bounced when First(ref message, MessageFlags.Bounced):
                Count(campaign?.Bounced);
                break;
            case OutcomeKind.Complained:
                if (First(ref message, MessageFlags.Complained))
                {
                    Count(campaign?.Complained);
                }

                OptOut(ChannelOf(in message));
                break;
            case OutcomeKind.Unsubscribed:
                if (First(ref message, MessageFlags.Unsubscribed))
                {
                    Count(campaign?.Unsubscribed);
                }

                OptOut(ChannelOf(in message));
                break;
            case OutcomeKind.Replied:
                message.Flags |= MessageFlags.Replied;
                break;
        }
    }

    private readonly string ChannelOf(in MessageState message) => Encoding.UTF8.GetString(message.Channel.Items(_customer.Heap));

    private static bool First(ref MessageState message, MessageFlags flag)
    {
        var first = (message.Flags & flag) == 0;
        message.Flags |= flag;
        return first;
    }

    private readonly int FindMessage(ReadOnlySpan<byte> id)
    {
        if (id.Length != 16)
        {
            return -1;
        }

        var high = BinaryPrimitives.ReadUInt64BigEndian(id);
        var low = BinaryPrimitives.ReadUInt64BigEndian(id[8..]);
        var messages = _customer.Messages;
        for (var i = messages.Length - 1; i >= 0; i--)
        {
            if (messages[i].IdHigh == high && messages[i].IdLow == low)
            {
                return i;
            }
        }

        return -1;
    }

    private readonly string SkipReason() => _record.Name.Length is 0 or > 64 ? "other" : Encoding.UTF8.GetString(_record.Name);

    private readonly void Count(Counter? counter)
    {
        if (counter is not null)
        {
            _effects.Count(counter, 1);
        }
    }

    private readonly void Count(Counter all, Counter? ofCampaign, long delta)
    {
        _effects.Count(all, delta);
        if (ofCampaign is not null)
        {
            _effects.Count(ofCampaign, delta);
        }
    }

    private void ApplyCommand()
    {
        switch (_record.CommandKind)
        {
            case CommandKind.Suppress:
                if (!_customer.IsSuppressed)
                {
                    _customer.IsSuppressed = true;
                    CancelUnsent(null, "suppressed");
                    Tell(DecisionKind.Suppressed, "");
                }

                break;
            case CommandKind.Unsuppress:
                _customer.IsSuppressed = false;
                break;
            case CommandKind.Unsubscribe:
                OptOut(Channel());
                break;
            case CommandKind.Resubscribe:
                var channel = Channel();
                _customer.OptedOutChannels = [.. _customer.OptedOutChannels.Where(item => item != channel)];
                break;
            case CommandKind.Erase:
                Erase();
                break;
            case CommandKind.Merge:
                MergeByHand();
                break;
            case CommandKind.Split:
                LetGo();
                break;
            case CommandKind.Disown:
                AnswerDisowner();
                break;
            case CommandKind.Disowned:
                BeAnswered();
                break;
            case CommandKind.JoinList:
                ApplyList(joins: true);
                break;
            case CommandKind.LeaveList:
                ApplyList(joins: false);
                break;
        }
    }

    private readonly string Channel() => _record.Name.Length is 0 or > 64 ? "email" : string.Intern(Encoding.UTF8.GetString(_record.Name));

    private readonly void OptOut(string channel)
    {
        if (Array.IndexOf(_customer.OptedOutChannels, channel) >= 0 || _customer.OptedOutChannels.Length >= Limits.OptedOutChannelsMax)
        {
            return;
        }

        _customer.OptedOutChannels = [.. _customer.OptedOutChannels.Append(channel).Order(StringComparer.Ordinal)];
        CancelUnsent(channel, "unsubscribed");
        Tell(DecisionKind.OptedOut, channel);
    }

    /// <summary>Under every key that messages of this person were decided for.</summary>
    private readonly void CancelUnsent(string? channel, string reason)
    {
        _effects.CancelUnsent(_customer.Key, null, channel, reason);
        foreach (var key in _customer.AbsorbedKeys)
        {
            _effects.CancelUnsent(key, null, channel, reason);
        }
    }

    /// <summary>Takes the customer out of every total that it stands in.</summary>
    private readonly void Leave()
    {
        if (!_customer.Exists)
        {
            return;
        }

        foreach (ref readonly var state in _customer.Segments)
        {
            if (state.Truth == Truth.True && _program.SegmentsByKey.TryGetValue(state.Key, out var segment) && segment.Size is { } size)
            {
                Count(size, -1);
            }
        }

        CountStage(_customer.Stage, -1);
        Count(Counters.CustomersTotal, -1);
        if (!_customer.IsAnonymous)
        {
            Count(Counters.CustomersKnown, -1);
        }
    }
}
