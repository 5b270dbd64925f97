using System.Text.Json.Nodes;
using Triggers.Engine.Definitions.Yaml;
using Triggers.Engine.Expressions;

namespace Triggers.Engine.Definitions.Fields;

/// <summary>A condition in the expression language. Its errors point into the text, and the segments it names are remembered to be checked.</summary>
internal sealed class ConditionType(ExpressionScope scope) : FieldType<Expr?>
{
    private static readonly LiteralExpr s_fallback = new(Value.True);

    public override string Name => "a condition";

    public override JsonObject Schema(SchemaScope schema) => schema.Define("condition", () => new JsonObject
    {
        ["type"] = new JsonArray("string", "boolean"),
        ["maxLength"] = Limits.ExpressionLengthMax,
        ["description"] = "A condition: " + string.Join("; ", Vocabulary.Functions.Select(function => $"{function.Signature}: {function.Help}")),
        ["examples"] = new JsonArray(Vocabulary.Functions.Select(function => (JsonNode)function.Example).ToArray()),
    });

    public override Expr? Read(At at)
    {
        if (at.Node is not YamlScalar text || text.IsEmpty)
        {
            at.Fail(at.Node is YamlScalar
                ? "The condition is empty. Write for example: count('Product Viewed', within 7d) >= 3"
                : $"Expected a condition, found {at.Node.Describe()}. Put the whole condition in double quotes, or on the next line after >-.");
            return s_fallback;
        }

        var result = ExpressionParser.Parse(text.Value, scope);
        foreach (var error in result.Errors)
        {
            var (line, column) = ScalarPlace.Of(at.Document.Text, text, error.Index);
            at.FailAt(line, column, error.ToString());
        }

        if (result.Expression is { } condition)
        {
            foreach (var segment in ExprWalk.All(condition).OfType<SegmentExpr>())
            {
                at.Context.Refer(new Reference(at, text, segment.Position.Index, segment.Id));
            }
        }

        return result.Expression ?? s_fallback;
    }
}
