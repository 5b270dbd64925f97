using Triggers.Runtime.Programs;

namespace Triggers.Runtime.Queries;

/// <summary>Campaigns paused by hand, as people see them: as soon as the fact is durable, though a loop may still be on its way there.</summary>
internal sealed class CampaignPauses(FactJournal journal)
{
    private volatile Known? _known;

    public bool IsPaused(string campaign)
    {
        var facts = journal.All;
        if (_known is not { } known || known.Facts != facts)
        {
            known = new Known(facts, FactJournal.PausedOf(facts));
            _known = known;
        }

        return known.Paused.Contains(campaign);
    }

    private sealed record Known(IReadOnlyList<PastFact> Facts, HashSet<string> Paused);
}
