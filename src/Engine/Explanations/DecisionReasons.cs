using System.Globalization;
using System.Text;
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

/// <summary>Explains one decision by what the machine looked at when it took it.</summary>
/// <param name="customer">A copy, as of the moment of the decision.</param>
/// <param name="stepId">The step of a message; empty: none.</param>
/// <param name="isTriggered">Of an entry: its trigger was met; false: it is asked what would have been in the way.</param>
internal readonly ref struct DecisionReasons(Customer customer, Facts facts, RecordView record, Decision decision, string stepId, bool isTriggered = true)
{
    private readonly RecordView _record = record;

    /// <summary>null: a decision that needs no explanation, or whose campaign the program knows no more.</summary>
    public Explanation? Explain() => decision.Kind switch
    {
        DecisionKind.SegmentEntered => Explainer.OfSegment(customer, facts, decision.Subject, decision.At, "entered"),
        DecisionKind.SegmentExited => Explainer.OfSegment(customer, facts, decision.Subject, decision.At, "left"),
        DecisionKind.CampaignEntered => Entry("entered"),
        DecisionKind.CampaignNotEntered => Entry("did not enter"),
        DecisionKind.CampaignExited => Running("exited", reasons => reasons.Exit()),
        DecisionKind.CampaignCompleted => Running("completed", _ => null),
        DecisionKind.MessageDecided => Message("decided"),
        DecisionKind.MessageSkipped => Message("skipped"),
        DecisionKind.Converted => Goal(),
        DecisionKind.BranchTaken => Branch(),
        _ => null,
    };

    private CampaignFamily? Family => facts.Program.Family(Hash64.Of(decision.Subject));

    private long Now => Instants.Floor(decision.At);

    /// <summary>The record's event is in hand: what was decided at its own instant, and not by time before it.</summary>
    private bool HasEvent => _record.Kind == RecordKind.Event && decision.At == _record.At;

    private Explanation? Entry(string outcome)
    {
        if (Family?.Current is not { } campaign)
        {
            return null;
        }

        var tree = new ConditionTree(new Sight(facts.Program, null));
        var rules = new CampaignReasons(customer, facts, campaign, tree, decision.At);
        var audience = rules.Audience();
        var trigger = isTriggered || IsOf(campaign.Definition.Trigger) ? Triggered(campaign) : rules.Trigger();
        List<ReasonNode> checks = [trigger, rules.Status(), .. EventAge(campaign), rules.Reentry(), .. audience is null ? [] : new[] { audience }];
        List<ReasonNode> judged = [.. new[] { isTriggered || IsOf(campaign.Definition.Trigger) ? null : trigger, audience }.OfType<ReasonNode>()];
        if (judged.Count > 0)
        {
            Explainer.Judge(customer, facts, tree, judged, decision.At, Instants.Never);
        }

        return Make(outcome, checks, Explainer.FirstOf(checks));
    }

    /// <summary>The event in hand is the one that the trigger asks for, whatever its properties.</summary>
    private bool IsOf(TriggerDefinition trigger) => trigger.Kind == TriggerKind.Event && _record.Kind == RecordKind.Event
        && Turn.EventName(_record.EventType, _record.Name).SequenceEqual(Encoding.UTF8.GetBytes(trigger.Subject));

    private Explanation? Running(string outcome, Func<CampaignReasons, ReasonNode?> find)
    {
        var entry = customer.FindEntry(Hash64.Of(decision.Subject)) is >= 0 and var index ? customer.Entries[index] : default;
        if (Family?.Find(entry.Version) is not { } campaign)
        {
            return Make(outcome, [], null);
        }

        var tree = new ConditionTree(new Sight(facts.Program, null));
        List<ReasonNode> checks = [];
        if (find(new CampaignReasons(customer, facts, campaign, tree, decision.At)) is { } rule)
        {
            checks.Add(rule);
            Explainer.Judge(customer, facts, tree, checks, decision.At, entry.Since);
        }

        return Make(outcome, checks, null);
    }

    /// <summary>The cases of a branch up to the one that held.</summary>
    private Explanation? Branch()
    {
        var entry = customer.FindEntry(Hash64.Of(decision.Subject)) is >= 0 and var index ? customer.Entries[index] : default;
        var id = stepId;
        if (Family?.Find(entry.Version) is not { } campaign || CampaignRules.All(campaign.Definition.Steps).OfType<BranchStep>().FirstOrDefault(item => item.Id == id) is not { } step)
        {
            return Make("branched", [], null);
        }

        var tree = new ConditionTree(new Sight(facts.Program, null));
        List<ReasonNode> checks = [];
        foreach (var branch in step.Cases)
        {
            checks.Add(new ReasonNode(ReasonKinds.Case, string.Create(CultureInfo.InvariantCulture, $"case {checks.Count + 1}")) { Parts = [tree.Build(branch.When)] });
            Explainer.Judge(Explainer.Copy(customer), facts, tree, [checks[^1]], decision.At, entry.Since);
            if (checks[^1].Truth == Truth.True)
            {
                break;
            }
        }

        return Make("branched", checks, null);
    }

    private Explanation? Message(string outcome)
    {
        var entry = customer.FindEntry(Hash64.Of(decision.Subject)) is >= 0 and var index ? customer.Entries[index] : default;
        var (id, waiting) = (stepId, entry.Step);
        if (Family is not { Current: { } current } family || (family.Find(entry.Version) ?? current) is not { } campaign
            || CampaignRules.All(campaign.Definition.Steps).OfType<SendStep>().FirstOrDefault(item => id.Length > 0 ? item.Id == id : Hash64.Of(item.Id) == waiting) is not { } step)
        {
            return Make(outcome, [], null);
        }

        var status = new CampaignReasons(customer, facts, current, new ConditionTree(new Sight(facts.Program, null)), decision.At).Status();
        var message = new MessageReasons(customer, facts, campaign, status, decision.At).Of(step);
        ConditionTree.Settle(message);
        return Make(outcome, [message], Explainer.FirstOf([message]));
    }

    private Explanation? Goal()
    {
        var entry = customer.FindEntry(Hash64.Of(decision.Subject)) is >= 0 and var index ? customer.Entries[index] : default;
        if (Family?.Find(entry.Version) is not { Definition.Goal: { } goal })
        {
            return Make("converted", [], null);
        }

        var node = InHand(ReasonKinds.Goal, $"{Phrases.Event(goal.EventName, goal.Where)}, within {Duration.Format(goal.WithinMs)} of entering", goal.Where, entry.Since);
        node.Seen.Add(new SeenValue("entered", Phrases.Instant(entry.Since)));
        node.Seen.Add(new SeenValue("happened", Phrases.Instant(_record.OccurredAt)));
        return Make("converted", [node], null);
    }

    private ReasonNode Triggered(CompiledCampaign campaign)
    {
        var trigger = campaign.Definition.Trigger;
        if (trigger.Kind == TriggerKind.Event)
        {
            return InHand(ReasonKinds.Trigger, Phrases.Event(trigger.Subject, trigger.Where), trigger.Where, Instants.Never);
        }

        var text = trigger.Kind switch
        {
            TriggerKind.SegmentEntered => $"entered segment {trigger.Subject}",
            TriggerKind.SegmentExited => $"left segment {trigger.Subject}",
            TriggerKind.ScoreAbove when trigger.Subject.Length > 0 => $"score('{trigger.Subject}') rose to {Phrases.Number(trigger.Line)} or above",
            TriggerKind.ScoreBelow when trigger.Subject.Length > 0 => $"score('{trigger.Subject}') fell below {Phrases.Number(trigger.Line)}",
            TriggerKind.ScoreAbove => $"the score rose to {Phrases.Number(trigger.Line)} or above",
            TriggerKind.ScoreBelow => $"the score fell below {Phrases.Number(trigger.Line)}",
            _ => $"no event for {Duration.Format(trigger.DurationMs)}",
        };
        var node = new ReasonNode(ReasonKinds.Trigger, text) { Truth = Truth.True, IsFixed = true };
        node.Seen.Add(trigger is { Kind: TriggerKind.ScoreAbove or TriggerKind.ScoreBelow, Subject.Length: 0 }
            ? new SeenValue("score", Phrases.Number(customer.ScoreAt(decision.At)))
            : new SeenValue("happened", Phrases.Instant(decision.At)));
        return node;
    }

    /// <summary>What the event in hand was asked for.</summary>
    private ReasonNode InHand(string kind, string text, Expr? where, long since)
    {
        var name = Turn.EventName(_record.EventType, _record.Name);
        var plan = _record.Kind == RecordKind.Event ? facts.Program.Events.Find(Hash64.Of(name), name) : null;
        if (where is null || plan is null)
        {
            return new ReasonNode(kind, text) { Truth = Truth.True, IsFixed = true };
        }

        var properties = new JsonSlot[facts.Program.PropertyCount];
        var texts = new JsonText();
        plan.Paths.Read(_record.Body, properties, texts);
        var tree = new ConditionTree(new Sight(facts.Program, plan));
        var node = new ReasonNode(kind, text) { Parts = [tree.Build(where)] };
        var evaluation = new Evaluation { Customer = customer, Program = facts.Program, Properties = properties, Text = texts, Body = _record.Body, Now = Now, Since = since };
        ConditionTree.Test(node, ref evaluation);
        tree.Describe(node, ref evaluation);
        return node;
    }

    private IEnumerable<ReasonNode> EventAge(CompiledCampaign campaign)
    {
        if (!HasEvent)
        {
            return [];
        }

        var age = Math.Max(0, _record.At - _record.OccurredAt);
        return
        [
            new ReasonNode(ReasonKinds.EventAge, $"the event came within {Duration.Format(campaign.Definition.MaxEventAgeMs)}")
            {
                Truth = age > campaign.Definition.MaxEventAgeMs ? Truth.False : Truth.True,
                Seen = { new SeenValue("age of the event", Duration.Format(age)) },
                Needed = "nothing: so old an event enters nobody",
            },
        ];
    }

    private Explanation Make(string outcome, IEnumerable<ReasonNode> checks, Reason? inTheWay) => new()
    {
        Kind = Explained.Campaign,
        Id = decision.Subject,
        At = decision.At,
        Version = facts.Program.Version,
        Outcome = outcome,
        Detail = decision.Detail,
        InTheWay = inTheWay,
        Checks = [.. checks.Select(check => check.ToReason())],
    };
}
