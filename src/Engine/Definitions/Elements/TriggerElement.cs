using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Expressions;

namespace Triggers.Engine.Definitions.Elements;

/// <summary>One kind of trigger: the field that names it, and what it makes of the map.</summary>
internal sealed record TriggerTerm(FieldSpec Field, Func<MapReader, TriggerDefinition> Build);

/// <summary>What makes a customer enter a campaign. A new kind is one line in <see cref="s_kinds"/>.</summary>
internal sealed class TriggerElement : Element<TriggerDefinition>
{
    private static readonly Field<Expr?> s_where = Field.Optional("where", new ConditionType(ExpressionScope.Event), "With `event`: only events for which this holds.");
    private static readonly Field<string> s_fromHistory = Field.Optional(
        "fromHistory", Types.OneOf("ignore", "enter"), "With `enters` and `scoreAbove`: whether those enter, too, who are found to be in the segment, or at the line, when it is new, changed or filled from history.", "`ignore`");

    private static readonly Field<string> s_score = Field.Optional("score", Types.Id, "With `scoreAbove` and `scoreBelow`: which score of scoring.yaml.", "the engagement score");
    private static readonly Field<double> s_until = Field.Optional(
        "until", Types.Number, "With `scoreAbove`: the score has to fall below this before it can rise to the line again; with `scoreBelow`: it has to have risen to this before it can fall below the line. So one that moves to and fro over the line counts once.", "the line");

    private static readonly TriggerTerm[] s_kinds =
    [
        Kind(Field.Optional("event", Types.EventName, "An event of this name."), (map, field) => new TriggerDefinition(TriggerKind.Event, map.Text(field), map.Get(s_where))),
        Kind(Field.Optional("enters", Types.Id, "Entering this segment."), (map, field) => OfSegment(map, field, TriggerKind.SegmentEntered) with { FromHistory = map.Get(s_fromHistory) == "enter" }),
        Kind(Field.Optional("leaves", Types.Id, "Leaving this segment."), (map, field) => OfSegment(map, field, TriggerKind.SegmentExited)),
        Kind(Field.Optional("scoreAbove", Types.Number, "The score rises to or above this line."), (map, field) => OfScore(map, field, TriggerKind.ScoreAbove) with { FromHistory = map.Get(s_fromHistory) == "enter" }),
        Kind(Field.Optional("scoreBelow", Types.Number, "The score falls below this line."), (map, field) => OfScore(map, field, TriggerKind.ScoreBelow)),
        Kind(Field.Optional("inactiveFor", Types.Duration, "No event for this long."), (map, field) => new TriggerDefinition(TriggerKind.Inactivity, "", DurationMs: map.Get(field, 0))),
    ];

    public override string Id => "trigger";

    public override string Help => "What makes a customer enter: exactly one of the fields, `where`, `fromHistory`, `score` and `until` aside.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [.. s_kinds.Select(kind => kind.Field), s_where, s_fromHistory, s_score, s_until];

    public override IReadOnlyList<string> OneOf { get; } = s_kinds.Select(kind => kind.Field.Name).ToList();

    protected override TriggerDefinition Build(MapReader map)
    {
        var kind = s_kinds.FirstOrDefault(kind => map.Has(kind.Field)) ?? s_kinds[0];
        if (map.Has(s_where) && kind != s_kinds[0])
        {
            map.Place(s_where).Fail("`where` stands only beside `event`: put conditions about the customer into the campaign's `audience`.");
        }

        if (map.Has(s_fromHistory) && kind != s_kinds[1] && kind != s_kinds[3])
        {
            map.Place(s_fromHistory).Fail("`fromHistory` stands only beside `enters` or `scoreAbove`: of what happened in the past nothing else is known to be new.");
        }

        if (kind != s_kinds[3] && kind != s_kinds[4])
        {
            if (map.Has(s_score))
            {
                map.Place(s_score).Fail("`score` stands only beside `scoreAbove` or `scoreBelow`: it says which score crosses the line.");
            }

            if (map.Has(s_until))
            {
                map.Place(s_until).Fail("`until` stands only beside `scoreAbove` or `scoreBelow`: it says where the score has to come back to before it counts again.");
            }
        }

        return kind.Build(map);
    }

    private static TriggerTerm Kind<T>(Field<T> field, Func<MapReader, Field<T>, TriggerDefinition> build) => new(field, map => build(map, field));

    private static TriggerDefinition OfScore(MapReader map, Field<double> field, TriggerKind kind)
    {
        var id = map.Has(s_score) ? map.Text(s_score) : ScoreFields.Engagement;
        if (map.Has(s_score))
        {
            map.At.Context.ScorePlaces.Add(new NamedPlace(map.Place(s_score), id));
        }

        var line = map.Get(field, 0);
        double? until = map.Has(s_until) ? map.Get(s_until, 0) : null;
        if (kind == TriggerKind.ScoreAbove ? until > line : until < line)
        {
            map.Place(s_until).Fail(kind == TriggerKind.ScoreAbove
                ? "`until` is where a score that rose to the line has to fall below: at most the line."
                : "`until` is where a score has to have risen to before it falls below the line: at least the line.");
        }

        return new TriggerDefinition(kind, id == ScoreFields.Engagement ? "" : id, Line: line) { Until = until };
    }

    private static TriggerDefinition OfSegment(MapReader map, Field<string> field, TriggerKind kind)
    {
        var id = map.Text(field);
        map.At.Context.SegmentPlaces.Add(new NamedPlace(map.Place(field), id));
        return new TriggerDefinition(kind, id);
    }
}
