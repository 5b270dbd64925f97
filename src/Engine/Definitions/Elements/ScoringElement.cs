using Triggers.Engine.Definitions.Fields;

namespace Triggers.Engine.Definitions.Elements;

/// <summary>What scoring.yaml says.</summary>
internal sealed record ScoringFile(ScoringDefinition Scoring, IReadOnlyList<NamedScoreDefinition> Scores, LifecycleDefinition Lifecycle);

/// <summary>scoring.yaml as a whole: the engagement score, the others, and the lifecycle.</summary>
internal sealed class ScoringElement : Element<ScoringFile>
{
    private static readonly Field<IReadOnlyList<KeyValuePair<string, NamedScoreDefinition>>> s_scores =
        Field.Optional("scores", new MapType<NamedScoreDefinition>(Types.Id, new NamedScoreElement(), "a map of score ids"), "Further scores by id, read as `score('fit')`.");

    private static readonly Field<LifecycleDefinition?> s_lifecycle = Field.Optional<LifecycleDefinition?>("lifecycle", new LifecycleElement()!, "When customers become active, at risk, dormant, won back.");

    public override string Id => "scoring";

    public override string Help => "The engagement score, further scores, and the stages of a customer's life.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [ScoreFields.HalfLife, ScoreFields.Events, ScoreFields.Groups, ScoreFields.Grades, s_scores, s_lifecycle];

    protected override ScoringFile Build(MapReader map)
    {
        var scores = map.Get(s_scores, []).Select(entry => entry.Value with { Id = entry.Key, Name = entry.Value.Name.Length > 0 ? entry.Value.Name : DefinitionDraft.NameOf(entry.Key) }).ToList();
        if (scores.Any(score => score.Id == ScoreFields.Engagement))
        {
            map.Place(s_scores).Fail($"The score '{ScoreFields.Engagement}' stands at the top of the file, without a name: `score` means it.");
        }

        if (scores.Count > Limits.NamedScoresMax)
        {
            map.Place(s_scores).Fail($"There are {scores.Count} scores; at most {Limits.NamedScoresMax} are allowed.");
        }

        return new ScoringFile(ScoreFields.Build(map), scores, map.Get(s_lifecycle) ?? new LifecycleDefinition());
    }
}

/// <summary>One score of <c>scores</c>, still without its id.</summary>
internal sealed class NamedScoreElement : Element<NamedScoreDefinition>
{
    private static readonly Field<string> s_name = Field.Optional("name", Types.Text, "How people call it.", "made from the id");
    private static readonly Field<string> s_description = Field.Optional("description", Types.Text, "What it is for.");
    private static readonly Field<long> s_window = Field.Optional("window", Types.Duration, "Points count in full for this long, and then not at all. Instead of `halfLife`.");
    private static readonly Field<IReadOnlyList<FitRule>> s_fit = Field.Optional("fit", new ListType<FitRule>(new FitRuleElement(), "a list of conditions with points"), "Points for what the customer is, as long as it holds.");

    public override string Id => "score";

    public override string Help => "A score of its own.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_name, s_description, ScoreFields.HalfLife, s_window, ScoreFields.Events, ScoreFields.Groups, s_fit, ScoreFields.Grades];

    protected override NamedScoreDefinition Build(MapReader map)
    {
        if (map.Has(s_window) && map.Has(ScoreFields.HalfLife))
        {
            map.Place(s_window).Fail("Points either fade with a half-life or leave a window: take out `halfLife` or `window`.");
        }

        return new("", map.Get(s_name, ""), map.Get(s_description, ""), ScoreFields.Build(map) with { WindowMs = map.Get(s_window, 0), Fit = map.Get(s_fit, []) });
    }
}

/// <summary>Points for a customer of whom something holds.</summary>
internal sealed class FitRuleElement : Element<FitRule>
{
    private static readonly Field<Expressions.Expr?> s_when = Field.Required("when", SegmentElement.Condition, "Customers for whom this holds …");
    private static readonly Field<double> s_points = Field.Required("points", Types.Number, "… have these points; may be negative.");

    public override string Id => "fitRule";

    public override string Help => "Points for what the customer is.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_when, s_points];

    protected override FitRule Build(MapReader map) => new(map.Get(s_when) ?? new Expressions.LiteralExpr(Expressions.Value.False), map.Get(s_points, 0));
}
