using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Expressions;

namespace Triggers.Engine.Definitions.Elements;

/// <summary>The stages of a customer's life.</summary>
internal sealed class LifecycleElement : Element<LifecycleDefinition>
{
    private static readonly LifecycleDefinition s_defaults = new();

    private static readonly Field<long> s_newFor = Field.Optional("newFor", Types.Duration, "`new` lasts this long from the first event on; then `active`.", Duration.Format(s_defaults.NewForMs));
    private static readonly Field<long> s_atRisk = Field.Optional("atRiskAfter", Types.Duration, "`at risk` after this long without an event.", Duration.Format(s_defaults.AtRiskAfterMs));
    private static readonly Field<long> s_dormant = Field.Optional("dormantAfter", Types.Duration, "`dormant` after this long without an event.", Duration.Format(s_defaults.DormantAfterMs));
    private static readonly Field<long> s_wonBack = Field.Optional("wonBackFor", Types.Duration, "`won back` lasts this long from the first event after dormant.", Duration.Format(s_defaults.WonBackForMs));

    private static readonly Field<IReadOnlyList<KeyValuePair<string, string>>> s_names = Field.Optional(
        "names", new MapType<string>(Types.OneOf(LifecycleStages.All), Types.Text, "a map of stages to names"), "What the stages are called in conditions and wherever they are shown, such as `{ at risk: slipping }`.", "as above");

    public override string Id => "lifecycle";

    public override string Help => "Stages by inactivity.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_newFor, s_atRisk, s_dormant, s_wonBack, s_names];

    protected override LifecycleDefinition Build(MapReader map)
    {
        var lifecycle = new LifecycleDefinition
        {
            NewForMs = map.Get(s_newFor, s_defaults.NewForMs),
            AtRiskAfterMs = map.Get(s_atRisk, s_defaults.AtRiskAfterMs),
            DormantAfterMs = map.Get(s_dormant, s_defaults.DormantAfterMs),
            WonBackForMs = map.Get(s_wonBack, s_defaults.WonBackForMs),
            Names = Named(map.Get(s_names, [])),
        };
        if (lifecycle.Names.Distinct(StringComparer.Ordinal).Count() < lifecycle.Names.Count)
        {
            map.Place(s_names).Fail($"Two stages have one name: they are called {string.Join(", ", lifecycle.Names.Select(name => $"'{name}'"))}.");
        }

        if (lifecycle.AtRiskAfterMs >= lifecycle.DormantAfterMs)
        {
            map.Place(s_dormant).Fail($"dormantAfter ({Duration.Format(lifecycle.DormantAfterMs)}) must be longer than atRiskAfter ({Duration.Format(lifecycle.AtRiskAfterMs)}).");
        }

        return lifecycle;
    }

    private static IReadOnlyList<string> Named(IReadOnlyList<KeyValuePair<string, string>> names) =>
        names.Count == 0 ? LifecycleStages.All : [.. LifecycleStages.All.Select(stage => names.Where(entry => entry.Key == stage && entry.Value.Length > 0).Select(entry => entry.Value).FirstOrDefault(stage))];
}
