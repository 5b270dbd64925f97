using Triggers.Engine.Campaigns;
using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Expressions;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Programs.Json;
using Triggers.Engine.Records;
using Triggers.Engine.Scoring;
using Triggers.Engine.Text;

namespace Triggers.Engine.Explanations;

/// <summary>
/// Answers why: of a customer, at an instant, or at a decision of the machine. Pure, and off the hot path: whoever asks brings a customer as it stood then and
/// the facts in force; nothing of theirs is changed.
/// </summary>
public static class Explainer
{
    /// <summary>Why the customer is in a segment, or not; null: the program has no such segment.</summary>
    /// <param name="customer">As of the instant or before it, if no record came between.</param>
    /// <param name="at">ms since 1970.</param>
    public static Explanation? Segment(Customer customer, Facts facts, string id, long at)
    {
        var copy = Copy(customer);
        using var nothing = new NoEffects();
        Foresight.Advance(copy, facts, at, nothing);
        return OfSegment(copy, facts, id, at, decision: null);
    }

    /// <summary>Whether the customer would enter a campaign, and what would become of its messages; null: the program has no such campaign.</summary>
    /// <inheritdoc cref="Segment"/>
    public static Explanation? Campaign(Customer customer, Facts facts, string id, long at)
    {
        var copy = Copy(customer);
        using var nothing = new NoEffects();
        Foresight.Advance(copy, facts, at, nothing);
        return OfCampaign(copy, facts, id, at);
    }

    /// <summary>Applies a record, and explains one of the decisions that it leads to as the machine saw it in that moment; null: there is no such decision, or nothing to explain.</summary>
    /// <param name="customer">As it stood before the record; it is advanced.</param>
    /// <param name="number">Which of the record's decisions, from 0.</param>
    public static Explanation? Decision(Customer customer, in RecordView record, Facts facts, int number)
    {
        using var moment = new DecisionMoment(customer, number);
        Machine.Apply(customer, in record, facts, moment);
        return moment.Decision is not { } decision ? null : new DecisionReasons(CustomerCodec.Read(moment.State.Span), facts, record, decision, moment.StepId).Explain();
    }

    /// <summary>The same of a record with which the customer enters a campaign anyway (<see cref="Machine.Enter"/>).</summary>
    /// <inheritdoc cref="Decision"/>
    public static Explanation? DecisionAnyway(Customer customer, in RecordView record, Facts facts, string campaign, int number)
    {
        using var moment = new DecisionMoment(customer, number);
        Machine.Enter(customer, in record, facts, campaign, moment);
        return moment.Decision is not { } decision ? null : new DecisionReasons(CustomerCodec.Read(moment.State.Span), facts, record, decision, moment.StepId).Explain();
    }

    /// <summary>Whether a record leads the customer into a campaign: all that is looked at on the way, with what is in it; null: the program has no such campaign.</summary>
    /// <param name="customer">As it stood before the record; it is advanced.</param>
    /// <param name="isTriggered">The record met the trigger, by what the machine decided.</param>
    public static Explanation? Entry(Customer customer, in RecordView record, Facts facts, string campaign, bool isTriggered)
    {
        using var moment = new DecisionMoment(customer, 0, entered: campaign);
        Machine.Enter(customer, in record, facts, campaign, moment);
        var explanation = moment.Decision is not { } decision ? null : new DecisionReasons(CustomerCodec.Read(moment.State.Span), facts, record, decision, "", isTriggered).Explain();
        return explanation?.InTheWay is null ? explanation : explanation with { Outcome = "would not enter" };
    }

    /// <summary>Whether there is more to say about such a decision than itself.</summary>
    public static bool CanExplain(DecisionKind kind) => kind is DecisionKind.SegmentEntered or DecisionKind.SegmentExited or DecisionKind.CampaignEntered or DecisionKind.CampaignNotEntered
        or DecisionKind.CampaignExited or DecisionKind.CampaignCompleted or DecisionKind.MessageDecided or DecisionKind.MessageSkipped or DecisionKind.Converted or DecisionKind.BranchTaken;

