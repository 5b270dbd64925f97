using System.Globalization;
using System.Text.Json;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Tests.Customers;

/// <summary>The same answers, found the slow way: every expression looks at every event there ever was.</summary>
internal sealed class Naive(DefinitionSet definitions)
{
    private readonly Dictionary<string, List<NaiveEvent>> _events = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, Value>> _traits = new(StringComparer.Ordinal);

    public void Add(string person, NaiveEvent item)
    {
        var events = Events(person);
        if (item.MessageId.Length > 0 && events.Any(other => other.MessageId == item.MessageId))
        {
            return;
        }

        events.Add(item);
    }

    public List<NaiveEvent> Events(string person) => _events.TryGetValue(person, out var events) ? events : _events[person] = [];

    public void SetTrait(string person, string name, Value value) => (_traits.TryGetValue(person, out var traits) ? traits : _traits[person] = new(StringComparer.Ordinal))[name] = value;

    public bool Holds(string person, Expr expr, long now, JsonElement? properties = null) => Evaluate(person, expr, now / 1000 * 1000, properties) is { Type: ValueType.Boolean, Number: 1 };

    public double Score(string person, long now)
    {
        now = now / 1000 * 1000;
        var score = 0.0;
        foreach (var rule in definitions.Scoring.Rules)
        {
            foreach (var item in Events(person).Where(item => item.Name == rule.EventName && (rule.Where is null || Holds(person, rule.Where, now, item.Properties))))
            {
                score += rule.Points * (definitions.Scoring.HalfLifeMs == 0 ? 1 : Math.Pow(2, -(double)(now - (item.OccurredAt / 1000 * 1000)) / definitions.Scoring.HalfLifeMs));
            }
        }

        return score;
    }

    public string Lifecycle(string person, long now)
    {
        now = now / 1000 * 1000;
        var rules = definitions.Lifecycle;
        var instants = Events(person).Select(item => item.OccurredAt).Order().ToList();
        var idle = now - instants[^1];
        if (idle >= rules.DormantAfterMs || idle >= rules.AtRiskAfterMs)
        {
            return idle >= rules.DormantAfterMs ? "dormant" : "at risk";
        }

        for (var i = instants.Count - 1; i > 0; i--)
        {
            if (instants[i] - instants[i - 1] >= rules.DormantAfterMs)
            {
                if (now - instants[i] < rules.WonBackForMs)
                {
                    return "won back";
                }

                break;
            }
        }

        return now - instants[0] < rules.NewForMs ? "new" : "active";
    }

    private Value Evaluate(string person, Expr expr, long now, JsonElement? properties)
    {
        switch (expr)
        {
            case LiteralExpr literal: return literal.Value;
            case TraitExpr trait: return _traits.TryGetValue(person, out var traits) ? traits.GetValueOrDefault(trait.Path) : Value.None;
            case PropertyExpr property: return OfJson(properties!.Value, property.Path);
            case ScoreExpr: return Value.Of(Score(person, now));
            case LifecycleExpr: return Value.Of(Lifecycle(person, now));
            case SegmentExpr segment: return Value.Of(Holds(person, definitions.Segments.Single(item => item.Id == segment.Id).Condition, now));
            case NotExpr not: return Value.Of(!Holds(person, not.Inner, now, properties));
            case JunctionExpr junction: return Value.Of(junction.All ? junction.Items.All(item => Holds(person, item, now, properties)) : junction.Items.Any(item => Holds(person, item, now, properties)));
            case ExistsExpr exists: return Value.Of(!Evaluate(person, exists.Item, now, properties).IsNone);
            case InExpr membership: return Value.Of(membership.Values.Any(item => item.Value == Evaluate(person, membership.Item, now, properties)));
            case AggregateExpr aggregate: return Aggregate(person, aggregate, now);
            case CompareExpr compare: return Value.Of(Compare(compare.Op, Evaluate(person, compare.Left, now, properties), Evaluate(person, compare.Right, now, properties)));
            default: throw new InvalidOperationException(expr.GetType().Name);
        }
    }

    private Value Aggregate(string person, AggregateExpr aggregate, long now)
    {
        var seen = Events(person).Where(item => item.Name == aggregate.EventName
            && (aggregate.Window.Kind == WindowKind.Ever || item.OccurredAt > now - aggregate.Window.LengthMs)
            && (aggregate.Where is null || Holds(person, aggregate.Where, now, item.Properties))).ToList();
        return aggregate.Kind switch
        {
            AggregateKind.Did => Value.Of(seen.Count > 0),
            AggregateKind.Count => Value.Of(seen.Count),
            _ => Value.Of((double)seen.Sum(item => item.Properties.TryGetProperty(aggregate.ValuePath!, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDecimal() : 0)),
        };
    }

    private static Value OfJson(JsonElement json, string path)
    {
        foreach (var part in path.Split('.'))
        {
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(part, out json))
            {
                return Value.None;
            }
        }

        return json.ValueKind switch
        {
            JsonValueKind.Number => Value.Of(json.GetDouble()),
            JsonValueKind.String => Value.Of(json.GetString()!),
            JsonValueKind.True => Value.True,
            JsonValueKind.False => Value.False,
            JsonValueKind.Null => Value.None,
            _ => new Value(ValueType.Any, 0, null),
        };
    }

    private static bool Compare(CompareOp op, Value left, Value right)
    {
        if (left.Type != right.Type || left.IsNone || left.Type == ValueType.Any)
        {
            return false;
        }

        if (op >= CompareOp.Contains)
        {
            return left.Type == ValueType.Text && op switch
            {
                CompareOp.Contains => left.Text!.Contains(right.Text!, StringComparison.Ordinal),
                CompareOp.StartsWith => left.Text!.StartsWith(right.Text!, StringComparison.Ordinal),
                _ => left.Text!.EndsWith(right.Text!, StringComparison.Ordinal),
            };
        }

        var order = left.Type == ValueType.Text ? string.CompareOrdinal(left.Text, right.Text) : left.Number.CompareTo(right.Number);
        return op switch
        {
            CompareOp.Equal => order == 0,
            CompareOp.NotEqual => order != 0,
            CompareOp.Less => order < 0,
            CompareOp.LessOrEqual => order <= 0,
            CompareOp.Greater => order > 0,
            _ => order >= 0,
        };
    }
}

internal sealed record NaiveEvent(string Name, long OccurredAt, JsonElement Properties, string MessageId)
{
    public static NaiveEvent Of(string name, long occurredAt, string properties, string messageId) =>
        new(name, occurredAt, JsonDocument.Parse(properties).RootElement, messageId);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} {OccurredAt} {Properties} {MessageId}");
}
