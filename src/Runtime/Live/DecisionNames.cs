using Triggers.Engine.Effects;
using Triggers.Runtime.Queries;

namespace Triggers.Runtime.Live;

/// <summary>How decisions are called wherever people read them.</summary>
internal static class DecisionNames
{
    public static string KindOf(DecisionKind kind) => kind switch
    {
        DecisionKind.SegmentEntered => "segment-entered",
        DecisionKind.SegmentExited => "segment-exited",
        DecisionKind.LifecycleChanged => "lifecycle-changed",
        DecisionKind.CampaignEntered => "campaign-entered",
        DecisionKind.CampaignNotEntered => "campaign-not-entered",
        DecisionKind.CampaignExited => "campaign-exited",
        DecisionKind.CampaignCompleted => "campaign-completed",
        DecisionKind.MessageDecided => "message-decided",
        DecisionKind.MessageSkipped => "message-skipped",
        DecisionKind.Converted => "converted",
        DecisionKind.Merged => "merged",
        DecisionKind.MergeRefused => "merge-refused",
        DecisionKind.OptedOut => "opted-out",
        DecisionKind.Suppressed => "suppressed",
        DecisionKind.Erased => "erased",
        DecisionKind.GradeChanged => "grade-changed",
        DecisionKind.BranchTaken => "branch-taken",
        _ => "decision",
    };

    /// <summary>A decision in words, for timelines.</summary>
    public static string TitleOf(in Decision decision, ElementNames names) => decision.Kind switch
    {
        DecisionKind.SegmentEntered => $"Entered segment {names.Segment(decision.Subject)}",
        DecisionKind.SegmentExited => $"Left segment {names.Segment(decision.Subject)}",
        DecisionKind.LifecycleChanged => $"Lifecycle became {decision.Subject}",
        DecisionKind.CampaignEntered => $"Entered campaign {names.Campaign(decision.Subject)}",
        DecisionKind.CampaignNotEntered => $"Did not enter campaign {names.Campaign(decision.Subject)}",
        DecisionKind.CampaignExited => $"Left campaign {names.Campaign(decision.Subject)}",
        DecisionKind.CampaignCompleted => $"Completed campaign {names.Campaign(decision.Subject)}",
        DecisionKind.MessageDecided => $"Message decided by {names.Campaign(decision.Subject)}",
        DecisionKind.MessageSkipped => $"Message of {names.Campaign(decision.Subject)} skipped",
        DecisionKind.Converted => $"Reached the goal of {names.Campaign(decision.Subject)}",
        DecisionKind.Merged => $"Merged with {decision.Subject}",
        DecisionKind.MergeRefused => $"Not merged with {decision.Subject}",
        DecisionKind.OptedOut => $"Opted out of {decision.Subject}",
        DecisionKind.Suppressed => "Suppressed",
        DecisionKind.Erased => "Erased",
        DecisionKind.GradeChanged => decision.Detail.Length > 0 ? $"Score {decision.Subject} became {decision.Detail}" : $"Score {decision.Subject} has no grade any more",
        DecisionKind.BranchTaken => $"Took a branch of {names.Campaign(decision.Subject)}",
        _ => decision.Subject,
    };
}
