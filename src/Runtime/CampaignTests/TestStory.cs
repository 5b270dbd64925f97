using System.Globalization;
using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Explanations;
using Triggers.Engine.Expressions;
using Triggers.Runtime.Queries;

namespace Triggers.Runtime.CampaignTests;

/// <param name="Message">To be shown with it; null: none.</param>
internal sealed record TestEntry(TestItem Item, MessageDecision? Message);

/// <summary>Puts into words what happened in a test, in its order.</summary>
internal sealed class TestStory(CampaignDefinition campaign, long begin)
{
    private readonly Dictionary<string, StepDefinition> _steps = StepsOf(campaign.Steps).ToDictionary(step => step.Id, StringComparer.Ordinal);

    public List<TestEntry> Items { get; } = [];

    public bool IsSend(string step) => _steps.GetValueOrDefault(step) is SendStep;

    public WaitUntilStep? Awaits(string step) => _steps.GetValueOrDefault(step) as WaitUntilStep;

    public void Add(long at, string kind, string? step, string title, string detail, IReadOnlyList<Reason>? why = null, MessageDecision? message = null) =>
        Items.Add(new TestEntry(new TestItem(DateTimeOffset.FromUnixTimeMilliseconds(at), Duration.Format((at - begin) / 1000 * 1000), kind, step, title, detail, ExplanationViews.Of(why ?? []), null), message));

    /// <param name="waiting">The step at which the run stood before.</param>
    public void Tell(long at, TestNote note, string? waiting, IReadOnlyList<Reason> why)
    {
        var step = note.Step.Length > 0 ? note.Step : waiting;
        switch (note.Kind)
        {
            case null:
                Reach(at, note.Step);
                break;
            case DecisionKind.SegmentEntered:
                Add(at, "customer", null, $"Enters segment {note.Subject}", "", why);
                break;
            case DecisionKind.SegmentExited:
                Add(at, "customer", null, $"Leaves segment {note.Subject}", "", why);
                break;
            case DecisionKind.LifecycleChanged:
                Add(at, "customer", null, $"Is {note.Subject} now", "");
                break;
            case DecisionKind.GradeChanged:
                Add(at, "customer", null, $"Grade of {(note.Subject.Length > 0 ? note.Subject : "engagement")} changes", note.Detail);
                break;
            case DecisionKind.CampaignEntered:
                Add(at, "entered", null, "Enters", "", why);
                break;
            case DecisionKind.CampaignNotEntered:
                Add(at, "not entered", null, "Does not enter", note.Detail, why);
                break;
            case DecisionKind.BranchTaken:
                Add(at, "branch", step, "Branch", WayOf(note), why);
                break;
            case DecisionKind.MessageDecided:
                Add(at, "message", step, note.Detail.Length > 0 ? $"Sends {note.Detail} by {note.Message?.Channel}" : $"Sends by {note.Message?.Channel}", "", why, note.Message);
                break;
            case DecisionKind.MessageSkipped:
                Add(at, "skipped", step, _steps.GetValueOrDefault(step ?? "") is SendStep { Template.Length: > 0 } send ? $"Skips {send.Template}" : "Skips its message", note.Detail, why);
                break;
            case DecisionKind.Converted:
                Add(at, "converted", null, "Reaches the goal", note.Detail, why);
                break;
            case DecisionKind.CampaignExited:
                Add(at, "exited", null, "Leaves the campaign", note.Detail, why);
                break;
            case DecisionKind.CampaignCompleted:
                Add(at, "completed", null, "Completes the campaign", "");
                break;
        }
    }

    /// <summary>A message that waits at its step.</summary>
    /// <param name="message">What it would come to now.</param>
    public void Hold(long at, string step, long until, Reason? message)
    {
        var isQuiet = message?.Parts.Any(part => part is { Kind: ReasonKinds.QuietHours, Truth: not ReasonTruth.True }) == true;
        Add(at, "held", step, isQuiet ? "Waits for the end of quiet hours" : "Waits for an address", $"until {Shown(until)}", message is null ? [] : [message]);
    }

    public void EndWait(long at, WaitUntilStep wait, bool happened) =>
        Add(at, "wait until", wait.Id, happened ? $"{wait.EventName} happened" : $"{wait.EventName} did not happen within {Duration.Format(wait.ForMs)}", happened ? "goes on with then" : "goes on with otherwise");

    private void Reach(long at, string id)
    {
        switch (_steps.GetValueOrDefault(id))
        {
            case WaitStep wait:
                Add(at, "wait", id, $"Waits {Duration.Format(wait.DurationMs)}", $"until {Shown(at + wait.DurationMs)}");
                break;
            case WaitUntilStep until:
                Add(at, "wait until", id, $"Waits for {until.EventName}{(until.Where is null ? "" : $" where {Canonical.Of(until.Where)}")}", $"until {Shown(at + until.ForMs)} at the latest");
                break;
        }
    }

    private string WayOf(TestNote note) => note.Case == 0
        ? _steps.GetValueOrDefault(note.Step) is BranchStep { Otherwise.Count: > 0 } ? "no case holds: goes on with otherwise" : "no case holds: goes on"
        : _steps.GetValueOrDefault(note.Step) is BranchStep branch && note.Case <= branch.Cases.Count
            ? string.Create(CultureInfo.InvariantCulture, $"case {note.Case}: {Canonical.Of(branch.Cases[note.Case - 1].When)}")
            : string.Create(CultureInfo.InvariantCulture, $"case {note.Case}");

    private static string Shown(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static IEnumerable<StepDefinition> StepsOf(IEnumerable<StepDefinition> steps) => steps.SelectMany(step => step switch
    {
        WaitUntilStep wait => StepsOf(wait.Then).Concat(StepsOf(wait.Otherwise)).Prepend(step),
        BranchStep branch => branch.Cases.SelectMany(item => StepsOf(item.Then)).Concat(StepsOf(branch.Otherwise)).Prepend(step),
        _ => [step],
    });
}
