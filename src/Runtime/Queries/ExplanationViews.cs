using Triggers.Engine.Explanations;
using Triggers.Engine.Records;

namespace Triggers.Runtime.Queries;

// What GET /customers/{id}/explain answers, camelCase in JSON. Shape and words: docs/explain.md.

/// <summary>What is asked about a customer: one of segment, campaign and decision.</summary>
/// <param name="Decision">As an item of the customer's timeline names it.</param>
/// <param name="At">An instant of the past; null: now. Not for a decision, which has its own.</param>
public sealed record ExplainQuestion(string? Segment, string? Campaign, string? Decision, DateTimeOffset? At);

/// <param name="Explanation">null: there is none.</param>
/// <param name="Missing">Why there is none: what does not exist, as a sentence.</param>
public sealed record ExplainAnswer(ExplanationView? Explanation, string Missing);

/// <param name="Customer">userId, or anonymousId for an unknown customer.</param>
/// <param name="Kind">segment, campaign.</param>
/// <param name="Id">Of the segment or campaign.</param>
/// <param name="At">Everything below is as of then.</param>
/// <param name="DefinitionsVersion">The version in force then.</param>
/// <param name="Decision">Whether a decision is explained, as the machine saw it; otherwise how things stand.</param>
/// <param name="Outcome">in, not in, collecting; inside, would enter, would not enter; or what was decided: entered, left, did not enter, exited, completed, branched, decided, skipped, converted.</param>
/// <param name="Detail">The reason that the machine gave; empty: none.</param>
/// <param name="Summary">The outcome as a sentence.</param>
/// <param name="InTheWay">The first thing that stood in the way; null: nothing did.</param>
/// <param name="Checks">Everything that was looked at, in the order of the machine.</param>
/// <param name="Messages">What each send step of a campaign would come to, if it were reached.</param>
/// <param name="HistoryFrom">Set where a retention has dropped records that this was replayed from: what happened before this instant is missing.</param>
public sealed record ExplanationView(
    string Customer, string Kind, string Id, DateTimeOffset At, int DefinitionsVersion, bool Decision, string Outcome, string Detail, string Summary,
    ReasonView? InTheWay, IReadOnlyList<ReasonView> Checks, IReadOnlyList<ReasonView> Messages, DateTimeOffset? HistoryFrom);

/// <param name="Kind">all, any, not, condition, segment; trigger, status, event age, re-entry, audience, step, exit, goal; message, suppression, consent, address, frequency cap.</param>
/// <param name="Text">The canonical text of a condition, or the rule in words.</param>
/// <param name="Truth">true, false, collecting.</param>
/// <param name="Seen">The values it was judged by.</param>
/// <param name="Needed">What would have to happen; empty: it is not in the way.</param>
/// <param name="ChangesAt">The second at which time alone turns it, if nothing else happens; null: it does not.</param>
/// <param name="Becomes">Its truth from then on.</param>
/// <param name="Parts">What it is made of, as the canonical text has it. Deeper than 24 levels, the text alone tells it.</param>
public sealed record ReasonView(
    string Kind, string Text, string Truth, IReadOnlyList<SeenView> Seen, string Needed, DateTimeOffset? ChangesAt, string? Becomes, IReadOnlyList<ReasonView> Parts);

/// <param name="Value">As an expression would write it, or absent.</param>
/// <param name="Note">That it is approximate, or still collected; empty: it is exact.</param>
public sealed record SeenView(string Text, string Value, string Note);

internal static class ExplanationViews
{
    public static ExplanationView Of(Explanation explanation, string customerKey, bool isDecision, DateTimeOffset? historyFrom, ElementNames names) => new(
        new CustomerKey(customerKey).Id,
        explanation.Kind == Explained.Segment ? "segment" : "campaign",
        explanation.Id,
        Time(explanation.At),
        explanation.Version,
        isDecision,
        explanation.Outcome,
        explanation.Detail,
        Summarize(explanation, names),
        explanation.InTheWay is { } first ? Of(first, 1) : null,
        [.. explanation.Checks.Select(check => Of(check, 1))],
        [.. explanation.Messages.Select(message => Of(message, 1))],
        historyFrom);

    public static IReadOnlyList<ReasonView> Of(IReadOnlyList<Reason> reasons) => [.. reasons.Select(reason => Of(reason, 1))];

    private static ReasonView Of(Reason reason, int depth) => new(
        reason.Kind,
        reason.Text,
        NameOf(reason.Truth),
        [.. reason.Seen.Select(seen => new SeenView(seen.Text, seen.Value, seen.Note))],
        reason.Needed,
        reason.ChangesAt is { } at ? Time(at) : null,
        reason.Becomes is { } becomes ? NameOf(becomes) : null,
        depth < Limits.ExplainDepthMax ? [.. reason.Parts.Select(part => Of(part, depth + 1))] : []);

    private static string Summarize(Explanation explanation, ElementNames names)
    {
        var name = explanation.Kind == Explained.Segment ? names.Segment(explanation.Id) : names.Campaign(explanation.Id);
        return explanation.Outcome switch
        {
            "in" => $"In segment {name}.",
            "not in" => $"Not in segment {name}.",
            "collecting" => $"Neither in segment {name} nor out of it: its history is still being collected.",
            "entered" or "left" when explanation.Kind == Explained.Segment => $"{(explanation.Outcome == "entered" ? "Entered" : "Left")} segment {name}.",
            "inside" => $"Inside campaign {name}.",
            "would enter" => $"Enters campaign {name} with its next trigger.",
            "would not enter" => $"Would not enter campaign {name}.",
            "did not enter" => $"Did not enter campaign {name}: {explanation.Detail}.",
            "entered" => $"Entered campaign {name}.",
            "exited" => $"Left campaign {name}{Because(explanation)}.",
            "completed" => $"Completed campaign {name}.",
            "branched" => $"Branched in campaign {name}{Because(explanation)}.",
            "decided" => $"Campaign {name} decided to send {explanation.Detail}.",
            "skipped" => $"A message of campaign {name} was skipped: {explanation.Detail}.",
            _ => $"Reached the goal of campaign {name}{Because(explanation)}.",
        };
    }

    private static string Because(Explanation explanation) => explanation.Detail.Length > 0 ? $": {explanation.Detail}" : "";

    private static string NameOf(ReasonTruth truth) => truth switch { ReasonTruth.True => "true", ReasonTruth.False => "false", _ => "collecting" };

    private static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}