    internal static Explanation? OfSegment(Customer copy, Facts facts, string id, long at, string? decision)
    {
        if (facts.Program.Definitions.Segments.FirstOrDefault(segment => segment.Id == id) is not { } definition)
        {
            return null;
        }

        var sight = new Sight(facts.Program, null);
        var tree = new ConditionTree(sight);
        var root = tree.Build(definition.Condition);
        Judge(copy, facts, tree, [root], at, Instants.Never);
        return new Explanation
        {
            Kind = Explained.Segment,
            Id = id,
            At = at,
            Version = facts.Program.Version,
            Outcome = decision ?? root.Truth switch { Truth.True => "in", Truth.Unknown => "collecting", _ => "not in" },
            InTheWay = FirstOf([root]),
            Checks = [root.ToReason()],
        };
    }

    /// <summary>Tests reasons, says what they saw and lack, and finds when time turns them. The customer is advanced.</summary>
    internal static void Judge(Customer copy, Facts facts, ConditionTree tree, IReadOnlyList<ReasonNode> reasons, long at, long since)
    {
        var now = Instants.Floor(at);
        var evaluation = new Evaluation { Customer = copy, Program = facts.Program, Properties = [], Text = new JsonText(), Now = now, Since = since };
        foreach (var reason in reasons)
        {
            ConditionTree.Test(reason, ref evaluation);
            tree.Describe(reason, ref evaluation);
        }

        Foresight.Find(copy, facts, reasons, now, since);
    }

    internal static Reason? FirstOf(IEnumerable<ReasonNode> reasons) => reasons.FirstOrDefault(reason => reason.Blocks)?.FirstInTheWay().ToReason(withParts: false);

    private static Explanation? OfCampaign(Customer copy, Facts facts, string id, long at)
    {
        if (facts.Program.Family(Hash64.Of(id))?.Current is not { } campaign)
        {
            return null;
        }

        var now = Instants.Floor(at);
        var tree = new ConditionTree(new Sight(facts.Program, null));
        var rules = new CampaignReasons(copy, facts, campaign, tree, at);
        var (trigger, status) = (rules.Trigger(), rules.Status());
        List<ReasonNode> gates = [status, rules.Reentry(), .. rules.Audience() is { } audience ? [audience] : Array.Empty<ReasonNode>()];
        List<ReasonNode> inside = [];
        var since = Instants.Never;
        var isInside = rules.Entry is { Status: EntryStatus.Active };
        if (rules.Entry is { Status: EntryStatus.Active } entry && facts.Program.Family(campaign.Key)!.Find(entry.Version) is { } version)
        {
            // A run goes by the version it began with.
            var own = new CampaignReasons(copy, facts, version, new ConditionTree(new Sight(facts.Program, null)), at);
            inside = [.. new[] { own.Step(in entry), own.Exit() }.OfType<ReasonNode>()];
            since = entry.Since;
        }

        var messages = new MessageReasons(copy, facts, campaign, status, now).All().ToList();
        var exits = inside.Where(reason => reason.Kind == ReasonKinds.Exit).ToList();
        Judge(Copy(copy), facts, tree, exits, at, since);
        messages.ForEach(message => ConditionTree.Settle(message));
        Judge(copy, facts, tree, [trigger, .. gates.Where(gate => gate.Kind == ReasonKinds.Audience)], at, Instants.Never);
        if (trigger.Parts is [{ Blocks: true } turns])
        {
            trigger.Changing(turns.ChangesAt, Truth.True);
        }

        return new Explanation
        {
            Kind = Explained.Campaign,
            Id = id,
            At = at,
            Version = facts.Program.Version,
            Outcome = isInside ? "inside" : gates.Exists(gate => gate.Blocks) ? "would not enter" : "would enter",
            InTheWay = isInside ? null : FirstOf([.. gates, trigger]),
            Checks = [.. new[] { trigger }.Concat(gates).Concat(inside).Select(reason => reason.ToReason())],
            Messages = [.. messages.Select(message => message.ToReason())],
        };
    }

    internal static Customer Copy(Customer customer)
    {
        using var writer = new ByteWriter();
        CustomerCodec.Write(customer, writer);
        return CustomerCodec.Read(writer.Written);
    }
}
