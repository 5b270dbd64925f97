using System.Text;
using System.Text.Json;
using Triggers.Engine.Expressions;
using Triggers.Engine.Records;
using Triggers.Storage;

namespace Triggers.Simulation.Tests;

/// <summary>
/// Segments counted the plain way: every record of the log read again, every condition evaluated over all events of a customer. Knows nothing of windows kept,
/// due instants or programs; for conditions over counts, sums, traits and other segments.
/// </summary>
public sealed class NaiveRecount
{
    private readonly Dictionary<string, Person> _people = new(StringComparer.Ordinal);

    public NaiveRecount(IStore store)
    {
        for (var partition = 0; partition < store.Log.Partitions; partition++)
        {
            foreach (var record in store.History.ReadAll(partition).OrderBy(record => record.Offset))
            {
                RecordView.Read(record.Bytes.Span, out var view);
                if (view.Kind == RecordKind.Event)
                {
                    Add(view, record.At);
                }
            }
        }
    }

    public IReadOnlyCollection<string> Keys => _people.Keys;

    public bool Holds(string key, Expr condition, IReadOnlyDictionary<string, Expr> segments, long now) =>
        new Evaluator(_people[key], segments, now).Truth(condition, null);

    private void Add(in RecordView view, long at)
    {
        var key = Encoding.UTF8.GetString(view.Key);
        if (!_people.TryGetValue(key, out var person))
        {
            person = new Person();
            _people.Add(key, person);
        }

        if (!person.Seen.Add(Encoding.UTF8.GetString(view.MessageId)))
        {
            return;
        }

        var body = view.Body.IsEmpty ? default : JsonDocument.Parse(view.Body.ToArray()).RootElement;
        var name = view.EventType == EventType.Track ? Encoding.UTF8.GetString(view.Name) : view.EventType.ToString().ToLowerInvariant();
        person.Events.Add((name, Math.Min(view.OccurredAt, at), body));
        if (view.EventType == EventType.Identify)
        {
            // An older call only fills gaps.
            var isOlder = view.OccurredAt < person.TraitsAt;
            person.TraitsAt = Math.Max(person.TraitsAt, view.OccurredAt);
            foreach (var trait in body.EnumerateObject())
            {
                if (!isOlder || !person.Traits.ContainsKey(trait.Name))
                {
                    person.Traits[trait.Name] = trait.Value;
                }
            }
        }
    }

    private sealed class Person
    {
        public HashSet<string> Seen { get; } = new(StringComparer.Ordinal);

        public List<(string Name, long At, JsonElement Body)> Events { get; } = [];

        public long TraitsAt { get; set; } = long.MinValue;

        public Dictionary<string, JsonElement> Traits { get; } = new(StringComparer.Ordinal);
    }

    private sealed class Evaluator(Person person, IReadOnlyDictionary<string, Expr> segments, long now)
    {
        public bool Truth(Expr expr, JsonElement? body) => expr switch
        {
            JunctionExpr { All: true } all => all.Items.All(item => Truth(item, body)),
            JunctionExpr any => any.Items.Any(item => Truth(item, body)),
            NotExpr not => !Truth(not.Inner, body),
            SegmentExpr segment => Truth(segments[segment.Id], null),
            ExistsExpr exists => ValueOf(exists.Item, body) is not null,
            CompareExpr compare => Compare(compare.Op, ValueOf(compare.Left, body), ValueOf(compare.Right, body)),
            InExpr one => one.Values.Any(value => Compare(CompareOp.Equal, ValueOf(one.Item, body), ValueOf(value, body))),
            AggregateExpr { Kind: AggregateKind.Did } did => Matching(did).Any(),
            _ => throw new NotSupportedException(expr.ToString()),
        };

        private static bool Compare(CompareOp op, object? left, object? right)
        {
            if (left is null || right is null || left.GetType() != right.GetType())
            {
                return false;
            }

            var order = left is string text ? string.CompareOrdinal(text, (string)right) : Comparer<object>.Default.Compare(left, right);
            return op switch
            {
                CompareOp.Equal => order == 0,
                CompareOp.NotEqual => order != 0,
                CompareOp.Less => order < 0,
                CompareOp.LessOrEqual => order <= 0,
                CompareOp.Greater => order > 0,
                CompareOp.GreaterOrEqual => order >= 0,
                _ => throw new NotSupportedException(op.ToString()),
            };
        }

        private static object? Plain(JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.Number => element.GetDouble(),
            JsonValueKind.String => element.GetString(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };

        private object? ValueOf(Expr expr, JsonElement? body) => expr switch
        {
            LiteralExpr literal => literal.Value.Type switch
            {
                Engine.Expressions.ValueType.Number => literal.Value.Number,
                Engine.Expressions.ValueType.Text => literal.Value.Text,
                Engine.Expressions.ValueType.Boolean => literal.Value.Number != 0,
                _ => null,
            },
            TraitExpr trait => person.Traits.TryGetValue(trait.Path, out var value) ? Plain(value) : null,
            PropertyExpr property => body is { } json && json.TryGetProperty(property.Path, out var value) ? Plain(value) : null,
            AggregateExpr { Kind: AggregateKind.Count } count => (double)Matching(count).Count(),
            AggregateExpr { Kind: AggregateKind.Sum } sum => (double)Matching(sum).Sum(item => item.Body.TryGetProperty(sum.ValuePath!, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDecimal() : 0),
            _ => Truth(expr, body),
        };

        private IEnumerable<(string Name, long At, JsonElement Body)> Matching(AggregateExpr aggregate) => person.Events.Where(item =>
            item.Name == aggregate.EventName
            && (aggregate.Window.Kind == WindowKind.Ever || item.At > now - aggregate.Window.LengthMs)
            && (aggregate.Where is null || Truth(aggregate.Where, item.Body)));
    }
}
