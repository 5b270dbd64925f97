using System.Text.Json.Nodes;
using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Definitions.Yaml;
using Triggers.Engine.Expressions;
using Triggers.Engine.Text;

namespace Triggers.Engine.Definitions.Elements;

/// <summary>The stages of a customer's life.</summary>
internal sealed class LifecycleElement : Element<LifecycleDefinition>
{
    private static readonly LifecycleDefinition s_defaults = new();
    private static readonly FieldType<long> s_lengthOrNone = new DurationOrNone();

    private static readonly Field<long> s_newFor = Field.Optional("newFor", s_lengthOrNone, "`new` lasts this long from the first event on; then `active`. `none`: everyone is `active` at first.", Duration.Format(s_defaults.NewForMs));
    private static readonly Field<long> s_atRisk = Field.Optional("atRiskAfter", Types.Duration, "`at risk` after this long without an event.", Duration.Format(s_defaults.Away[0].AfterMs));
    private static readonly Field<long> s_dormant = Field.Optional("dormantAfter", Types.Duration, "`dormant` after this long without an event.", Duration.Format(s_defaults.Away[1].AfterMs));

    private static readonly Field<IReadOnlyList<KeyValuePair<string, long>>> s_away = Field.Optional(
        "away", new MapType<long>(new StageIdType(), Types.Duration, "a map of stages to durations"),
        $"Stages of one's own for those who stay away, 1 to {Limits.AwayStagesMax}, in place of `atRiskAfter` and `dormantAfter`: each begins after its time without an event.", "`{ at risk: 30d, dormant: 90d }`");

    private static readonly Field<long> s_wonBack = Field.Optional("wonBackFor", s_lengthOrNone, "`won back` lasts this long from the first event after `wonBackFrom`. `none`: who comes back is `active`.", Duration.Format(s_defaults.WonBackForMs));
    private static readonly Field<string> s_wonBackFrom = Field.Optional("wonBackFrom", Types.Text, "Who comes back from this stage, or from a later one, is `won back`.", "`dormant`; without one of this name the last");

    private static readonly Field<IReadOnlyList<KeyValuePair<string, string>>> s_names = Field.Optional(
        "names", new MapType<string>(Types.Text, Types.Text, "a map of stages to names"), "What the stages are called in conditions and wherever they are shown, such as `{ at risk: slipping }`.", "as above");

    public override string Id => "lifecycle";

    public override string Help => "Stages by inactivity.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_newFor, s_atRisk, s_dormant, s_away, s_wonBack, s_wonBackFrom, s_names];

    protected override LifecycleDefinition Build(MapReader map)
    {
        var lifecycle = new LifecycleDefinition
        {
            NewForMs = map.Get(s_newFor, s_defaults.NewForMs),
            Away = Away(map),
            WonBackForMs = map.Get(s_wonBack, s_defaults.WonBackForMs),
            WonBackFrom = map.Get(s_wonBackFrom, ""),
        };
        var from = lifecycle.WonBackFrom;
        if (from.Length > 0 && lifecycle.Away.All(stage => stage.Id != from))
        {
            var away = lifecycle.Away.Select(stage => stage.Id).ToList();
            map.Place(s_wonBackFrom).Fail($"'{from}' is not one of the stages of those who stay away: {string.Join(", ", away)}.{Suggest.Phrase(Suggest.For(from, away))}");
            lifecycle = lifecycle with { WonBackFrom = "" };
        }

        return map.Has(s_names) ? Called(map, lifecycle) : lifecycle;
    }

    /// <summary>The shortest time first.</summary>
    private static IReadOnlyList<AwayStage> Away(MapReader map)
    {
        if (map.Has(s_away))
        {
            if (map.Has(s_atRisk) || map.Has(s_dormant))
            {
                map.Place(s_away).Fail("`away` says which stages there are and when they begin: take out `atRiskAfter` and `dormantAfter`, and write `at risk` and `dormant` here.");
            }

            return Check(map, map.Get(s_away, []));
        }

        if (!map.Has(s_atRisk) && !map.Has(s_dormant))
        {
            return s_defaults.Away;
        }

        AwayStage[] stages = [new(LifecycleStages.AtRisk, map.Get(s_atRisk, s_defaults.Away[0].AfterMs)), new(LifecycleStages.Dormant, map.Get(s_dormant, s_defaults.Away[1].AfterMs))];
        if (stages[0].AfterMs >= stages[1].AfterMs)
        {
            map.Place(s_dormant).Fail($"dormantAfter ({Duration.Format(stages[1].AfterMs)}) must be longer than atRiskAfter ({Duration.Format(stages[0].AfterMs)}).");
        }

        return stages;
    }

