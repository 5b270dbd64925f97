using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using NodaTime;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;
using Triggers.Engine.Expressions.Functions;
using Triggers.Engine.Expressions.Predicates;
using Triggers.Engine.Text;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Tests.Customers;

/// <summary>The same answers, found the slow way: every expression looks at every event there ever was.</summary>
internal sealed class Naive(DefinitionSet definitions)
{
    private readonly Dictionary<string, List<NaiveEvent>> _events = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, JsonElement>> _traits = new(StringComparer.Ordinal);

    private readonly HashSet<(string Person, string Score, string Grade)> _held = [];

    private readonly Dictionary<string, (string Stage, long Since)> _stages = new(StringComparer.Ordinal);

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

    /// <summary>As an identify call does: values replace, null removes.</summary>
    public void SetTraits(string person, string json)
    {
        var traits = _traits.TryGetValue(person, out var known) ? known : _traits[person] = new(StringComparer.Ordinal);
        foreach (var member in JsonDocument.Parse(json).RootElement.EnumerateObject())
        {
            traits[member.Name] = member.Value;
        }
    }

    public bool Holds(string person, Expr expr, long now, JsonElement? properties = null) => Evaluate(person, expr, now / 1000 * 1000, properties) is { Type: ValueType.Boolean, Number: 1 };

