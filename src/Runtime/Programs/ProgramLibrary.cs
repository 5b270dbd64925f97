using Triggers.Engine.Definitions;
using Triggers.Engine.Programs;
using Triggers.Storage;

namespace Triggers.Runtime.Programs;

/// <summary>Compiled programs by version, shared by every loop and replay, each compiled from all versions up to it. Those asked for last are held.</summary>
internal sealed class ProgramLibrary(IDefinitionStore store, FactJournal journal)
{
    private readonly Lock _lock = new();
    private readonly PastVersions _past = new(store);
    private readonly RecentlyUsed<DefinitionSet?> _whole = new(Limits.WholeVersionsMax);
    private readonly RecentlyUsed<Program> _programs = new(Limits.ProgramsMax);

    /// <summary>In force before any program was activated: knows no element, so it only counts.</summary>
    public static Program None { get; } = Program.Compile([new ProgramVersion(0, new DefinitionSet(), 0)]);

    /// <param name="activatedAt">The <c>at</c> of the fact in hand; 0: take it from the journal.</param>
    public Program Get(int version, long activatedAt = 0)
    {
        if (version == 0)
        {
            return None;
        }

        lock (_lock)
        {
            if (_programs.TryGet(version, out var program))
            {
                return program;
            }

            var history = HistoryOf(version, activatedAt);
            return history.Count == 0 || history[^1].Version != version
                ? throw new InvalidDataException($"Version {version} of the definitions is in force but not in the store, or this program cannot read it.")
                : _programs.Set(version, Program.Compile(history));
        }
    }

    /// <summary>Every version up to one, ascending; without templates.</summary>
    public IReadOnlyList<ProgramVersion> History(int version)
    {
        lock (_lock)
        {
            return HistoryOf(version, 0);
        }
    }

    /// <summary>A version with what was measured last over all customers: for whoever looks at customers as they are now.</summary>
    public Program Now(int version) => Get(version).With(journal.Measures);

    /// <summary>A version with its templates.</summary>
    public DefinitionSet? Definitions(int version)
    {
        lock (_lock)
        {
            return _whole.TryGet(version, out var held) ? held
                : store.Find(version) is { } saved ? _whole.Set(version, DefinitionLoader.LoadSaved(saved.Files).Definitions)
                : null;
        }
    }

    /// <summary>Spares parsing what was just validated.</summary>
    public void Remember(int version, DefinitionSet definitions)
    {
        lock (_lock)
        {
            _whole.Set(version, definitions);
        }
    }

    private List<ProgramVersion> HistoryOf(int version, long activatedAt)
    {
        var activations = journal.Activations();
        if ((activatedAt > 0 ? version - 1 : version) > journal.ProgramVersion)
        {
            // Another process may have told of it a moment ago, and every process compiles the same program.
            journal.Refresh();
            activations = journal.Activations();
        }

        var history = new List<ProgramVersion>();
        foreach (var past in _past.UpTo(version))
        {
            if (past.Definitions is { } definitions)
            {
                // The first version stands before every customer: nothing it introduces was missed by anybody.
                var at = past.Version == 1 ? 0
                    : past.Version == version && activatedAt > 0 ? activatedAt
                    : activations.GetValueOrDefault(past.Version, past.SavedAt);
                history.Add(new ProgramVersion(past.Version, definitions, at, past.Fills));
            }
        }

        return history;
    }
}
