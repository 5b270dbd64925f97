using System.Text.Json.Nodes;
using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Expressions.Predicates;

namespace Triggers.Engine.Definitions.Elements;

/// <summary>The words that plan.yaml is written in.</summary>
internal static class PlanFields
{
    private static readonly string[] s_types = ["string", "number", "integer", "boolean", "array", "object"];

    public static FieldType<string> Action { get; } = Types.OneOf("allow", "flag", "reject");

    public static FieldType<string> Type { get; } = Types.OneOf(s_types);

    public static PlanAction Read(string action) => action switch
    {
        "allow" => PlanAction.Allow,
        "reject" => PlanAction.Reject,
        _ => PlanAction.Flag,
    };

    public static PropertyType TypeOf(string name) => (PropertyType)(Array.IndexOf(s_types, name) + 1);

    public static string NameOf(PropertyType type) => s_types[(int)type - 1];
}

/// <summary><c>true</c> or <c>false</c>.</summary>
internal sealed class BooleanType : ScalarType<bool>
{
    public override string Name => "`true` | `false`";

    protected override bool Fallback => false;

    public override JsonObject Schema(SchemaScope scope) => new() { ["type"] = "boolean" };

    protected override string? Parse(At at, string text, out bool value)
    {
        value = text == "true";
        return text is "true" or "false" ? null : $"Expected true or false, found '{text}'.";
    }
}

/// <summary>A value as JSON has it, kept as text.</summary>
internal sealed class AnyScalarType : ScalarType<string>
{
    public override string Name => "a text, a number, true or false";

    protected override string Fallback => "";

    public override JsonObject Schema(SchemaScope scope) => new() { ["type"] = new JsonArray("string", "number", "boolean") };

    protected override string? Parse(At at, string text, out string value)
    {
        value = text;
        return text.Length > Limits.ExpressionTextMax ? $"This text has {text.Length} characters; at most {Limits.ExpressionTextMax} are allowed." : null;
    }
}

/// <summary>A regular expression of bounded cost, as in conditions.</summary>
internal sealed class PatternFieldType : ScalarType<string>
{
    public override string Name => "a regular expression";

    protected override string Fallback => "";

    public override JsonObject Schema(SchemaScope scope) => new() { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = Limits.PatternLengthMax };

    protected override string? Parse(At at, string text, out string value)
    {
        value = text;
        return Pattern.Explain(text);
    }
}