    /// <summary>A number of the person's, texts that are one included.</summary>
    public double? NumberOf(string person, Expr expr, long now) => Evaluate(person, expr, now / 1000 * 1000, null) switch
    {
        { Type: ValueType.Number } value => value.Number,
        { Type: ValueType.Text, Text: { } text } when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    public double Score(string person, long now, string id = "")
    {
        now = now / 1000 * 1000;
        var scoring = id.Length == 0 ? definitions.Scoring : definitions.Scores.Single(item => item.Id == id).Scoring;
        var score = scoring.Fit.Where(rule => Holds(person, rule.When, now)).Sum(rule => rule.Points);
        foreach (var rule in scoring.Rules)
        {
            foreach (var item in Events(person).Where(item => item.Name == rule.EventName && (rule.Where is null || Holds(person, rule.Where, now, item.Properties))))
            {
                var left = scoring.WindowMs > 0 ? item.OccurredAt > now - scoring.WindowMs ? 1 : 0 : scoring.HalfLifeMs == 0 ? 1 : Math.Pow(2, -(double)(now - (item.OccurredAt / 1000 * 1000)) / scoring.HalfLifeMs);
                var times = rule.TimesPath is null ? 1 : Number(item.Properties, rule.TimesPath) ?? 0;
                score += rule.Points * left * (double)times;
            }
        }

        return score;
    }

    /// <summary>The grade after what was before: to be asked at every instant at which the score moves.</summary>
    public string? Grade(string person, string id, long now)
    {
        var score = Score(person, now, id);
        var grades = (id.Length == 0 ? definitions.Scoring : definitions.Scores.Single(item => item.Id == id).Scoring).Grades;
        foreach (var grade in grades)
        {
            var line = (person, id, grade.Name);
            if (score >= (_held.Contains(line) ? grade.Until : grade.From))
            {
                _held.Add(line);
            }
            else
            {
                _held.Remove(line);
            }
        }

        return grades.FirstOrDefault(grade => _held.Contains((person, id, grade.Name)))?.Name;
    }

    public string Lifecycle(string person, long now)
    {
        now = now / 1000 * 1000;
        var rules = definitions.Lifecycle;
        var instants = Events(person).Select(item => item.OccurredAt).Order().ToList();
        var idle = now - instants[^1];
        if (rules.Away.LastOrDefault(stage => idle >= stage.AfterMs) is { } away)
        {
            return away.Id;
        }

        var back = rules.Away.Single(stage => stage.Id == (rules.WonBackFrom.Length > 0 ? rules.WonBackFrom : "dormant")).AfterMs;

        for (var i = instants.Count - 1; i > 0; i--)
        {
            if (instants[i] - instants[i - 1] >= back)
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

    public Value Read(string person, Expr expr, long now) => Evaluate(person, expr, now / 1000 * 1000, null);

    /// <summary>To be asked at every instant at which the stage changes.</summary>
    private long StageTime(string person, long now)
    {
        var stage = Lifecycle(person, now);
        if (!_stages.TryGetValue(person, out var known) || known.Stage != stage)
        {
            var seen = Events(person).Max(item => item.Seen);
            _stages[person] = known = (stage, seen / 1000 * 1000 == now ? seen : now);
        }

        return now - known.Since;
    }

    private Value Evaluate(string person, Expr expr, long now, JsonElement? properties)
    {
        switch (expr)
        {
            case LiteralExpr literal: return literal.Value;
            case TraitExpr trait when definitions.ComputedTraits.FirstOrDefault(item => item.Id == trait.Path) is { } computed: return Evaluate(person, computed.Value, now, properties);
            case AnyExpr { Item: TraitExpr trait } when definitions.ComputedTraits.Any(item => item.Id == trait.Path): return Evaluate(person, trait, now, properties);
            case TraitExpr trait: return OfJson(Traits(person), trait.Path);
            case PropertyExpr property: return OfJson(properties!.Value, property.Path);
            case ScoreExpr score: return Value.Of(Score(person, now, score.Id));
            case GradeExpr grade: return Grade(person, grade.Id, now) is { } name ? Value.Of(name) : Value.None;
            case LifecycleExpr: return Value.Of(Lifecycle(person, now));
            case StageTimeExpr: return Value.OfDuration(StageTime(person, now));
            case SegmentExpr segment: return Value.Of(Holds(person, definitions.Segments.Single(item => item.Id == segment.Id).Condition, now));
            case NotExpr not: return Value.Of(!Holds(person, not.Inner, now, properties));
            case JunctionExpr junction: return Value.Of(junction.All ? junction.Items.All(item => Holds(person, item, now, properties)) : junction.Items.Any(item => Holds(person, item, now, properties)));
            case ExistsExpr exists: return Value.Of(!Evaluate(person, exists.Item, now, properties).IsNone);
            case InExpr membership: return Value.Of(Items(membership.Item).Any(item => membership.Values.Any(other => Compare(CompareOp.Equal, item, other.Value, membership.IgnoresCase))));
            case BetweenExpr between: return Value.Of(Items(between.Item).Any(item => Compare(CompareOp.GreaterOrEqual, item, Evaluate(person, between.Low, now, properties)) && Compare(CompareOp.LessOrEqual, item, Evaluate(person, between.High, now, properties))));
            case MatchesExpr matches: return Value.Of(Items(matches.Item).Any(item => item.Type == ValueType.Text && Regex.IsMatch(item.Text!, matches.Pattern, (matches.IgnoresCase ? RegexOptions.IgnoreCase : RegexOptions.None) | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5))));
            case SampleExpr sample: return Value.Of((decimal)Hash64.Of(World.Utf8(person), Hash64.Of(sample.DrawnFor)) < (decimal)sample.Percent / 100 * 18_446_744_073_709_551_616m);
            case AggregateExpr aggregate: return Aggregate(person, aggregate, now);
            case DateExpr or DateOrderExpr or AnniversaryExpr: return Value.Of(new NaiveDates(definitions.Sending.TimeZone, Zone(person), now).Holds(expr, item => Items(item), item => Evaluate(person, item, now, properties)));
            case SequenceExpr { Chain: var chain }: return Value.Of(Tries(chain).Any(first => Follows(chain, chain.Steps.Count, 1, first)));
            case FunnelExpr { Chain: var chain }: return Value.Of(Enumerable.Range(1, chain.Steps.Count).LastOrDefault(count => Tries(chain).Any(first => Follows(chain, count, 1, first))));
            case ChangeExpr change: return Change(person, change, now);
            case CompareExpr compare: return Value.Of(Items(compare.Left).Any(item => Compare(compare.Op, item, Evaluate(person, compare.Right, now, properties), compare.IgnoresCase)));
            default: throw new InvalidOperationException(expr.GetType().Name);
        }

        IEnumerable<NaiveEvent> Happened(SequenceStep step) => Events(person).Where(item => item.Name == step.EventName && (step.Where is null || Holds(person, step.Where, now, item.Properties)));

        IEnumerable<NaiveEvent> Tries(Chain chain) => Happened(chain.Steps[0]).Where(first => first.OccurredAt > now - chain.Window.LengthMs && (chain.SamePath is null || Shared(first, chain.SamePath) is not null));

        bool Follows(Chain chain, int count, int index, NaiveEvent before)
        {
            if (index == count)
            {
                return true;
            }

            var step = chain.Steps[index];
            var soon = Happened(step).Where(next => next.OccurredAt > before.OccurredAt && (step.WithinMs == 0 || next.OccurredAt <= before.OccurredAt + step.WithinMs)).ToList();
            return step.IsNot
                ? before.OccurredAt + step.WithinMs <= now && !soon.Any(next => Concerns(chain, before, next))
                : soon.Any(next => (chain.SamePath is null || Equals(Shared(next, chain.SamePath), Shared(before, chain.SamePath))) && Follows(chain, count, index + 1, next)
                    && (chain.Without is null || !Happened(chain.Without).Any(between => between.OccurredAt > before.OccurredAt && between.OccurredAt < next.OccurredAt && Concerns(chain, before, between))));
        }

        static bool Concerns(Chain chain, NaiveEvent step, NaiveEvent other) => chain.SamePath is null || Shared(other, chain.SamePath) is not { } value || value.Equals(Shared(step, chain.SamePath));

        IEnumerable<Value> Items(Expr item) => item is not AnyExpr any || (any.Item is TraitExpr computed && definitions.ComputedTraits.Any(other => other.Id == computed.Path))
            ? [Evaluate(person, item, now, properties)]
            : any.Item is TraitExpr trait
            ? Elements(Traits(person), trait.Path.Split('.')).Select(OfJson)
            : Elements(properties!.Value, ((PropertyExpr)any.Item).Path.Split('.')).Select(OfJson);
    }

    /// <summary>The trait, else of those that events named the newest; null: the default.</summary>
    public string? Zone(string person)
    {
        var own = _traits.TryGetValue(person, out var traits) && traits.TryGetValue("timezone", out var zone) && zone.ValueKind == JsonValueKind.String ? zone.GetString() : null;
        return IsZone(own) ? own : Events(person).Where(item => IsZone(item.Zone)).OrderByDescending(item => item.OccurredAt).ThenByDescending(item => item.Zone, StringComparer.Ordinal).FirstOrDefault()?.Zone;
    }

    public static bool IsZone(string? id) => id is not null && DateTimeZoneProviders.Tzdb.GetZoneOrNull(id) is not null;

    private JsonElement Traits(string person) => JsonSerializer.SerializeToElement(_traits.TryGetValue(person, out var traits) ? traits : []);

    private static IEnumerable<JsonElement> Elements(JsonElement json, string[] path) => json.ValueKind switch
    {
        JsonValueKind.Array => json.EnumerateArray().SelectMany(item => Elements(item, path)),
        JsonValueKind.Object => path.Length > 0 && json.TryGetProperty(path[0], out var inner) ? Elements(inner, path[1..]) : [],
        _ => path.Length == 0 ? [json] : [],
    };

    private Value Aggregate(string person, AggregateExpr aggregate, long now)
    {
        var seen = Events(person).Where(item => item.Name == aggregate.EventName
            && (aggregate.Window.Kind == WindowKind.Ever || item.OccurredAt > now - aggregate.Window.LengthMs)
            && (aggregate.Where is null || Holds(person, aggregate.Where, now, item.Properties))).ToList();
        var numbers = aggregate.ValuePath is null ? [] : seen.Select(item => Number(item.Properties, aggregate.ValuePath)).OfType<decimal>().ToList();
        return aggregate.Kind switch
        {
            AggregateKind.Did => Value.Of(seen.Count > 0),
            AggregateKind.Count => Value.Of(seen.Count),
            AggregateKind.Sum => Value.Of((double)numbers.Sum()),
            AggregateKind.Average => numbers.Count == 0 ? Value.None : Value.Of((double)numbers.Sum() / numbers.Count),
            AggregateKind.Min => numbers.Count == 0 ? Value.None : Value.Of((double)numbers.Min()),
            AggregateKind.Max => numbers.Count == 0 ? Value.None : Value.Of((double)numbers.Max()),
            AggregateKind.Days => Value.Of(seen.Select(item => item.Day).Distinct().Count()),
            AggregateKind.Distinct => Value.Of(seen.Select(item => OfJson(item.Properties, aggregate.ValuePath!)).Where(value => value.Type is ValueType.Text or ValueType.Number or ValueType.Boolean)
                .Select(value => Number(value) is { } number ? Value.Of(number) : value).Distinct().Count()),
            AggregateKind.SinceFirst => seen.Count == 0 ? Value.None : Value.OfDuration(now - seen.Min(item => item.OccurredAt)),
            AggregateKind.SinceLast => seen.Count == 0 ? Value.None : Value.OfDuration(now - seen.Max(item => item.OccurredAt)),
            AggregateKind.First or AggregateKind.Last => Edge(seen, aggregate.ValuePath!, aggregate.Kind == AggregateKind.Last),
            AggregateKind.MostFrequent => MostFrequent(seen, aggregate.ValuePath!),
            _ => throw new InvalidOperationException(aggregate.Kind.ToString()),
        };
    }

    private Value Change(string person, ChangeExpr change, long now)
    {
        var length = change.Of.Window.LengthMs;
        var both = Aggregate(person, change.Of with { Window = new Window(WindowKind.Within, length * 2) }, now).Number;
        var later = Aggregate(person, change.Of, now).Number;
        var earlier = Math.Round((decimal)(both - later), 6);
        return earlier > 0 ? Value.Of((double)Math.Round((decimal)later, 6) / (double)earlier) : Value.None;
    }

    /// <summary>The value that steps of a chain share; null: the event has none.</summary>
    private static object? Shared(NaiveEvent item, string path) => OfJson(item.Properties, path) is { Type: ValueType.Text or ValueType.Number or ValueType.Boolean } value ? Number(value) is { } number ? number : value : null;

    /// <summary>Of values seen in the same millisecond the greatest.</summary>
    private static Value Edge(List<NaiveEvent> seen, string path, bool isLast)
    {
        var values = Values(seen, path);
        if (values.Count == 0)
        {
            return Value.None;
        }

        var edge = isLast ? values.Max(item => item.OccurredAt) : values.Min(item => item.OccurredAt);
        return values.Where(item => item.OccurredAt == edge).Select(item => item.Value).OrderByDescending(value => value.Type).ThenByDescending(value => value.Text, StringComparer.Ordinal).ThenByDescending(value => value.Number).First();
    }

    /// <summary>Of equally frequent ones the one seen last; seen in the same millisecond, the greatest.</summary>
    private static Value MostFrequent(List<NaiveEvent> seen, string path) => Values(seen, path).GroupBy(item => item.Value)
        .OrderByDescending(group => group.Count()).ThenByDescending(group => group.Max(item => item.OccurredAt))
        .ThenByDescending(group => group.Key.Type).ThenByDescending(group => group.Key.Text, StringComparer.Ordinal).ThenByDescending(group => group.Key.Number)
        .FirstOrDefault()?.Key ?? Value.None;

    private static List<(long OccurredAt, Value Value)> Values(List<NaiveEvent> seen, string path) =>
        seen.Select(item => (item.OccurredAt, Value: OfJson(item.Properties, path))).Where(item => item.Value.Type is ValueType.Text or ValueType.Number or ValueType.Boolean).ToList();

    private static double? Number(Value value) =>
        value.Type == ValueType.Number ? value.Number : value.Type == ValueType.Text && double.TryParse(value.Text, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static decimal? Number(JsonElement properties, string path) =>
        OfJson(properties, path) is { Type: ValueType.Text or ValueType.Number } value && decimal.TryParse(value.Text ?? value.Number.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static Value OfJson(JsonElement json, string path)
    {
        foreach (var part in path.Split('.'))
        {
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(part, out json))
            {
                return Value.None;
            }
        }

        return OfJson(json);
    }

    private static Value OfJson(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.Number => Value.Of(json.GetDouble()),
            JsonValueKind.String => Value.Of(json.GetString()!),
            JsonValueKind.True => Value.True,
            JsonValueKind.False => Value.False,
            JsonValueKind.Null => Value.None,
            JsonValueKind.Array => new Value(ValueType.List, 0, json.GetRawText()),
            _ => new Value(ValueType.Any, 0, null),
        };

    private static bool Compare(CompareOp op, Value left, Value right, bool ignoresCase = false)
    {
        if (left.Type == ValueType.List && op == CompareOp.Contains)
        {
            return JsonDocument.Parse(left.Text!).RootElement.EnumerateArray().Any(item => Compare(CompareOp.Equal, OfJson(item), right, ignoresCase));
        }

        if (left.Type == ValueType.Text && right.Type == ValueType.Number && double.TryParse(left.Text, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number))
        {
            return op < CompareOp.Contains && Compare(op, Value.Of(number), right);
        }

        if (left.Type == ValueType.Number && right.Type == ValueType.Text && double.TryParse(right.Text, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out number))
        {
            return op < CompareOp.Contains && Compare(op, left, Value.Of(number));
        }

        if (ignoresCase && left.Type == ValueType.Text && right.Type == ValueType.Text)
        {
            (left, right) = (Value.Of(left.Text!.ToUpperInvariant()), Value.Of(right.Text!.ToUpperInvariant()));
        }

        if (left.Type != right.Type || left.IsNone || left.Type is ValueType.Any or ValueType.List)
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
    /// <summary>When it came.</summary>
    public long Seen { get; init; }

    /// <summary>The time zone that it names; null: none.</summary>
    public string? Zone { get; init; }

    /// <summary>Where its day is.</summary>
    public string DayZone { get; init; } = "UTC";

    public DateTime Day => Instant.FromUnixTimeMilliseconds(OccurredAt).InZone(DateTimeZoneProviders.Tzdb[DayZone]).Date.ToDateTimeUnspecified();

    public static NaiveEvent Of(string name, long occurredAt, string properties, string messageId) =>
        new(name, occurredAt, JsonDocument.Parse(properties).RootElement, messageId);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} {OccurredAt} {Properties} {MessageId} {Zone} {DayZone}");
}
