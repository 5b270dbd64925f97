using System.Globalization;
using System.Text;
using Triggers.Engine.Campaigns;
using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;
using Triggers.Engine.Messages;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Programs.Json;
using Triggers.Engine.Scoring;
using Triggers.Engine.Text;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Explanations;

/// <summary>The rules on the way of a message, in the order in which the machine applies them (<c>Turn.Messages</c>).</summary>
internal sealed class MessageReasons(Customer customer, Facts facts, CompiledCampaign campaign, ReasonNode status, long now)
{
    /// <summary>Every send step, in the order of the definition.</summary>
    public IEnumerable<ReasonNode> All() => CampaignRules.All(campaign.Definition.Steps).OfType<SendStep>().Select(Of);

    public ReasonNode Of(SendStep step)
    {
        var send = (SendInstruction)campaign.Instructions[campaign.Find(Hash64.Of(step.Id))];
        List<ReasonNode> parts = [Suppression(), Consent(send), Address(send, step.To), .. Cap(), .. QuietHours(send)];
        if (status.Blocks)
        {
            parts.Insert(0, status);
        }

        return new ReasonNode(ReasonKinds.Message, $"step {send.StepId}: {(send.Template.Length > 0 ? send.Template : "message")} by {send.Channel}") { Parts = parts };
    }

    private ReasonNode Suppression() => new(ReasonKinds.Suppression, "not suppressed")
    {
        Truth = customer.IsSuppressed ? Truth.False : Truth.True,
        Needed = "the suppression has to be lifted",
    };

    private ReasonNode Consent(SendInstruction send) => new(ReasonKinds.Consent, $"not opted out of {send.Channel}")
    {
        Truth = customer.OptedOut.Contains(send.Channel, StringComparer.Ordinal) ? Truth.False : Truth.True,
        Needed = $"the customer has to opt in to {send.Channel} again",
    };

    private ReasonNode Address(SendInstruction send, string? trait)
    {
        if (send.AddressTrait is null)
        {
            return new ReasonNode(ReasonKinds.Address, "an address") { Truth = send.Address.Length > 0 ? Truth.True : Truth.False, Seen = { new SeenValue("address", send.Address) }, Needed = "the step has to name an address" };
        }

        var path = Canonical.Path("traits", trait ?? (send.Channel == "sms" ? "phone" : "email"));
        var evaluation = new Evaluation { Customer = customer, Program = facts.Program, Properties = [], Text = new JsonText(), Now = Instants.Floor(now), Since = Instants.Never };
        var value = send.AddressTrait.Read(ref evaluation);
        return new ReasonNode(ReasonKinds.Address, $"an address in {path}")
        {
            Truth = value.Type == ValueType.Text && Encoding.UTF8.GetString(value.Text).Trim().Length > 0 ? Truth.True : Truth.False,
            Seen = { new SeenValue(path, Phrases.Show(in value)) },
            Needed = $"{path} has to become known",
        };
    }

    private IEnumerable<ReasonNode> Cap()
    {
        var sending = facts.Program.Definitions.Sending;
        if (sending.CapMessages <= 0 || sending.CapPerMs <= 0)
        {
            yield break;
        }

        var decided = new List<long>();
        foreach (ref readonly var message in customer.Messages)
        {
            if (message.DecidedAt > now - sending.CapPerMs && (message.Flags & (MessageFlags.Failed | MessageFlags.Skipped)) == 0)
            {
                decided.Add(message.DecidedAt);
            }
        }

        decided.Sort();
        var most = Math.Min(sending.CapMessages, Limits.RecentMessagesMax);
        var span = Duration.Format(sending.CapPerMs);
        var node = new ReasonNode(ReasonKinds.Cap, $"fewer than {most} messages within {span}")
        {
            Truth = decided.Count < most ? Truth.True : Truth.False,
            Seen = { new SeenValue($"messages decided within {span}", decided.Count.ToString(CultureInfo.InvariantCulture)) },
            Needed = $"{decided.Count} of at most {most}; the oldest of them has to be {span} ago",
        };
        yield return decided.Count < most ? node : node.Changing(Instants.After(decided[decided.Count - most], sending.CapPerMs), Truth.True);
    }

    /// <summary>Whoever comes to the step in them waits there.</summary>
    private IEnumerable<ReasonNode> QuietHours(SendInstruction send)
    {
        if (facts.Program.Definitions.Sending.QuietHours is not { } hours || send.AddressTrait is null || campaign.Definition.IgnoresQuietHours)
        {
            yield break;
        }

        var evaluation = new Evaluation { Customer = customer, Program = facts.Program, Properties = [], Text = new JsonText(), Now = Instants.Floor(now), Since = Instants.Never };
        var zone = facts.Program.QuietZone!.Read(ref evaluation);
        var isQuiet = Quiet.IsWithin(hours, zone, now, out var over);
        var local = NodaTime.Instant.FromUnixTimeMilliseconds(now).InZone(zone).TimeOfDay;
        var node = new ReasonNode(ReasonKinds.QuietHours, string.Create(CultureInfo.InvariantCulture, $"not between {Time(hours.From)} and {Time(hours.Until)}"))
        {
            Truth = isQuiet ? Truth.False : Truth.True,
            Seen = { new SeenValue($"time in {zone.Id}", string.Create(CultureInfo.InvariantCulture, $"{local.Hour:00}:{local.Minute:00}")) },
            Needed = isQuiet ? $"the quiet hours have to be over, at {Phrases.Instant(over)}" : "",
        };
        yield return isQuiet ? node.Changing(over, Truth.True) : node;
    }

    private static string Time(int minutes) => string.Create(CultureInfo.InvariantCulture, $"{minutes / 60:00}:{minutes % 60:00}");
}
