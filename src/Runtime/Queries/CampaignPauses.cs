using System.Collections.Concurrent;
using Triggers.Runtime.Hosting;

namespace Triggers.Runtime.Queries;

/// <summary>Campaigns paused by hand, as people see them: as soon as the fact is durable, though a loop may still be on its way there.</summary>
internal sealed class CampaignPauses
{
    private readonly ConcurrentDictionary<string, bool> _paused = new(StringComparer.Ordinal);

    public CampaignPauses(PartitionStatus any)
    {
        foreach (var campaign in any.PausedCampaigns)
        {
            _paused[campaign] = true;
        }
    }

    public bool IsPaused(string campaign) => _paused.ContainsKey(campaign);

    public void Set(string campaign, bool paused)
    {
        if (paused)
        {
            _paused[campaign] = true;
        }
        else
        {
            _paused.TryRemove(campaign, out _);
        }
    }
}
