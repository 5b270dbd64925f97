using Triggers.Engine.Definitions;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Text;

namespace Triggers.Engine.Campaigns;

/// <summary>Compiles the campaigns in force and the earlier versions that entries may still run.</summary>
internal sealed class CampaignCompiler(Program program, Lexicon names, ConditionCompiler conditions)
{
    private static readonly Dictionary<string, string> s_defaultAddresses = new(StringComparer.Ordinal) { ["email"] = "email", ["sms"] = "phone" };

    private List<Instruction> _instructions = [];

    public void Run(ProgramHistory history)
    {
        foreach (var family in Gather(history.Versions))
        {
            program.Families.Add(Hash64.Of(family.Id), family);
            foreach (var version in family.Versions)
            {
                Compile(version);
            }
        }

        program.Campaigns = [.. program.Families.Values.Select(family => family.Current).OfType<CompiledCampaign>().OrderBy(campaign => campaign.Id, StringComparer.Ordinal)];
        for (var i = 0; i < program.Campaigns.Length; i++)
        {
            AddTrigger(program.Campaigns[i], i);
        }
    }

    /// <summary>Every campaign ever defined, with its last distinct versions.</summary>
    private static IEnumerable<CampaignFamily> Gather(IReadOnlyList<ProgramVersion> versions)
    {
        var families = new SortedDictionary<string, CampaignFamily>(StringComparer.Ordinal);
        ProgramVersion? before = null;
        foreach (var version in versions)
        {
            foreach (var family in families.Values)
            {
                family.Current = null;
            }

            foreach (var definition in version.Definitions.Campaigns)
            {
                if (!families.TryGetValue(definition.Id, out var family))
                {
                    families.Add(definition.Id, family = new CampaignFamily(definition.Id, new CampaignCounters(definition.Id)));
                }

                var last = family.Versions.Count == 0 ? null : family.Versions[^1];
                var looksSince = last is not null && last.LastVersion == before?.Version && last.Definition.Status == definition.Status && last.Definition.Trigger == definition.Trigger
                    ? last.LooksSince
                    : version.Version;
                if (last is null || !IsSame(last.Definition, definition))
                {
                    family.Versions.Add(last = new CompiledCampaign(definition, Hash64.Of(definition.Id), version.Version, family.Counters));
                }

                last.LooksSince = looksSince;
                last.LastVersion = version.Version;
                family.Current = last;
            }

            before = version;
        }

        foreach (var family in families.Values)
        {
            family.Versions.RemoveRange(0, Math.Max(0, family.Versions.Count - Limits.CampaignVersionsMax));
            family.Current?.IsCurrent = true;
        }

        return families.Values;
    }

    private static bool IsSame(CampaignDefinition left, CampaignDefinition right) =>
        ReferenceEquals(left, right) || (left.ContentHash.Length > 0 && left.ContentHash == right.ContentHash);

    private void Compile(CompiledCampaign campaign)
    {
        var definition = campaign.Definition;
        campaign.Audience = Condition(definition.Audience, null);
        campaign.Exit = Condition(definition.Exit, null);
        if (definition.Goal is { } goal)
        {
            var plan = names.Plan(goal.EventName);
            plan.IsAwaited = true;
            campaign.Goal = new CompiledGoal(
                plan,
                Condition(goal.Where, plan),
                goal.ValuePath is null ? -1 : names.Property(plan, goal.ValuePath),
                goal.ValuePath is null ? -1 : names.Property(plan, "currency"),
                goal.WithinMs);
        }

        _instructions = [];
        campaign.First = Flatten(campaign, definition.Steps, Instruction.Completed);
        campaign.Instructions = [.. _instructions];
    }

    /// <summary>Adds the steps from last to first, so that each knows where it goes on; returns the index of the first.</summary>
    private int Flatten(CompiledCampaign campaign, IReadOnlyList<StepDefinition> steps, int next)
    {
        for (var i = steps.Count - 1; i >= 0; i--)
        {
            var counters = campaign.Counters.Step(steps[i].Id);
            _instructions.Add(Instruct(campaign, steps[i], counters, next));
            next = _instructions.Count - 1;
        }

        return next;
    }

    private Instruction Instruct(CompiledCampaign campaign, StepDefinition step, StepCounters counters, int next)
    {
        switch (step)
        {
            case SendStep send:
                var path = send.Url is not null ? null : send.To ?? s_defaultAddresses.GetValueOrDefault(send.Channel);
                var address = path is null ? null : conditions.Operand(new Expressions.TraitExpr(path), null, new Dependencies());
                return new SendInstruction(send.Id, counters, send.Channel, send.Template, address, send.Url ?? "") { Next = next };
            case WaitStep wait:
                return new WaitInstruction(wait.Id, counters, wait.DurationMs) { Next = next };
            case WaitUntilStep until:
                var plan = names.Plan(until.EventName);
                plan.IsAwaited = true;
                var then = Flatten(campaign, until.Then, next);
                var otherwise = Flatten(campaign, until.Otherwise, next);
                return new WaitUntilInstruction(until.Id, counters, plan, Condition(until.Where, plan), until.ForMs, then, otherwise) { Next = next };
            case BranchStep branch:
                var cases = branch.Cases.Select(item => (Condition(item.When, null)!, Flatten(campaign, item.Then, next))).ToArray();
                return new BranchInstruction(branch.Id, counters, cases, Flatten(campaign, branch.Otherwise, next)) { Next = next };
            case ExitStep:
                return new ExitInstruction(step.Id, counters);
            default:
                throw new ArgumentException($"No instruction for a step of kind {step.GetType().Name}: add it here.", nameof(step));
        }
    }

    private void AddTrigger(CompiledCampaign campaign, int index)
    {
        var trigger = campaign.Definition.Trigger;
        switch (trigger.Kind)
        {
            case TriggerKind.Event:
                var plan = names.Plan(trigger.Subject);
                plan.Campaigns = [.. plan.Campaigns, index];
                campaign.Where = Condition(trigger.Where, plan);
                break;
            case TriggerKind.SegmentEntered when program.SegmentsByKey.TryGetValue(Hash64.Of(trigger.Subject), out var entered):
                entered.EnterCampaigns = [.. entered.EnterCampaigns, index];
                break;
            case TriggerKind.SegmentExited when program.SegmentsByKey.TryGetValue(Hash64.Of(trigger.Subject), out var exited):
                exited.ExitCampaigns = [.. exited.ExitCampaigns, index];
                break;
            case TriggerKind.ScoreAbove or TriggerKind.ScoreBelow when ScoreLine.Of(campaign.Definition) is { } line:
                var crossed = program.SegmentsByKey[line.Key];
                crossed.EnterCampaigns = trigger.Kind == TriggerKind.ScoreAbove ? [.. crossed.EnterCampaigns, index] : crossed.EnterCampaigns;
                crossed.ExitCampaigns = trigger.Kind == TriggerKind.ScoreBelow ? [.. crossed.ExitCampaigns, index] : crossed.ExitCampaigns;
                break;
            case TriggerKind.ScoreAbove or TriggerKind.ScoreBelow:
                program.ScoreCampaigns = [.. program.ScoreCampaigns, index];
                break;
            case TriggerKind.Inactivity:
                program.InactivityCampaigns = [.. program.InactivityCampaigns, index];
                break;
        }
    }

    private Condition? Condition(Expressions.Expr? expr, EventPlan? plan) => expr is null ? null : conditions.Compile(expr, plan, new Dependencies());
}
