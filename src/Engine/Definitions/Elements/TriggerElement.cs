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
        "fromHistory", Types.OneOf("ignore", "enter"), "With `enters`: whether those enter, too, who are found to be in the segment when it is new, changed or filled from history.", "`ignore`");

    private static readonly TriggerTerm[] s_kinds =
    [
        Kind(Field.Optional("event", Types.EventName, "An event of this name."), (map, field) => new TriggerDefinition(TriggerKind.Event, map.Text(field), map.Get(s_where))),
        Kind(Field.Optional("enters", Types.Id, "Entering this segment."), (map, field) => OfSegment(map, field, TriggerKind.SegmentEntered) with { FromHistory = map.Get(s_fromHistory) == "enter" }),
        Kind(Field.Optional("leaves", Types.Id, "Leaving this segment."), (map, field) => OfSegment(map, field, TriggerKind.SegmentExited)),
        Kind(Field.Optional("scoreAbove", Types.Number, "The score rises to or above this line."), (map, field) => new TriggerDefinition(TriggerKind.ScoreAbove, "", Line: map.Get(field, 0))),
        Kind(Field.Optional("scoreBelow", Types.Number, "The score falls below this line."), (map, field) => new TriggerDefinition(TriggerKind.ScoreBelow, "", Line: map.Get(field, 0))),
        Kind(Field.Optional("inactiveFor", Types.Duration, "No event for this long."), (map, field) => new TriggerDefinition(TriggerKind.Inactivity, "", DurationMs: map.Get(field, 0))),
    ];

    public override string Id => "trigger";

    public override string Help => "What makes a customer enter: exactly one of the fields, `where` and `fromHistory` aside.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [.. s_kinds.Select(kind => kind.Field), s_where, s_fromHistory];

    public override IReadOnlyList<string> OneOf { get; } = s_kinds.Select(kind => kind.Field.Name).ToList();

    protected override TriggerDefinition Build(MapReader map)
    {
        var kind = s_kinds.FirstOrDefault(kind => map.Has(kind.Field)) ?? s_kinds[0];
        if (map.Has(s_where) && kind != s_kinds[0])
        {
            map.Place(s_where).Fail("`where` stands only beside `event`: put conditions about the customer into the campaign's `audience`.");
        }

        if (map.Has(s_fromHistory) && kind != s_kinds[1])
        {
            map.Place(s_fromHistory).Fail("`fromHistory` stands only beside `enters`: of what happened in the past nothing else is known to be new.");
        }

        return kind.Build(map);
    }

    private static TriggerTerm Kind<T>(Field<T> field, Func<MapReader, Field<T>, TriggerDefinition> build) => new(field, map => build(map, field));

    private static TriggerDefinition OfSegment(MapReader map, Field<string> field, TriggerKind kind)
    {
        var id = map.Text(field);
        map.At.Context.SegmentPlaces.Add(new NamedPlace(map.Place(field), id));
        return new TriggerDefinition(kind, id);
    }
}
