using Triggers.Engine.Customers;
using Triggers.Engine.Measuring;
using Triggers.Engine.Records;

namespace Triggers.Runtime.Programs;

/// <summary>The facts as they were at an instant of the past, for replays; asked with instants that do not decrease.</summary>
internal sealed class FactReplay
{
    private readonly ProgramLibrary _library;
    private readonly IReadOnlyList<PastFact> _facts;
    private int _next;

    public FactReplay(ProgramLibrary library, FactJournal journal)
    {
        _library = library;
        _facts = journal.All;
        var first = _facts.FirstOrDefault(fact => fact.Kind == FactKind.ProgramActivated);
        Current = new Facts(library.Get((int)first.Number), new HashSet<string>(StringComparer.Ordinal));
    }

    public Facts Current { get; private set; }

    /// <summary>Only what is in force then is compiled: between two records of a customer there may be a year of versions.</summary>
    public Facts At(long at)
    {
        var (version, measured) = (Current.Program.Version, (PastFact?)null);
        HashSet<string>? paused = null;
        for (; _next < _facts.Count && _facts[_next].At <= at; _next++)
        {
            var fact = _facts[_next];
            switch (fact.Kind)
            {
                case FactKind.ProgramActivated:
                    version = (int)fact.Number;
                    break;
                case FactKind.Measured:
                    measured = fact;
                    break;
                case FactKind.CampaignPaused:
                    (paused ??= new HashSet<string>(Current.PausedCampaigns, StringComparer.Ordinal)).Add(fact.Subject);
                    break;
                default:
                    (paused ??= new HashSet<string>(Current.PausedCampaigns, StringComparer.Ordinal)).Remove(fact.Subject);
                    break;
            }
        }

        if (version != Current.Program.Version || measured is not null)
        {
            var measures = measured is { } last ? Measures.Parse(last.Number, last.At, last.Subject) : Current.Program.Measures;
            Current = Current with { Program = (version == Current.Program.Version ? Current.Program : _library.Get(version)).With(measures) };
        }

        Current = paused is null ? Current : Current with { PausedCampaigns = paused };
        return Current;
    }
}
