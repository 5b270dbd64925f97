using System.Text.Json;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;

namespace Triggers.Runtime.Simulations;

/// <summary>The definitions in force with one more segment, whose condition somebody is still writing.</summary>
internal static class SegmentDraft
{
    public const string Id = "segment-preview";
    private const string Path = "segments.yaml";

    /// <returns>Definitions, or what is wrong with the condition.</returns>
    public static (DefinitionSet? Definitions, Expr? Condition, IReadOnlyList<ExpressionError> Errors) Add(IReadOnlyList<DefinitionFile> files, string condition)
    {
        var parsed = ExpressionParser.Parse(condition, ExpressionScope.Customer);
        if (!parsed.IsValid)
        {
            return (null, null, parsed.Errors);
        }

        // What it says of other definitions is checked as for any file.
        var line = $"{Id}: {JsonSerializer.Serialize(condition)}\n";
        var segments = files.FirstOrDefault(file => file.Path == Path);
        var text = segments is null ? line : $"{segments.Text}\n{line}";
        var result = DefinitionLoader.Load([.. files.Where(file => file.Path != Path), new DefinitionFile(Path, text)]);
        return result.Definitions is { } definitions
            ? (definitions, parsed.Expression, [])
            : (null, null, [.. result.Errors.Select(error => new ExpressionError(0, condition.Length, error.Message, "", "", []))]);
    }
}
