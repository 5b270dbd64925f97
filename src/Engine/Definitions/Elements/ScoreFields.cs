using System.Text.Json.Nodes;
using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Definitions.Yaml;
using Triggers.Engine.Expressions;

namespace Triggers.Engine.Definitions.Elements;

/// <summary>What every score is made of: points for events, caps, and grades.</summary>
internal static class ScoreFields
{
    /// <summary>Id of the score that is read as <c>score</c> alone.</summary>
    public const string Engagement = "engagement";

    private static readonly ScoreRule s_rule = new("", null, 0, null);

    private static readonly FieldType<ScoreRule> s_anyRule =
        new ShortOrLong<ScoreRule>(new Mapped<double, ScoreRule>(Types.Number, points => s_rule with { Points = points }), new ScoreRuleElement());

    public static Field<long> HalfLife { get; } = Field.Optional("halfLife", Types.Duration, "Time in which a score halves.", "scores do not decay");

    public static Field<IReadOnlyList<KeyValuePair<string, IReadOnlyList<ScoreRule>>>> Events { get; } = Field.Optional(
        "events", new MapType<IReadOnlyList<ScoreRule>>(Types.EventName, new OneOrMore<ScoreRule>(s_anyRule), "a map of event names to points"), "Points per event: a number, a map with points, times, capPerDay, group, where, or a list of these.");

    public static Field<IReadOnlyList<KeyValuePair<string, int>>> Groups { get; } = Field.Optional(
        "groups", new MapType<int>(Types.Id, Types.Count, "a map of group ids to caps"), "Groups of events that share a cap: at most this many events of the group earn points a UTC day.");

    public static Field<IReadOnlyList<KeyValuePair<string, GradeDefinition>>> Grades { get; } = Field.Optional(
        "grades", new MapType<GradeDefinition>(Types.Text, GradeElement.Any, "a map of grades to lines"), "Grades by name: the line from which the score has it, or a map with from and until.");

    public static ScoringDefinition Build(MapReader map)
    {
        var groups = map.Get(Groups, []).ToDictionary(entry => entry.Key, entry => new ScoreGroup(entry.Key, entry.Value), StringComparer.Ordinal);
        return new ScoringDefinition
        {
            HalfLifeMs = map.Get(HalfLife, 0),
            Rules = [.. map.Get(Events, []).SelectMany(entry => entry.Value.Select(rule => Named(map, rule with { EventName = entry.Key }, groups)))],
            Grades = Sorted(map),
        };
    }

    private static ScoreRule Named(MapReader map, ScoreRule rule, Dictionary<string, ScoreGroup> groups)
    {
        if (rule.Group is null)
        {
            return rule;
        }

        if (!groups.TryGetValue(rule.Group.Id, out var group))
        {
            map.Place(Events).Fail($"The points for '{rule.EventName}' name a group '{rule.Group.Id}' that is not under `groups`.{Text.Suggest.Phrase(Text.Suggest.For(rule.Group.Id, groups.Keys))}");
        }

        return rule with { Group = group };
    }

    private static IReadOnlyList<GradeDefinition> Sorted(MapReader map)
    {
        var grades = map.Get(Grades, []).Select(entry => entry.Value with { Name = entry.Key }).OrderByDescending(grade => grade.From).ToList();
        if (grades.Count > Limits.GradesMax)
        {
            map.Place(Grades).Fail($"There are {grades.Count} grades; at most {Limits.GradesMax} are allowed.");
        }

        foreach (var (upper, lower) in grades.Zip(grades.Skip(1)))
        {
            if (upper.From == lower.From || upper.Until < lower.Until)
            {
                map.Place(Grades).Fail(upper.From == lower.From
                    ? $"The grades '{upper.Name}' and '{lower.Name}' have the same line: each needs its own."
                    : $"The grade '{upper.Name}' is held further down than '{lower.Name}' below it: its `until` must not be less.");
            }
        }

        return grades;
    }
}

/// <summary>The long form of the points for an event, still without its name.</summary>
internal sealed class ScoreRuleElement : Element<ScoreRule>
{
    private static readonly Field<double> s_points = Field.Required("points", Types.Number, "Points for each event; may be negative.");
    private static readonly Field<string?> s_times = Field.Optional<string?>("times", Types.PropertyPath!, "A property whose number multiplies the points. Events without that number earn none.");
    private static readonly Field<int> s_cap = Field.Optional("capPerDay", Types.Count, "At most this many events a UTC day earn points.", "no cap");
    private static readonly Field<string?> s_group = Field.Optional<string?>("group", Types.Id!, "A group of `groups`, whose cap counts as well.");
    private static readonly Field<Expr?> s_where = Field.Optional("where", new ConditionType(ExpressionScope.EventOnly), "Only events for which this holds. Speaks of `properties` alone.");

    public override string Id => "scoreRule";

    public override string Help => "Points for one event.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_points, s_times, s_cap, s_group, s_where];

    protected override ScoreRule Build(MapReader map) => new("", map.Get(s_where), map.Get(s_points, 0), map.Has(s_cap) ? map.Get(s_cap, 1) : null)
    {
        TimesPath = map.Get(s_times),
        Group = map.Get(s_group) is { Length: > 0 } group ? new ScoreGroup(group, 0) : null,
    };
}

/// <summary>The long form of a grade, still without its name.</summary>
internal sealed class GradeElement : Element<GradeDefinition>
{
    private static readonly Field<double> s_from = Field.Required("from", Types.Number, "A score of this or more has the grade.");
    private static readonly Field<double> s_until = Field.Optional("until", Types.Number, "It is held until the score is below this.", "`from`");

    public override string Id => "grade";

    public override string Help => "The lines of a grade.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_from, s_until];

    public static FieldType<GradeDefinition> Any { get; } =
        new ShortOrLong<GradeDefinition>(new Mapped<double, GradeDefinition>(Types.Number, from => new GradeDefinition("", from, from)), new GradeElement());

    protected override GradeDefinition Build(MapReader map)
    {
        var from = map.Get(s_from, 0);
        var until = map.Get(s_until, from);
        if (until > from)
        {
            map.Place(s_until).Fail($"`until` ({until}) cannot lie above `from` ({from}): the grade would be lost as soon as it is reached.");
        }

        return new GradeDefinition("", from, until);
    }
}

/// <summary>A value, or a list of such.</summary>
internal sealed class OneOrMore<T>(FieldType<T> item) : FieldType<IReadOnlyList<T>>
{
    private readonly ListType<T> _list = new(item, $"a list of {item.Name}", least: 1);

    public override string Name => $"{item.Name}, or a list of these";

    public override JsonObject Schema(SchemaScope scope) => new() { ["anyOf"] = new JsonArray(item.Schema(scope), _list.Schema(scope)) };

    public override IReadOnlyList<T> Read(At at) => at.Node is YamlList ? _list.Read(at) : [item.Read(at)];
}
