using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Expressions;

namespace Triggers.Engine.Definitions.Elements;

/// <summary>What scoring.yaml says.</summary>
internal sealed record ScoringFile(ScoringDefinition Scoring, LifecycleDefinition Lifecycle);

/// <summary>scoring.yaml as a whole.</summary>
internal sealed class ScoringElement : Element<ScoringFile>
{
    private static readonly ScoreRule s_rule = new("", null, 0, null);

    private static readonly FieldType<ScoreRule> s_anyRule =
        new ShortOrLong<ScoreRule>(new Mapped<double, ScoreRule>(Types.Number, points => s_rule with { Points = points }), new ScoreRuleElement());

    private static readonly Field<long> s_halfLife = Field.Optional("halfLife", Types.Duration, "Time in which a score halves.", "scores do not decay");

    private static readonly Field<IReadOnlyList<KeyValuePair<string, ScoreRule>>> s_events =
        Field.Optional("events", new MapType<ScoreRule>(Types.EventName, s_anyRule, "a map of event names to points"), "Points per event: a number, or a map with points, capPerDay, where.");

    private static readonly Field<LifecycleDefinition?> s_lifecycle = Field.Optional<LifecycleDefinition?>("lifecycle", new LifecycleElement()!, "When customers become active, at risk, dormant, won back.");

    public override string Id => "scoring";

    public override string Help => "The engagement score and the stages of a customer's life.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_halfLife, s_events, s_lifecycle];

    protected override ScoringFile Build(MapReader map)
    {
        var rules = map.Get(s_events, []).Select(entry => entry.Value with { EventName = entry.Key }).ToList();
        return new ScoringFile(new ScoringDefinition { HalfLifeMs = map.Get(s_halfLife, 0), Rules = rules }, map.Get(s_lifecycle) ?? new LifecycleDefinition());
    }
}

/// <summary>The long form of the points for an event, still without its name.</summary>
internal sealed class ScoreRuleElement : Element<ScoreRule>
{
    private static readonly Field<double> s_points = Field.Required("points", Types.Number, "Points for each event; may be negative.");
    private static readonly Field<int> s_cap = Field.Optional("capPerDay", Types.Count, "At most this many events a UTC day earn points.", "no cap");
    private static readonly Field<Expr?> s_where = Field.Optional("where", new ConditionType(ExpressionScope.EventOnly), "Only events for which this holds. Speaks of `properties` alone.");

    public override string Id => "scoreRule";

    public override string Help => "Points for one event.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_points, s_cap, s_where];

    protected override ScoreRule Build(MapReader map) => new("", map.Get(s_where), map.Get(s_points, 0), map.Has(s_cap) ? map.Get(s_cap, 1) : null);
}

/// <summary>The stages of a customer's life.</summary>
internal sealed class LifecycleElement : Element<LifecycleDefinition>
{
    private static readonly LifecycleDefinition s_defaults = new();

    private static readonly Field<long> s_newFor = Field.Optional("newFor", Types.Duration, "`new` lasts this long from the first event on; then `active`.", Duration.Format(s_defaults.NewForMs));
    private static readonly Field<long> s_atRisk = Field.Optional("atRiskAfter", Types.Duration, "`at risk` after this long without an event.", Duration.Format(s_defaults.AtRiskAfterMs));
    private static readonly Field<long> s_dormant = Field.Optional("dormantAfter", Types.Duration, "`dormant` after this long without an event.", Duration.Format(s_defaults.DormantAfterMs));
    private static readonly Field<long> s_wonBack = Field.Optional("wonBackFor", Types.Duration, "`won back` lasts this long from the first event after dormant.", Duration.Format(s_defaults.WonBackForMs));

    public override string Id => "lifecycle";

    public override string Help => "Stages by inactivity.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_newFor, s_atRisk, s_dormant, s_wonBack];

    protected override LifecycleDefinition Build(MapReader map)
    {
        var lifecycle = new LifecycleDefinition
        {
            NewForMs = map.Get(s_newFor, s_defaults.NewForMs),
            AtRiskAfterMs = map.Get(s_atRisk, s_defaults.AtRiskAfterMs),
            DormantAfterMs = map.Get(s_dormant, s_defaults.DormantAfterMs),
            WonBackForMs = map.Get(s_wonBack, s_defaults.WonBackForMs),
        };
        if (lifecycle.AtRiskAfterMs >= lifecycle.DormantAfterMs)
        {
            map.Place(s_dormant).Fail($"dormantAfter ({Duration.Format(lifecycle.DormantAfterMs)}) must be longer than atRiskAfter ({Duration.Format(lifecycle.AtRiskAfterMs)}).");
        }

        return lifecycle;
    }
}
