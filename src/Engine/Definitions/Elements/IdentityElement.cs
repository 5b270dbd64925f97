using System.Text.Json.Nodes;
using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Expressions;

namespace Triggers.Engine.Definitions.Elements;

/// <summary>How many anonymous ids one customer takes in.</summary>
internal sealed record DeviceRule(int Ever, int Recently, long WithinMs);

/// <summary>Whether, and how often, customers with a userId each are merged.</summary>
internal sealed record PeopleRule(bool Merges, int Ever);

/// <summary>identity.yaml as a whole.</summary>
internal sealed class IdentityElement : Element<IdentityDefinition>
{
    private static readonly IdentityDefinition s_defaults = new();

    private static readonly Field<DeviceRule> s_devices = Field.Optional(
        "devices", new DeviceRuleElement(), "Limits for the anonymous ids of one customer.", $"{s_defaults.DevicesEver} ever, {s_defaults.DevicesRecently} within {Duration.Format(s_defaults.DevicesWithinMs)}");

    private static readonly Field<PeopleRule> s_people = Field.Optional(
        "people", new PeopleRuleElement(), "What an alias between two userIds does.", $"merges, {s_defaults.PeopleEver} ever");

    private static readonly Field<IReadOnlyList<string>> s_never = Field.Optional(
        "never", new ListType<string>(new NeverMergedType(), "a list of ids"), "userIds and anonymousIds that never merge, whatever the case of their letters; `*` at the beginning or the end stands for anything. The list takes the place of the default one.",
        string.Join(", ", IdentityDefinition.UsualAccidents));

    public override string Id => "identity";

    public override string Help => "Which ids are not merged. What a rule stops stays two customers, and can be merged by hand.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_devices, s_people, s_never];

    protected override IdentityDefinition Build(MapReader map)
    {
        var devices = map.Get(s_devices, new DeviceRule(s_defaults.DevicesEver, s_defaults.DevicesRecently, s_defaults.DevicesWithinMs));
        var people = map.Get(s_people, new PeopleRule(s_defaults.MergesPeople, s_defaults.PeopleEver));
        var never = map.Get(s_never, s_defaults.Never);
        if (never.Count > Limits.NeverMergedMax)
        {
            map.Place(s_never).Fail($"{never.Count} ids never merge here; at most {Limits.NeverMergedMax} are allowed: `*` stands for many.");
        }

        return new IdentityDefinition
        {
            DevicesEver = devices.Ever,
            DevicesRecently = devices.Recently,
            DevicesWithinMs = devices.WithinMs,
            MergesPeople = people.Merges,
            PeopleEver = people.Ever,
            Never = never,
        };
    }
}

/// <summary>The limits for anonymous ids.</summary>
internal sealed class DeviceRuleElement : Element<DeviceRule>
{
    private static readonly IdentityDefinition s_defaults = new();

    private static readonly Field<int> s_ever = Field.Optional("ever", Types.Count, "A customer takes in at most this many anonymous ids.", $"{s_defaults.DevicesEver}");
    private static readonly Field<int> s_recent = Field.Optional("recent", Types.Count, $"Of these at most this many (up to {Limits.MergeInstantsMax}) …", $"{s_defaults.DevicesRecently}");
    private static readonly Field<long> s_within = Field.Optional("within", Types.Duration, "… in any time of this length, by when the events happened.", Duration.Format(s_defaults.DevicesWithinMs));

    public override string Id => "devices";

    public override string Help => "Limits for the anonymous ids that one customer takes in. A site that sends one userId for everybody comes to them within minutes.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_ever, s_recent, s_within];

    protected override DeviceRule Build(MapReader map)
    {
        var rule = new DeviceRule(map.Get(s_ever, s_defaults.DevicesEver), map.Get(s_recent, s_defaults.DevicesRecently), map.Get(s_within, s_defaults.DevicesWithinMs));
        if (rule.Recently > Limits.MergeInstantsMax)
        {
            map.Place(s_recent).Fail($"'recent' is {rule.Recently}; a customer's latest {Limits.MergeInstantsMax} merges are remembered with their instants, so that is the most. `ever` takes more.");
        }

        return rule;
    }
}

/// <summary>What becomes of two known customers that an alias names.</summary>
internal sealed class PeopleRuleElement : Element<PeopleRule>
{
    private static readonly Field<string> s_merge = Field.Optional("merge", Types.OneOf("allow", "never"), "`never`: an alias merges anonymous ids only.", "allow");
    private static readonly Field<int> s_ever = Field.Optional("ever", Types.Count, "A customer takes in at most this many others that have a userId.", $"{new IdentityDefinition().PeopleEver}");

    public override string Id => "people";

    public override string Help => "Whether two customers with a userId each become one by an alias, and how often.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_merge, s_ever];

    protected override PeopleRule Build(MapReader map) => new(map.Get(s_merge, "allow") == "allow", map.Get(s_ever, new IdentityDefinition().PeopleEver));
}

/// <summary>An id that never merges, or the beginning, end or middle of such ids.</summary>
internal sealed class NeverMergedType : ScalarType<string>
{
    public override string Name => "an id such as guest or test-*";

    protected override string Fallback => "";

    public override JsonObject Schema(SchemaScope scope) => new() { ["type"] = new JsonArray("string", "number", "boolean", "null"), ["maxLength"] = Limits.ExpressionTextMax };

    protected override string? Parse(At at, string text, out string value)
    {
        value = text.Trim();
        return value.Length > Limits.ExpressionTextMax ? $"This id has {value.Length} characters; at most {Limits.ExpressionTextMax} are allowed."
            : value.Trim('*').Length == 0 ? "Expected an id; this one would be all of them, so that nobody merged."
            : value[1..^1].Contains('*', StringComparison.Ordinal) ? $"'{value}' has a * in the middle: it may stand at the beginning or the end only."
            : null;
    }
}
