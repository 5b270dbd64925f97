using System.Text.Json.Nodes;
using Triggers.Engine.Expressions;
using Triggers.Engine.Expressions.Predicates;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Campaigns;

/// <summary>Properties with which an event meets a condition, as far as that is plain to see: what a test of a campaign begins with unless it is told.</summary>
public static class ExampleProperties
{
    /// <returns>A JSON object; what cannot be guessed (functions, patterns, comparisons of two values) is left out.</returns>
    public static string For(Expr? where)
    {
        var properties = new JsonObject();
        if (where is not null)
        {
            Meet(where, properties);
        }

        return properties.ToJsonString();
    }

    private static void Meet(Expr condition, JsonObject into)
    {
        switch (condition)
        {
            case JunctionExpr { All: true } all:
                foreach (var item in all.Items)
                {
                    Meet(item, into);
                }

                break;
            case JunctionExpr any:
                Meet(any.Items[0], into);
                break;
            case CompareExpr { Left: PropertyExpr property, Right: LiteralExpr literal } compare when Of(compare.Op, literal.Value) is { } value:
                Set(property.Path, value, into);
                break;
            case InExpr { Item: PropertyExpr property, Values: [var first, ..] } when Of(CompareOp.Equal, first.Value) is { } value:
                Set(property.Path, value, into);
                break;
            case BetweenExpr { Item: PropertyExpr property, Low: LiteralExpr low } when Of(CompareOp.Equal, low.Value) is { } value:
                Set(property.Path, value, into);
                break;
            case ExistsExpr { Item: PropertyExpr property }:
                Set(property.Path, "example", into);
                break;
        }
    }

    private static JsonNode? Of(CompareOp op, Value value) => value.Type switch
    {
        ValueType.Number => op switch { CompareOp.Less or CompareOp.NotEqual => value.Number - 1, CompareOp.Greater => value.Number + 1, _ => value.Number },
        ValueType.Text => op == CompareOp.NotEqual ? $"not {value.Text}" : value.Text,
        ValueType.Boolean => (value.Number != 0) != (op == CompareOp.NotEqual),
        _ => null,
    };

    /// <summary>The first condition on a path wins; a path through a value is given up.</summary>
    private static void Set(string path, JsonNode value, JsonObject into)
    {
        var names = path.Split('.');
        foreach (var name in names[..^1])
        {
            if (into[name] is null)
            {
                into[name] = new JsonObject();
            }

            if (into[name] is not JsonObject inner)
            {
                return;
            }

            into = inner;
        }

        into.TryAdd(names[^1], value);
    }
}
