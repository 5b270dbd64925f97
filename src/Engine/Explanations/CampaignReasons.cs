using System.Globalization;
using Triggers.Engine.Campaigns;
using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;

namespace Triggers.Engine.Explanations;

/// <summary>The rules on the way into a campaign and inside it that are no conditions, as the machine applies them (<c>Turn.Campaigns</c>).</summary>
internal sealed class CampaignReasons(Customer customer, Facts facts, CompiledCampaign campaign, ConditionTree tree, long now)
{
    private CampaignDefinition Definition => campaign.Definition;

    /// <summary>The latest run; null: the customer never entered.</summary>
    public EntryState? Entry => customer.FindEntry(campaign.Key) is >= 0 and var index ? customer.Entries[index] : null;

    public ReasonNode Status()
    {
        var (isLive, needed) = Definition.Status switch
        {
            CampaignStatus.Draft => (false, "it is a draft: it has to be set live in its definition"),
            CampaignStatus.Archived => (false, "it is archived: it has to be set live in its definition"),
            CampaignStatus.Paused => (false, "it is paused in its definition: it has to be set live there"),
            _ => facts.PausedCampaigns.Contains(campaign.Id) ? (false, "it is paused by hand: it has to be resumed") : (true, ""),
        };
        return new ReasonNode(ReasonKinds.Status, "the campaign is live") { Truth = isLive ? Truth.True : Truth.False, Needed = needed };
    }

    public ReasonNode Reentry()
    {
        var text = Definition.Reentry.EveryMs switch { null => "enters once", 0 => "enters whenever not inside", var every => $"enters every {Duration.Format(every.Value)} at most, when not inside" };
        if (Entry is not { } entry)
        {
            return new ReasonNode(ReasonKinds.Reentry, text) { Truth = Truth.True, Seen = { new SeenValue("runs so far", "0") } };
        }

        var again = Definition.Reentry.EveryMs is { } length ? Instants.After(entry.EnteredAt, length) : Instants.Never;
        var isActive = entry.Status == EntryStatus.Active;
        var node = new ReasonNode(ReasonKinds.Reentry, text)
        {
            Truth = !isActive && again <= now ? Truth.True : Truth.False,
            Seen = { new SeenValue("runs so far", entry.Number.ToString(CultureInfo.InvariantCulture)), new SeenValue("last entered", Phrases.Instant(entry.EnteredAt)) },
            Needed = isActive ? "inside already: the run has to end" + (again > now && again != Instants.Never ? $", and {Phrases.Instant(again)} to come" : again == Instants.Never ? ", and there is no second one" : "")
                : again == Instants.Never ? "nothing: the customer was inside once, and there is no second run"
                : $"the last entry has to be {Duration.Format(Definition.Reentry.EveryMs!.Value)} ago",
        };
        return !isActive && again > now ? node.Changing(again, Truth.True) : node;
    }

    /// <summary>null: everybody is in the audience.</summary>
    public ReasonNode? Audience() => Definition.Audience is { } audience
        ? new ReasonNode(ReasonKinds.Audience, "the customer is in the audience") { Parts = [tree.Build(audience)] }
        : null;

    /// <summary>null: no condition ends a run.</summary>
    public ReasonNode? Exit() => Definition.Exit is { } exit ? new ReasonNode(ReasonKinds.Exit, "the exit condition holds") { Parts = [tree.Build(exit)] } : null;

