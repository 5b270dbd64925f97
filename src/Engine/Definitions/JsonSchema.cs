using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Triggers.Engine.Definitions.Fields;

namespace Triggers.Engine.Definitions;

/// <summary>JSON Schemas (2020-12) of the definition files, so that editors complete fields and underline mistakes while one writes.</summary>
public static class JsonSchema
{
    private static readonly JsonSerializerOptions s_readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One schema per kind of file, in the order in which docs name them.</summary>
    public static IReadOnlyList<DefinitionSchema> Generate() => DefinitionKinds.All.Select(Generate).ToList();

    private static DefinitionSchema Generate(DefinitionKind kind)
    {
        var scope = new SchemaScope();
        var root = kind.Schema(scope);
        root["$schema"] = "https://json-schema.org/draft/2020-12/schema";
        root["title"] = kind.Path;
        root["description"] = kind.Help;
        root["$defs"] = scope.Definitions();
        return new DefinitionSchema(kind.Id, kind.Path, root.ToJsonString(s_readable));
    }
}

/// <param name="Id">sources, segments, scoring, sending, campaign.</param>
/// <param name="Path">Which files it is for: <c>segments.yaml</c>, <c>campaigns/*.yaml</c>.</param>
/// <param name="Json">The schema's text.</param>
public sealed record DefinitionSchema(string Id, string Path, string Json);
