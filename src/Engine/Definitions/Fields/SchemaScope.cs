using System.Text.Json.Nodes;

namespace Triggers.Engine.Definitions.Fields;

/// <summary>Gathers the named parts of one JSON schema, so that recursive shapes refer to themselves.</summary>
internal sealed class SchemaScope
{
    private readonly SortedDictionary<string, JsonObject?> _definitions = new(StringComparer.Ordinal);

    /// <summary>A reference to the named part, made on first use.</summary>
    public JsonObject Define(string name, Func<JsonObject> make)
    {
        name = name.Replace(' ', '-');
        if (_definitions.TryAdd(name, null))
        {
            _definitions[name] = make();
        }

        return new JsonObject { ["$ref"] = $"#/$defs/{name}" };
    }

    public JsonObject Definitions() => new(_definitions.Select(item => KeyValuePair.Create<string, JsonNode?>(item.Key, item.Value)));

    /// <summary>The schema of a map with known fields.</summary>
    public static JsonObject Object(IElement element, IReadOnlyList<string> oneOf, SchemaScope scope)
    {
        var properties = new JsonObject();
        foreach (var field in element.Fields)
        {
            properties[field.Name] = Described(field, scope);
        }

        var schema = new JsonObject
        {
            ["type"] = "object",
            ["description"] = element.Help,
            ["properties"] = properties,
            ["additionalProperties"] = false,
        };
        var required = element.Fields.Where(field => field.IsRequired).Select(field => (JsonNode)field.Name).ToArray();
        if (required.Length > 0)
        {
            schema["required"] = new JsonArray(required);
        }

        if (oneOf.Count > 0)
        {
            schema["oneOf"] = new JsonArray(oneOf.Select(name => (JsonNode)new JsonObject { ["required"] = new JsonArray(name) }).ToArray());
        }

        return schema;
    }

    public static JsonObject Described(FieldSpec field, SchemaScope scope)
    {
        var schema = field.Schema(scope);
        schema["description"] = field.Default.Length > 0 ? $"{field.Help} Default: {field.Default}." : field.Help;
        return schema;
    }
}
