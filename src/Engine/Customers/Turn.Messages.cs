using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Triggers.Engine.Campaigns;
using Triggers.Engine.Effects;
using Triggers.Engine.Messages;
using Triggers.Engine.Programs;
using Triggers.Engine.Text;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Customers;

/// <summary>Messages: whether one may go out, what its template sees, and its id.</summary>
internal ref partial struct Turn
{
    private const string NoAddress = "no address";

    private void DecideMessage(in EntryState entry, CompiledCampaign campaign, SendInstruction send)
    {
        Count(Counters.MessagesDecided, 1);
        Count(campaign.Counters.Decided, 1);
        var address = Address(send);
        var reason = WhySkipped(campaign, send, address);
        if (reason.Length > 0)
        {
            Count(Counters.MessagesSkipped, 1);
            Count(campaign.Counters.Skipped(reason), 1);
            Tell(DecisionKind.MessageSkipped, campaign.Id, reason);
            return;
        }

        // Told before it counts against the cap: an explanation sees what led to it.
        Tell(DecisionKind.MessageDecided, campaign.Id, send.Template);
        Span<byte> id = stackalloc byte[16];
        Span<byte> seed = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(seed, entry.Seed);
        BinaryPrimitives.WriteUInt64BigEndian(seed[8..], send.StepKey);
        var (high, low) = (Hash64.Of(seed), Hash64.Of(seed, 1));
        BinaryPrimitives.WriteUInt64BigEndian(id, high);
        BinaryPrimitives.WriteUInt64BigEndian(id[8..], low);
        _effects.Send(new MessageDecision(
            Convert16(id),
            _customer.Key,
            campaign.Id,
            campaign.LastVersion,
            send.StepId,
            send.Channel,
            send.Template,
            address,
            MessageData(in entry),
            _instant,
            _instant + _program.Definitions.Sending.ExpireAfterMs));
        var message = new MessageState
        {
            IdHigh = high,
            IdLow = low,
            Campaign = campaign.Key,
            Step = send.StepKey,
            DecidedAt = _instant,
        };
        message.Channel.Set(_customer.Heap, Encoding.UTF8.GetBytes(send.Channel));
        _customer.AddMessage(in message);
    }

    private static string Convert16(ReadOnlySpan<byte> id) => System.Convert.ToHexStringLower(id);

    private string Address(SendInstruction send)
    {
        if (send.AddressTrait is null)
        {
            return send.Address;
        }

        var value = send.AddressTrait.Read(ref _evaluation);
        return value.Type == ValueType.Text ? Encoding.UTF8.GetString(value.Text).Trim() : "";
    }

    /// <summary>It is a time of day at which nobody is written to.</summary>
    /// <param name="over">When it is over, ms since 1970, a whole second ahead.</param>
    private bool IsQuiet(CompiledCampaign campaign, SendInstruction send, out long over)
    {
        over = Scoring.Instants.Never;
        return send.AddressTrait is not null && !campaign.Definition.IgnoresQuietHours && _program.Definitions.Sending.QuietHours is { } hours
            && Quiet.IsWithin(hours, _program.QuietZone!.Read(ref _evaluation), _instant, out over);
    }

    /// <summary>Nothing but the address stands in the way: it may be on its way, since SDKs send an identify and an event in two requests.</summary>
    private bool LacksOnlyAddress(CompiledCampaign campaign, SendInstruction send) => WhySkipped(campaign, send, Address(send)) == NoAddress;

    private readonly string WhySkipped(CompiledCampaign campaign, SendInstruction send, string address)
    {
        if (_program.Family(campaign.Key)?.Current is not { } current || IsPaused(current))
        {
            return "campaign paused";
        }

        if (_customer.IsSuppressed)
        {
            return "suppressed";
        }

        if (Array.IndexOf(_customer.OptedOutChannels, send.Channel) >= 0)
        {
            return "opted out";
        }

        if (address.Length == 0)
        {
            return NoAddress;
        }

        return IsCapped() ? "frequency cap" : "";
    }

    /// <summary>Counts decisions within the cap's time; a message that failed or was skipped gives its place back.</summary>
    private readonly bool IsCapped()
    {
        var sending = _program.Definitions.Sending;
        if (sending.CapMessages <= 0 || sending.CapPerMs <= 0)
        {
            return false;
        }

        var count = 0;
        foreach (ref readonly var message in _customer.Messages)
        {
            var counts = message.DecidedAt > _instant - sending.CapPerMs && (message.Flags & (MessageFlags.Failed | MessageFlags.Skipped)) == 0;
            count += counts ? 1 : 0;
        }

        return count >= Math.Min(sending.CapMessages, Limits.RecentMessagesMax);
    }

    /// <summary><c>{"traits":{…},"group":{…},"event":{"name","properties"},"customer":{"id","anonymous"}}</c>; without <c>group</c> for who is in none.</summary>
    private readonly byte[] MessageData(in EntryState entry)
    {
        var traits = ComputedTraits.MergeInto(_customer, _program, _evaluation.Now);
        var group = Groups.GroupList.TemplateJsonOf(_customer);
        var name = entry.EventName.Items(_customer.Heap);
        var data = Render(traits, group, name, entry.EventBody.Items(_customer.Heap));
        if (data.Length > Limits.MessageDataBytesMax)
        {
            data = Render(traits, group, name, []);
        }

        return data.Length > Limits.MessageDataBytesMax ? Render([], group, name, []) : data;
    }

    private readonly byte[] Render(ReadOnlySpan<byte> traits, ReadOnlySpan<byte> group, ReadOnlySpan<byte> eventName, ReadOnlySpan<byte> properties)
    {
        _work.Data.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(_work.Data, new JsonWriterOptions { SkipValidation = true }))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("traits"u8);
            writer.WriteRawValue(OrEmpty(traits), skipInputValidation: true);
            if (!group.IsEmpty)
            {
                writer.WritePropertyName("group"u8);
                writer.WriteRawValue(group, skipInputValidation: true);
            }

            writer.WriteStartObject("event"u8);
            writer.WriteString("name"u8, eventName);
            writer.WritePropertyName("properties"u8);
            writer.WriteRawValue(OrEmpty(properties), skipInputValidation: true);
            writer.WriteEndObject();
            writer.WriteStartObject("customer"u8);
            writer.WriteString("id"u8, _customer.KeyUtf8[2..]);
            writer.WriteBoolean("anonymous"u8, _customer.IsAnonymous);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return _work.Data.WrittenSpan.ToArray();
    }

    private static ReadOnlySpan<byte> OrEmpty(ReadOnlySpan<byte> json) => json.Length < 2 ? "{}"u8 : json;
}
