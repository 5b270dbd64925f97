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

    public Facts At(long at)
    {
        for (; _next < _facts.Count && _facts[_next].At <= at; _next++)
        {
            var fact = _facts[_next];
            if (fact.Kind == FactKind.ProgramActivated)
            {
                Current = Current with { Program = _library.Get((int)fact.Number).With(Current.Program.Measures) };
                continue;
            }

            if (fact.Kind == FactKind.Measured)
            {
                Current = Current with { Program = Current.Program.With(Measures.Parse(fact.Number, fact.At, fact.Subject)) };
                continue;
            }

            var paused = new HashSet<string>(Current.PausedCampaigns, StringComparer.Ordinal);
            _ = fact.Kind == FactKind.CampaignPaused ? paused.Add(fact.Subject) : paused.Remove(fact.Subject);
            Current = Current with { PausedCampaigns = paused };
        }

        return Current;
    }
}
