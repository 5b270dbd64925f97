using Triggers.Engine.Customers;
using Triggers.Grains.Customers;

namespace Triggers.Grains.Partitions;

/// <summary>
/// The facts of a partition that records from the durable floor on were applied under: a grain that reads its missing records needs them. Behind a flush whose
/// commit is not durable yet, the floor before it still counts.
/// </summary>
internal sealed class FactsNotes
{
    private readonly Queue<(long Commit, long Floor)> _floors = new();
    private FactsNote[] _notes = [];

    /// <summary>The durable floor; −1: nothing was applied yet.</summary>
    public long Floor { get; private set; } = -1;

    /// <summary>Ascending by offset; a new array for every change.</summary>
    public FactsNote[] Since => _notes;

    public void Apply(long offset, Facts facts)
    {
        Floor = Floor < 0 ? offset : Floor;
        if (_notes.Length == 0 || !ReferenceEquals(_notes[^1].Known, facts))
        {
            _notes =
            [
                .. _notes,
                new FactsNote
                {
                    Offset = offset,
                    ProgramVersion = facts.Program.Version,
                    ActivatedAt = facts.Program.ActivatedAt,
                    PausedCampaigns = [.. facts.PausedCampaigns.Order(StringComparer.Ordinal)],
                    MeasuresNumber = facts.Program.Measures.Number,
                    MeasuredAt = facts.Program.Measures.At,
                    Measures = facts.Program.Measures.Print(),
                    Known = facts,
                },
            ];
        }
    }

    /// <summary>A commit that was given to the store moves the floor.</summary>
    public void Flush(long commit, long floor) => _floors.Enqueue((commit, floor));

    public void Committed(long commit)
    {
        while (_floors.TryPeek(out var next) && next.Commit <= commit)
        {
            Floor = _floors.Dequeue().Floor;
            var first = Array.FindLastIndex(_notes, note => note.Offset <= Floor);
            if (first > 0)
            {
                _notes = _notes[first..];
            }
        }
    }

    public void Clear()
    {
        _floors.Clear();
        _notes = [];
        Floor = -1;
    }
}