    private static IReadOnlyList<AwayStage> Check(MapReader map, IReadOnlyList<KeyValuePair<string, long>> entries)
    {
        if (entries.Count is 0 or > Limits.AwayStagesMax)
        {
            map.Place(s_away).Fail($"`away` has {entries.Count} stages; 1 to {Limits.AwayStagesMax} are allowed.{(entries.Count == 0 ? " Leave it out for the stages `at risk` and `dormant`." : "")}");
            return s_defaults.Away;
        }

        var stages = entries.Where(entry => entry.Key.Length > 0).Select(entry => new AwayStage(entry.Key, entry.Value)).OrderBy(stage => stage.AfterMs).ToArray();
        for (var i = 1; i < stages.Length; i++)
        {
            if (stages[i].AfterMs == stages[i - 1].AfterMs && stages[i].AfterMs > 0)
            {
                map.Place(s_away).Fail($"'{stages[i - 1].Id}' and '{stages[i].Id}' begin after the same time ({Duration.Format(stages[i].AfterMs)}): nobody would be at the first one.");
            }
        }

        return stages.Length > 0 ? stages : s_defaults.Away;
    }

    private static LifecycleDefinition Called(MapReader map, LifecycleDefinition lifecycle)
    {
        var place = map.Place(s_names);
        foreach (var (key, _) in (place.Node as YamlMap)?.Entries ?? [])
        {
            if (!lifecycle.Ids.Contains(key.Value, StringComparer.Ordinal))
            {
                place.Child(key.Value, key).Fail($"'{key.Value}' is not one of {string.Join(", ", lifecycle.Ids)}.{Suggest.Phrase(Suggest.For(key.Value, lifecycle.Ids))}");
            }
        }

        var called = map.Get(s_names, []).Where(entry => entry.Value.Length > 0).DistinctBy(entry => entry.Key, StringComparer.Ordinal).ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        var named = lifecycle with { Called = called };
        if (named.Names.Distinct(StringComparer.Ordinal).Count() < named.Names.Count)
        {
            place.Fail($"Two stages have one name: they are called {string.Join(", ", named.Names.Select(name => $"'{name}'"))}.");
        }

        return named;
    }

    /// <summary>A length of time; zero for what there is not to be.</summary>
    private sealed class DurationOrNone : ScalarType<long>
    {
        private const string None = "none";

        public override string Name => $"{Types.Duration.Name}, or `{None}`";

        protected override long Fallback => 1;

        public override JsonObject Schema(SchemaScope scope) => new() { ["anyOf"] = new JsonArray(new JsonObject { ["const"] = None }, Types.Duration.Schema(scope)) };

        protected override string? Parse(At at, string text, out long value)
        {
            value = 0;
            if (text == None)
            {
                return null;
            }

            return !Duration.TryParse(text, out value) ? $"{Duration.Explain(text)} Or write `{None}`: then there is no such stage." : value < 1 ? $"The duration {text} must be longer than zero; write `{None}` for no such stage." : null;
        }
    }

    /// <summary>What a stage is kept and counted by: words as people say them, since it is its name as well.</summary>
    private sealed class StageIdType : ScalarType<string>
    {
        private static readonly string[] s_taken = [LifecycleStages.New, LifecycleStages.Active, LifecycleStages.WonBack];

        public override string Name => "the name of a stage";

        protected override string Fallback => "";

        public override JsonObject Schema(SchemaScope scope) => new() { ["type"] = "string", ["maxLength"] = Limits.DefinitionIdLengthMax, ["not"] = new JsonObject { ["enum"] = new JsonArray(s_taken.Select(item => (JsonNode)item).ToArray()) } };

        protected override string? Parse(At at, string text, out string value)
        {
            value = text;
            return s_taken.Contains(text, StringComparer.Ordinal) ? $"'{text}' is a stage already, and not one of those who stay away: choose another name."
                : text.Length > Limits.DefinitionIdLengthMax ? $"The name '{text[..20]}…' has {text.Length} characters; at most {Limits.DefinitionIdLengthMax} are allowed."
                : !text.All(c => char.IsLetterOrDigit(c) || c is ' ' or '-') ? $"'{text}' is not a name of a stage: letters, digits, spaces and hyphens are, such as 'at risk'. What people read can be anything: say it under `names`."
                : null;
        }
    }
}
