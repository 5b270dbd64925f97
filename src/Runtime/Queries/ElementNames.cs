using Triggers.Engine.Definitions;

namespace Triggers.Runtime.Queries;

/// <summary>What marketers call their segments and campaigns; the id of one that is not defined any more.</summary>
internal sealed class ElementNames(DefinitionSet definitions)
{
    private readonly Dictionary<string, string> _segments = definitions.Segments.ToDictionary(segment => segment.Id, segment => segment.Name, StringComparer.Ordinal);
    private readonly Dictionary<string, string> _campaigns = definitions.Campaigns.ToDictionary(campaign => campaign.Id, campaign => campaign.Name, StringComparer.Ordinal);

    public string Segment(string id) => _segments.GetValueOrDefault(id, id);

    public string Campaign(string id) => _campaigns.GetValueOrDefault(id, id);
}
