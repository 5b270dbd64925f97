using Triggers.Engine.Definitions.Elements;
using Triggers.Engine.Definitions.Fields;

namespace Triggers.Engine.Definitions;

/// <summary>A kind of YAML file in a definitions folder.</summary>
/// <param name="Id">Name of its schema: <c>segments</c>.</param>
/// <param name="Path">Where it lies: <c>segments.yaml</c>, or <c>campaigns/*.yaml</c>.</param>
internal abstract record DefinitionKind(string Id, string Path, string Help)
{
    public bool Matches(string path) =>
        Path.EndsWith("*.yaml", StringComparison.Ordinal)
            ? path.StartsWith(Path[..^6], StringComparison.Ordinal) && path.EndsWith(".yaml", StringComparison.Ordinal) && path.IndexOf('/', Path.Length - 6) < 0
            : string.Equals(path, Path, StringComparison.Ordinal);

    public abstract System.Text.Json.Nodes.JsonObject Schema(SchemaScope scope);

    public abstract void Read(At at, DefinitionDraft draft);
}

/// <inheritdoc />
internal sealed record DefinitionKind<T>(string Id, string Path, string Help, FieldType<T> Type, Action<DefinitionDraft, At, T> Add) : DefinitionKind(Id, Path, Help)
{
    public override System.Text.Json.Nodes.JsonObject Schema(SchemaScope scope) => Type.Schema(scope);

    public override void Read(At at, DefinitionDraft draft) => Add(draft, at, Type.Read(at));
}

/// <summary>Every kind of YAML file there is.</summary>
internal static class DefinitionKinds
{
    public static IReadOnlyList<DefinitionKind> All { get; } =
    [
        new DefinitionKind<IReadOnlyList<KeyValuePair<string, SourceDefinition>>>(
            "sources", "sources.yaml", "The sites and apps that stream events: id and settings.",
            new MapType<SourceDefinition>(Types.Id, new SourceElement(), "a map of source ids"), (draft, at, sources) => draft.AddSources(at, sources)),
        new DefinitionKind<IReadOnlyList<KeyValuePair<string, SegmentDefinition>>>(
            "segments", "segments.yaml", "The segments: id and condition, or id and a map with name, description, when.",
            new MapType<SegmentDefinition>(Types.Id, SegmentElement.Any, "a map of segment ids"), (draft, _, segments) => draft.AddSegments(segments)),
        new DefinitionKind<IReadOnlyList<KeyValuePair<string, ComputedTraitDefinition>>>(
            "traits", "traits.yaml", "The computed traits: id and value, or id and a map with name, description, value.",
            new MapType<ComputedTraitDefinition>(Types.Id, ComputedTraitElement.Any, "a map of trait ids"), (draft, _, traits) => draft.AddComputedTraits(traits)),
        new DefinitionKind<ScoringFile>("scoring", "scoring.yaml", "The engagement score, further scores, and the lifecycle.", new ScoringElement(), (draft, _, file) => draft.SetScoring(file)),
        new DefinitionKind<ValueFile>("value", "value.yaml", "What an order is, for revenue and RFM.", new ValueElement(), (draft, at, value) => draft.AddValue(at, value)),
        new DefinitionKind<SendingDefinition>("sending", "sending.yaml", "Rules for everything that is sent.", new SendingElement(), (draft, _, sending) => draft.SetSending(sending)),
        new DefinitionKind<IdentityDefinition>("identity", "identity.yaml", "Which ids are not merged.", new IdentityElement(), (draft, _, identity) => draft.SetIdentity(identity)),
        new DefinitionKind<TrackingPlan>("plan", "plan.yaml", "What events are expected to look like.", new PlanElement(), (draft, _, plan) => draft.SetPlan(plan)),
        new DefinitionKind<CampaignDefinition>("campaign", "campaigns/*.yaml", "One campaign a file.", new CampaignElement(), (draft, at, campaign) => draft.AddCampaign(at, campaign)),
    ];
}
