using System.Text.RegularExpressions;

namespace Triggers.Engine.Definitions.Elements.Steps;

/// <summary>Ids of steps whose author gave none: from their place. Persisted in entries and counters.</summary>
internal static partial class StepIds
{
    /// <summary><c>steps[4].branch[0].then[1]</c> → <c>4.when0.1</c>; <c>steps[3].then[0]</c> → <c>3.then.0</c>.</summary>
    public static string FromPath(string path)
    {
        var id = path.StartsWith("steps", StringComparison.Ordinal) ? path["steps".Length..] : path;
        id = BranchCasePattern().Replace(id, ".when${case}");
        return id.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).TrimStart('.');
    }

    [GeneratedRegex(@"\.branch\[(?<case>[0-9]+)\]\.then", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BranchCasePattern();
}
