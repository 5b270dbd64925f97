using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Plans;

namespace Triggers.Engine.Definitions.Elements;

/// <summary>plan.yaml as a whole.</summary>
internal sealed class PlanElement : Element<TrackingPlan>
{
    private static readonly Field<string> s_violations = Field.Optional(
        "violations", PlanFields.Action, "What becomes of events that are not as planned: `allow` takes them in and counts them, `flag` lists them as well, `reject` does not take them in.", "flag");

    private static readonly Field<string> s_unplanned = Field.Optional("unplanned", PlanFields.Action, "What becomes of events that are not named here. Under `allow` they are no violations.", "allow");

    private static readonly Field<IReadOnlyList<KeyValuePair<string, PlannedEvent>>> s_events = Field.Required(
        "events", new MapType<PlannedEvent>(Types.EventName, new PlannedEventElement(), "a map of event names"), "Track events by name, and `page`, `screen`, `identify`, `group` for the other calls.");

    public override string Id => "plan";

    public override string Help => "What events are expected to look like, and what becomes of those that do not.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_violations, s_unplanned, s_events];

    protected override TrackingPlan Build(MapReader map)
    {
        var usual = PlanFields.Read(map.Get(s_violations, "flag"));
        var events = map.Get(s_events, []);
        if (events.Count > Limits.PlannedEventsMax)
        {
            map.Place(s_events).Fail($"The plan names {events.Count} events; at most {Limits.PlannedEventsMax} are allowed.");
        }

        return new TrackingPlan
        {
            Unplanned = PlanFields.Read(map.Get(s_unplanned, "allow")),
            Events = [.. events.Select(entry => entry.Value with { Name = entry.Key, Violations = entry.Value.Violations == 0 ? usual : entry.Value.Violations })],
        };
    }
}

/// <summary>One event of the plan, still without its name.</summary>
internal sealed class PlannedEventElement : Element<PlannedEvent>
{
    private static readonly Field<string> s_description = Field.Optional("description", Types.Text, "When it is sent, for those who read the plan.");
    private static readonly Field<string> s_violations = Field.Optional("violations", PlanFields.Action, "What becomes of an event of this name that is not as planned.", "that of the plan");
    private static readonly Field<bool> s_additional = Field.Optional("additionalProperties", new BooleanType(), "`false`: a property that is not named here is a violation. Speaks of the outermost ones.", "true");

    private static readonly Field<IReadOnlyList<KeyValuePair<string, PlannedProperty>>> s_properties = Field.Optional(
        "properties", new MapType<PlannedProperty>(Types.Text, PlannedPropertyElement.Any, "a map of property names"),
        "Properties by name: a type, or a map of rules. `shipping.country` lies in another, `products[].price` in each item of a list. Of identify and group they are the traits.");

    public override string Id => "plannedEvent";

    public override string Help => "What an event of this name is expected to look like.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_description, s_violations, s_additional, s_properties];

    protected override PlannedEvent Build(MapReader map)
    {
        var properties = map.Get(s_properties, []).Select(entry => entry.Value with { Path = entry.Key }).ToList();
        if (properties.Count > Limits.PlannedPropertiesMax)
        {
            map.Place(s_properties).Fail($"The event has {properties.Count} planned properties; at most {Limits.PlannedPropertiesMax} are allowed.");
        }
        else if (PropertyTree.Explain(properties) is { } wrong)
        {
            map.Place(s_properties).Fail(wrong);
        }

        return new PlannedEvent("", map.Get(s_description, ""), map.Has(s_violations) ? PlanFields.Read(map.Text(s_violations)) : 0, !map.Get(s_additional, true), properties);
    }
}

/// <summary>The long form of a property, still without its path.</summary>
internal sealed class PlannedPropertyElement : Element<PlannedProperty>
{
    private static readonly PlannedProperty s_free = new("", "", PropertyType.Any, false, [], null, null, null);

    private static readonly Field<string> s_type = Field.Optional("type", PlanFields.Type, "Type of its value, as in JSON Schema; an integer is a number, too.", "any");
    private static readonly Field<string> s_description = Field.Optional("description", Types.Text, "What it says, for those who read the plan.");
    private static readonly Field<bool> s_required = Field.Optional("required", new BooleanType(), "It must be there and not be null. In items of a list: in each of them.", "false");
    private static readonly Field<IReadOnlyList<string>> s_enum = Field.Optional("enum", new ListType<string>(new AnyScalarType(), "a list of values", least: 1), "Only these values.");
    private static readonly Field<string?> s_pattern = Field.Optional<string?>("pattern", new PatternFieldType()!, "Texts must match this regular expression somewhere; `^…$` for the whole.");
    private static readonly Field<double> s_minimum = Field.Optional("minimum", Types.Number, "Numbers are not below this.");
    private static readonly Field<double> s_maximum = Field.Optional("maximum", Types.Number, "Numbers are not above this.");

    public override string Id => "plannedProperty";

    public override string Help => "Rules for a property. Null counts as absent.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_type, s_description, s_required, s_enum, s_pattern, s_minimum, s_maximum];

    public static FieldType<PlannedProperty> Any { get; } =
        new ShortOrLong<PlannedProperty>(new Mapped<string, PlannedProperty>(PlanFields.Type, type => s_free with { Type = PlanFields.TypeOf(type) }), new PlannedPropertyElement());

    protected override PlannedProperty Build(MapReader map)
    {
        var type = map.Has(s_type) ? PlanFields.TypeOf(map.Text(s_type)) : PropertyType.Any;
        var allowed = map.Get(s_enum, []);
        double? minimum = map.Has(s_minimum) ? map.Get(s_minimum, 0) : null, maximum = map.Has(s_maximum) ? map.Get(s_maximum, 0) : null;
        if (allowed.Count > Limits.ExpressionListMax)
        {
            map.Place(s_enum).Fail($"The list has {allowed.Count} values; at most {Limits.ExpressionListMax} are allowed.");
        }

        if (minimum > maximum)
        {
            map.Place(s_maximum).Fail($"`maximum` ({maximum}) is below `minimum` ({minimum}): no number would do.");
        }

        CheckType(map, s_pattern, type, PropertyType.String);
        CheckType(map, s_minimum, type, PropertyType.Number, PropertyType.Integer);
        CheckType(map, s_maximum, type, PropertyType.Number, PropertyType.Integer);
        CheckType(map, s_enum, type, PropertyType.String, PropertyType.Number, PropertyType.Integer, PropertyType.Boolean);
        return new PlannedProperty("", map.Get(s_description, ""), type, map.Get(s_required, false), allowed, map.Get(s_pattern), minimum, maximum);
    }

    private static void CheckType(MapReader map, FieldSpec field, PropertyType type, params ReadOnlySpan<PropertyType> fitting)
    {
        if (map.Has(field) && type != PropertyType.Any && !fitting.Contains(type))
        {
            map.Place(field).Fail($"`{field.Name}` says nothing of the type {PlanFields.NameOf(type)}: leave it out, or name another type.");
        }
    }
}
