using System.Globalization;
using System.Text;
using Triggers.Engine.Explanations;

namespace Triggers.Engine.Tests.Explanations;

/// <summary>An explanation as lines, for golden files: everything that it says, in its order.</summary>
internal static class ExplanationText
{
    public static string Of(Explanation? explanation)
    {
        if (explanation is null)
        {
            return "  nothing to explain\n";
        }

        var text = new StringBuilder().Append("  ").Append(explanation.Outcome).Append(explanation.Detail.Length > 0 ? ": " + explanation.Detail : "").Append('\n');
        foreach (var check in explanation.Checks.Concat(explanation.Messages))
        {
            Write(text, check, 2);
        }

        return explanation.InTheWay is { } first ? text.Append("  in the way: ").Append(first.Text).Append('\n').ToString() : text.ToString();
    }

    private static void Write(StringBuilder text, Reason reason, int depth)
    {
        text.Append(' ', depth * 2).Append(reason.Truth switch { ReasonTruth.True => "+ ", ReasonTruth.False => "- ", _ => "? " }).Append(reason.Kind).Append(": ").Append(reason.Text);
        foreach (var seen in reason.Seen)
        {
            text.Append(CultureInfo.InvariantCulture, $" [{seen.Text}: {seen.Value}{(seen.Note.Length > 0 ? ", " + seen.Note : "")}]");
        }

        text.Append(reason.Needed.Length > 0 ? " → " + reason.Needed : "");
        text.Append(reason.ChangesAt is { } at ? string.Create(CultureInfo.InvariantCulture, $" ({reason.Becomes} at {DateTimeOffset.FromUnixTimeMilliseconds(at):yyyy-MM-dd HH:mm:ss})") : "").Append('\n');
        foreach (var part in reason.Parts)
        {
            Write(text, part, depth + 1);
        }
    }
}
