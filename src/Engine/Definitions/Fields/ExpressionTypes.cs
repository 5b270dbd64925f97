using System.Text.Json.Nodes;
using Triggers.Engine.Definitions.Yaml;
using Triggers.Engine.Expressions;

namespace Triggers.Engine.Definitions.Fields;

/// <summary>An expression. Its errors point into the text, and what it names is remembered to be checked.</summary>
internal abstract class ExpressionType : FieldType<Expr?>
{
    private static readonly LiteralExpr s_fallback = new(Value.True);

    protected abstract string Example { get; }

    protected abstract ExpressionResult Parse(string text);

    public override Expr? Read(At at)
    {
        if (at.Node is not YamlScalar text || text.IsEmpty)
        {
            var what = Name[(Name.IndexOf(' ') + 1)..];
            at.Fail(at.Node is YamlScalar
                ? $"The {what} is empty. Write for example: {Example}"
                : $"Expected {Name}, found {at.Node.Describe()}. Put the whole {what} in double quotes, or on the next line after >-.");
            return s_fallback;
        }

        var result = Parse(text.Value);
        foreach (var error in result.Errors)
        {
            var (line, column) = ScalarPlace.Of(at.Document.Text, text, error.Index);
            at.FailAt(line, column, error.ToString());
        }

        if (result.Expression is { } expression)
        {
            foreach (var node in ExprWalk.All(expression))
            {
                if (Mention.Of(node) is { } mention)
                {
                    at.Context.References.Add(new Reference(at, text, node, mention));
                }

                foreach (var (left, right) in Compared(node))
                {
                    at.Context.Comparisons.Add(new ComparedPlace(at, text, left, right));
                }
            }
        }

        return result.Expression ?? s_fallback;
    }

    /// <summary>Pairs of values of which one has a meaning that other files give.</summary>
    private static IEnumerable<(Expr Left, Expr Right)> Compared(Expr node) => node switch
    {
        CompareExpr { Left: GradeExpr or LifecycleExpr or ScoreExpr or TraitExpr } compare when compare.Right is not LiteralExpr || compare.Left is not ScoreExpr => [(compare.Left, compare.Right)],
        InExpr { Item: GradeExpr or LifecycleExpr or TraitExpr } membership => membership.Values.Select(value => (membership.Item, (Expr)value)),
        Expressions.Predicates.BetweenExpr { Item: ScoreExpr or TraitExpr } between => [(between.Item, between.Low), (between.Item, between.High)],
        _ => [],
    };
}

/// <summary>A condition in the expression language.</summary>
internal sealed class ConditionType(ExpressionScope scope) : ExpressionType
{
    public override string Name => "a condition";

    protected override string Example => "count('Product Viewed', within 7d) >= 3";

    public override JsonObject Schema(SchemaScope schema) => schema.Define("condition", () => new JsonObject
    {
        ["type"] = new JsonArray("string", "boolean"),
        ["maxLength"] = Limits.ExpressionLengthMax,
        ["description"] = "A condition: " + string.Join("; ", Vocabulary.Functions.Select(function => $"{function.Signature}: {function.Help}")),
        ["examples"] = new JsonArray(Vocabulary.Functions.Select(function => (JsonNode)function.Example).ToArray()),
    });

    protected override ExpressionResult Parse(string text) => ExpressionParser.Parse(text, scope);
}

/// <summary>An expression of any type in the same language.</summary>
internal sealed class ValueExpressionType(ExpressionScope scope) : ExpressionType
{
    public override string Name => "a value";

    protected override string Example => "most frequent('Product Viewed', properties.category, within 90d)";

    public override JsonObject Schema(SchemaScope schema) => schema.Define("value", () => new JsonObject
    {
        ["type"] = "string",
        ["maxLength"] = Limits.ExpressionLengthMax,
        ["description"] = "A value or a condition: a function on behaviour, a trait, the score, the lifecycle, or anything that conditions say.",
        ["examples"] = new JsonArray(Example, "sum('Order Completed', properties.total)", "score", "segment('big-spender') and exists(traits.email)"),
    });

    protected override ExpressionResult Parse(string text) => ExpressionParser.ParseValue(text, scope);
}
