using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;

namespace Triggers.Runtime.Queries;

/// <summary>A campaign with its steps laid out flat in reading order, each with what was counted of it.</summary>
internal static class StepViews
{
    /// <param name="counters">Totals of this campaign, by the rest of their names.</param>
    public static CampaignView Of(CampaignDefinition campaign, bool paused, Dictionary<string, long> counters)
    {
        var steps = new List<StepView>();
        Add(campaign.Steps, 0, "", counters, steps);
        return new CampaignView(
            campaign.Id,
            campaign.Name,
            campaign.Description,
            StatusOf(campaign.Status, paused),
            TriggerOf(campaign.Trigger),
            campaign.Audience is null ? null : Canonical.Of(campaign.Audience),
            campaign.Goal is null ? null : GoalOf(campaign.Goal),
            ReentryOf(campaign.Reentry),
            steps,
            CountersOf(counters));
    }

    private static string StatusOf(CampaignStatus status, bool paused) => status switch
    {
        CampaignStatus.Draft => "draft",
        CampaignStatus.Paused => "paused",
        CampaignStatus.Archived => "archived",
        _ => paused ? "paused" : "live",
    };

    private static string TriggerOf(TriggerDefinition trigger)
    {
        var text = trigger.Kind switch
        {
            TriggerKind.Event => trigger.Subject,
            TriggerKind.SegmentEntered => $"enters {trigger.Subject}",
            TriggerKind.SegmentExited => $"leaves {trigger.Subject}",
            TriggerKind.ScoreAbove => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{ScoreOf(trigger)} rises to {trigger.Line}{UntilOf(trigger)}"),
            TriggerKind.ScoreBelow => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{ScoreOf(trigger)} falls below {trigger.Line}{UntilOf(trigger)}"),
            _ => $"inactive for {Duration.Format(trigger.DurationMs)}",
        };
        return trigger.Where is null ? text : $"{text} where {Canonical.Of(trigger.Where)}";
    }

    private static string ScoreOf(TriggerDefinition trigger) => trigger.Subject.Length == 0 ? "score" : $"score {trigger.Subject}";

    private static string UntilOf(TriggerDefinition trigger)
    {
        var until = trigger.Until?.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return until is null ? "" : trigger.Kind == TriggerKind.ScoreAbove ? $", again after falling below {until}" : $", having been at {until}";
    }

    private static string GoalOf(GoalDefinition goal) =>
        $"{goal.EventName}{(goal.Where is null ? "" : $" where {Canonical.Of(goal.Where)}")} within {Duration.Format(goal.WithinMs)}";

    private static string ReentryOf(ReentryRule reentry) => reentry.EveryMs switch
    {
        null => "once",
        0 => "always",
        var every => $"every {Duration.Format(every.Value)}",
    };

    private static void Add(IReadOnlyList<StepDefinition> steps, int depth, string path, Dictionary<string, long> counters, List<StepView> into)
    {
        foreach (var step in steps)
        {
            long Of(string what) => counters.GetValueOrDefault($"step/{step.Id}/{what}");
            var (kind, title) = Describe(step);
            into.Add(new StepView(step.Id, kind, title, depth, path, Of("reached"), Of("sent"), Of("opened"), Of("clicked")));
            switch (step)
            {
                case WaitUntilStep wait:
                    Add(wait.Then, depth + 1, "then", counters, into);
                    Add(wait.Otherwise, depth + 1, "otherwise", counters, into);
                    break;
                case BranchStep branch:
                    foreach (var item in branch.Cases)
                    {
                        Add(item.Then, depth + 1, Canonical.Of(item.When), counters, into);
                    }

                    Add(branch.Otherwise, depth + 1, "otherwise", counters, into);
                    break;
            }
        }
    }

    private static (string Kind, string Title) Describe(StepDefinition step) => step switch
    {
        SendStep send => ("send", send.Template.Length > 0 ? $"Send {send.Template} by {send.Channel}" : $"Send by {send.Channel}"),
        WaitStep wait => ("wait", $"Wait {Duration.Format(wait.DurationMs)}"),
        WaitUntilStep until => ("wait until", $"Wait for {until.EventName}, at most {Duration.Format(until.ForMs)}"),
        BranchStep => ("branch", "Branch"),
        ExitStep => ("exit", "Exit"),
        _ => ("step", step.Id),
    };

    private static CampaignCounters CountersOf(Dictionary<string, long> counters)
    {
        long Of(string what) => counters.GetValueOrDefault(what);
        return new CampaignCounters(
            Of("entered"), Of("active"), Of("completed"), Of("exited"), Of("decided"), Of("sent"), Under(counters, "skipped/"), Of("failed"),
            Of("opened"), Of("opened-total"), Of("clicked"), Of("clicked-total"), Of("unsubscribed"), Of("bounced"), Of("complained"),
            Of("converted"), Under(counters, "revenue/"));
    }

    private static Dictionary<string, long> Under(Dictionary<string, long> counters, string prefix) =>
        counters.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal) && pair.Value != 0)
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .ToDictionary(pair => pair.Key[prefix.Length..], pair => pair.Value, StringComparer.Ordinal);
}
