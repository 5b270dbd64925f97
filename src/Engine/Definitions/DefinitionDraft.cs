using Triggers.Engine.Definitions.Elements;
using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Definitions.Yaml;

namespace Triggers.Engine.Definitions;

/// <summary>The definitions while files are read: what does not need the whole folder is checked as it comes.</summary>
internal sealed class DefinitionDraft
{
    private readonly Dictionary<string, (At At, CampaignDefinition Campaign)> _campaigns = new(StringComparer.Ordinal);

    public List<SourceDefinition> Sources { get; } = [];

    public List<SegmentDefinition> Segments { get; } = [];

    public List<ComputedTraitDefinition> ComputedTraits { get; } = [];

    public ScoringFile Scoring { get; private set; } = new(new ScoringDefinition(), [], new LifecycleDefinition());

    public OrderDefinition? Orders { get; private set; }

    public SendingDefinition Sending { get; private set; } = new();

    public IdentityDefinition Identity { get; private set; } = new();

    public TrackingPlan? Plan { get; private set; }

    public IEnumerable<CampaignDefinition> Campaigns => _campaigns.Values.Select(entry => entry.Campaign);

    public void AddSources(At at, IReadOnlyList<KeyValuePair<string, SourceDefinition>> sources)
    {
        foreach (var (id, source) in sources)
        {
            if (Sources.Find(other => other.WriteKey == source.WriteKey) is { } twin && source.WriteKey.Length > 0)
            {
                var node = (at.Node as YamlMap)?.Find(id) ?? at.Node;
                at.Child($"{id}.writeKey", (node as YamlMap)?.Find("writeKey") ?? node).Fail($"The write key '{source.WriteKey}' belongs to the source '{twin.Id}' already.");
            }

            Sources.Add(source with { Id = id, Name = source.Name.Length > 0 ? source.Name : NameOf(id) });
        }
    }

    public void AddSegments(IReadOnlyList<KeyValuePair<string, SegmentDefinition>> segments)
    {
        foreach (var (id, segment) in segments)
        {
            Segments.Add(segment with { Id = id, Name = segment.Name.Length > 0 ? segment.Name : NameOf(id) });
        }
    }

    public void AddComputedTraits(IReadOnlyList<KeyValuePair<string, ComputedTraitDefinition>> traits)
    {
        foreach (var (id, trait) in traits)
        {
            ComputedTraits.Add(trait with { Id = id, Name = trait.Name.Length > 0 ? trait.Name : NameOf(id) });
        }
    }

    /// <summary>Files come in the order of their paths: traits.yaml is known when value.yaml is read.</summary>
    public void AddValue(At at, ValueFile value)
    {
        var traits = value.Traits;
        Orders = value.Orders;
        foreach (var twin in ComputedTraits.Where(trait => traits.Any(item => item.Key == trait.Id)))
        {
            at.Fail($"value.yaml brings the computed trait '{twin.Id}', and traits.yaml has one of that id: give that one another id.");
        }

        AddComputedTraits([.. traits.Where(item => !ComputedTraits.Exists(trait => trait.Id == item.Key))]);
    }

    public void SetScoring(ScoringFile scoring) => Scoring = scoring;

    public void SetSending(SendingDefinition sending) => Sending = sending;

    public void SetIdentity(IdentityDefinition identity) => Identity = identity;

    public void SetPlan(TrackingPlan plan) => Plan = plan;

    public void AddCampaign(At at, CampaignDefinition campaign)
    {
        CampaignRules.CheckSteps(at, campaign);
        if (campaign.Id.Length == 0)
        {
            return;
        }

        if (_campaigns.TryGetValue(campaign.Id, out var twin))
        {
            at.Child("campaign", (at.Node as YamlMap)?.Find("campaign") ?? at.Node).Fail($"The campaign '{campaign.Id}' stands in {twin.At.Document.Path} already.");
            return;
        }

        _campaigns.Add(campaign.Id, (at, campaign with { Name = campaign.Name.Length > 0 ? campaign.Name : NameOf(campaign.Id) }));
    }

    /// <summary><c>abandoned-cart</c> → <c>Abandoned cart</c>.</summary>
    public static string NameOf(string id) => id.Length == 0 ? "" : char.ToUpperInvariant(id[0]) + id[1..].Replace('-', ' ');
}