    /// <summary>What would bring the customer in. It is no state: what holds already has to happen once more.</summary>
    public ReasonNode Trigger()
    {
        var trigger = Definition.Trigger;
        var line = Phrases.Number(trigger.Line);
        switch (trigger.Kind)
        {
            case TriggerKind.Event:
                var happening = Phrases.Event(trigger.Subject, trigger.Where);
                return Waiting(happening, $"{happening} has to happen");
            case TriggerKind.SegmentEntered or TriggerKind.SegmentExited:
                var enters = trigger.Kind == TriggerKind.SegmentEntered;
                var isIn = customer.IsIn(trigger.Subject);
                var needed = enters ? isIn ? $"in segment {trigger.Subject} already: has to leave it and enter again" : $"has to enter segment {trigger.Subject}"
                    : isIn ? $"has to leave segment {trigger.Subject}" : $"not in segment {trigger.Subject}: has to enter it and leave again";
                return Waiting(enters ? $"enters segment {trigger.Subject}" : $"leaves segment {trigger.Subject}", needed, [tree.Build(new SegmentExpr(trigger.Subject), isNegated: !enters)]);
            case TriggerKind.ScoreAbove or TriggerKind.ScoreBelow when ScoreLine.Of(Definition) is { } crossed:
                return Crossing(trigger, crossed);
            case TriggerKind.ScoreAbove:
                return Scored(Waiting($"the score rises to {line} or above", customer.ScoreAt(now) >= trigger.Line ? $"the score has to fall below {line} and rise again" : $"the score has to rise to {line}"));
            case TriggerKind.ScoreBelow:
                var isBelow = customer.ScoreAt(now) < trigger.Line;
                var falls = isBelow ? Instants.Never : customer.Points.Crossing(trigger.Line, Instants.Floor(now), inclusive: true);
                return Scored(Waiting($"the score falls below {line}", isBelow ? $"the score has to rise to {line} and fall again" : $"the score has to fall below {line}").Changing(falls, Truth.True));
            default:
                var idle = Duration.Format(trigger.DurationMs);
                var due = customer.LastSeen is { } seen ? Instants.After(seen, trigger.DurationMs) : Instants.Never;
                var node = Waiting($"no event for {idle}", due > now ? "time has to pass without an event" : "an event has to happen, and none after it for as long");
                node.Seen.Add(new SeenValue("last seen", customer.LastSeen is { } last ? Phrases.Instant(last) : "never"));
                return due > now ? node.Changing(due, Truth.True) : node;
        }
    }

    private ReasonNode Crossing(TriggerDefinition trigger, ScoreLine line)
    {
        var (from, until) = (Phrases.Number(line.From), Phrases.Number(line.Until));
        var rises = trigger.Kind == TriggerKind.ScoreAbove;
        var isOver = customer.TruthOf(line.Key) == Truth.True;
        var needed = rises
            ? isOver ? $"the score has to fall below {until} and rise to {from} again" : $"the score has to rise to {from}"
            : isOver ? $"the score has to fall below {until}" : $"the score has to rise to {from} and fall below {until} again";
        var text = $"{Canonical.Of(line.Score)} {(rises ? $"rises to {from} or above" : $"falls below {until}")}";
        if (isOver != rises)
        {
            return Waiting(text, needed, [tree.Build(new CompareExpr(CompareOp.GreaterOrEqual, line.Score, new LiteralExpr(Value.Of(trigger.Line))), isNegated: !rises)]);
        }

        // It has to come back first: when the condition turns is not when it is crossed.
        var node = Waiting(text, needed);
        foreach (var score in customer.ScoresAt(facts.Program, now).Where(score => !score.IsCollecting && score.Id == (line.ScoreId.Length == 0 ? Expressions.Functions.ScoreFunction.Engagement : line.ScoreId)))
        {
            node.Seen.Add(new SeenValue(Canonical.Of(line.Score), Phrases.Number(score.Value)));
        }

        return node;
    }

    /// <summary>Where a run stands.</summary>
    public ReasonNode? Step(in EntryState entry)
    {
        if (campaign.Find(entry.Step) is not (>= 0 and var at))
        {
            return null;
        }

        var (text, needed) = campaign.Instructions[at] switch
        {
            WaitInstruction wait => ($"wait {Duration.Format(wait.DurationMs)}", "time has to pass"),
            WaitUntilInstruction until => ($"wait for {until.Plan.Name}, at most {Duration.Format(until.ForMs)}", $"{until.Plan.Name} has to happen, or the time to be over"),
            _ => ("send", "an address has to become known, or the time for it to be over"),
        };
        var node = new ReasonNode(ReasonKinds.Step, $"step {campaign.Instructions[at].StepId}: {text}") { Truth = Truth.False, Needed = needed };
        return node.Changing(Instants.After(entry.Until, 0), Truth.True);
    }

    private static ReasonNode Waiting(string text, string needed, ReasonNode[]? parts = null) =>
        new(ReasonKinds.Trigger, text) { Truth = Truth.False, Needed = needed, Parts = parts ?? [], IsFixed = true };

    private ReasonNode Scored(ReasonNode node)
    {
        node.Seen.Add(new SeenValue("score", Phrases.Number(customer.ScoreAt(now))));
        return node;
    }
}
