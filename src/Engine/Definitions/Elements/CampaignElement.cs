using System.Text.Json.Nodes;
using Triggers.Engine.Definitions.Elements.Steps;
using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Expressions;
using Triggers.Engine.Text;

namespace Triggers.Engine.Definitions.Elements;

/// <summary>A file of campaigns/ as a whole.</summary>
internal sealed class CampaignElement : Element<CampaignDefinition>
{
    private static readonly Field<string> s_campaign = Field.Required("campaign", Types.Id, "Its id, unique among campaigns and never changed: counters and links carry it.");
    private static readonly Field<string> s_name = Field.Optional("name", Types.Text, "How people call it.", "made from the id");
    private static readonly Field<string> s_description = Field.Optional("description", Types.Text, "What it is for.");
    private static readonly Field<string> s_status = Field.Optional("status", Types.OneOf("draft", "live", "paused", "archived"), "draft: checked, but nobody enters. paused: nobody enters, and those inside get nothing. archived: over, with its counters kept; nobody enters, and those inside leave.", "live");
    private static readonly Field<TriggerDefinition?> s_trigger = Field.Required<TriggerDefinition?>("trigger", new TriggerElement()!, "What makes a customer enter.");
    private static readonly Field<Expr?> s_audience = Field.Optional("audience", new ConditionType(ExpressionScope.Customer), "Must hold at the moment of entry.", "everybody");
    private static readonly Field<ReentryRule?> s_reentry = Field.Optional<ReentryRule?>("reentry", new ReentryType()!, "`once`; `always`: again whenever not inside; `every 7d`: at the earliest so long after the last entry.", "once");
    private static readonly Field<Expr?> s_exit = Field.Optional("exit", new ConditionType(ExpressionScope.Campaign), "Ends the run the moment it holds; may say `since entry`.");
    private static readonly Field<GoalDefinition?> s_goal = Field.Optional<GoalDefinition?>("goal", new GoalElement()!, "What the campaign is for: counted as conversions, with revenue.");
    private static readonly Field<long> s_maxEventAge = Field.Optional("maxEventAge", Types.Duration, "An event older than this when it arrives makes nobody enter.", "1d");
    private static readonly Field<string> s_quietHours = Field.Optional("quietHours", Types.OneOf("keep", "ignore"), "ignore: its messages leave at any hour, as a receipt does.", "keep");
    private static readonly Field<IReadOnlyList<StepDefinition>> s_steps = Field.Required("steps", new StepsType(least: 1), "What happens to those inside, one after the other.");

    public override string Id => "campaign";

    public override string Help => "A campaign: a trigger, an audience, steps, and a goal.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_campaign, s_name, s_description, s_status, s_trigger, s_audience, s_reentry, s_exit, s_goal, s_maxEventAge, s_quietHours, s_steps];

    protected override CampaignDefinition Build(MapReader map) => new()
    {
        Id = map.Text(s_campaign),
        Name = map.Get(s_name, ""),
        Description = map.Get(s_description, ""),
        Status = map.Get(s_status, "live") switch
        {
            "draft" => CampaignStatus.Draft,
            "paused" => CampaignStatus.Paused,
            "archived" => CampaignStatus.Archived,
            _ => CampaignStatus.Live,
        },
        Trigger = map.Get(s_trigger) ?? new TriggerDefinition(TriggerKind.Event, ""),
        Audience = map.Get(s_audience),
        Reentry = map.Get(s_reentry) ?? new ReentryRule((long?)null),
        Exit = map.Get(s_exit),
        Goal = map.Get(s_goal),
        MaxEventAgeMs = map.Get(s_maxEventAge, 86_400_000),
        IgnoresQuietHours = map.Get(s_quietHours, "keep") == "ignore",
        Steps = map.Get(s_steps, []),
        ContentHash = Hash64.Of(map.At.Document.Text).ToString("x16", System.Globalization.CultureInfo.InvariantCulture),
    };
}

/// <summary><c>once</c>, <c>always</c> or <c>every 7d</c>.</summary>
internal sealed class ReentryType : ScalarType<ReentryRule>
{
    public override string Name => "`once` | `always` | `every 7d`";

    protected override ReentryRule Fallback { get; } = new((long?)null);

    public override JsonObject Schema(SchemaScope scope) => new() { ["type"] = "string", ["pattern"] = "^(once|always|every [0-9].*)$", ["examples"] = new JsonArray("once", "always", "every 7d") };

    protected override string? Parse(At at, string text, out ReentryRule value)
    {
        value = Fallback;
        if (text is "once" or "always")
        {
            value = new ReentryRule(text == "once" ? null : 0);
            return null;
        }

        if (!text.StartsWith("every ", StringComparison.Ordinal))
        {
            return $"'{text}' is not one of once, always, every 7d.{Suggest.Phrase(Suggest.For(text, ["once", "always"]))}";
        }

        var every = text["every ".Length..].Trim();
        if (!Duration.TryParse(every, out var length) || length == 0)
        {
            return Duration.Explain(every);
        }

        value = new ReentryRule(length);
        return null;
    }
}

/// <summary>The goal of a campaign.</summary>
internal sealed class GoalElement : Element<GoalDefinition>
{
    private static readonly Field<string> s_event = Field.Required("event", Types.EventName, "The event that counts as a conversion.");
    private static readonly Field<Expr?> s_where = Field.Optional("where", new ConditionType(ExpressionScope.Event), "Only events for which this holds.");
    private static readonly Field<string> s_value = Field.Optional("value", Types.PropertyPath, "The property that holds its worth in major units (19.99).", "a conversion without revenue");
    private static readonly Field<long> s_within = Field.Optional("within", Types.Duration, "Counts until this long after the entry, inside or not.", "7d");

    public override string Id => "goal";

    public override string Help => "What the campaign is for.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_event, s_where, s_value, s_within];

    protected override GoalDefinition Build(MapReader map) => new(map.Text(s_event), map.Get(s_where), map.Get(s_value), map.Get(s_within, 7 * 86_400_000L));
}
