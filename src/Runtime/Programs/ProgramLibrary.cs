using Triggers.Engine.Definitions;
using Triggers.Engine.Programs;
using Triggers.Storage;

namespace Triggers.Runtime.Programs;

/// <summary>Compiled programs by version, shared by every loop and replay. A version is compiled once, from all versions up to it.</summary>
internal sealed class ProgramLibrary(IDefinitionStore store, FactJournal journal)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, DefinitionSet?> _definitions = [];
    private readonly Dictionary<int, Program> _programs = [];

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
            if (!_programs.TryGetValue(version, out var program))
            {
                var history = HistoryOf(version, activatedAt);
                program = history.Count == 0 || history[^1].Version != version
                    ? throw new InvalidDataException($"Version {version} of the definitions is in force but not in the store, or this program cannot read it.")
                    : Program.Compile(history);
                _programs[version] = program;
            }

            return program;
        }
    }

    /// <summary>Every version up to one, ascending.</summary>
    public IReadOnlyList<ProgramVersion> History(int version)
    {
        lock (_lock)
        {
            return HistoryOf(version, 0);
        }
    }

    /// <summary>A version with what was measured last over all customers: for whoever looks at customers as they are now.</summary>
    public Program Now(int version) => Get(version).With(journal.Measures);

    public DefinitionSet? Definitions(int version)
    {
        lock (_lock)
        {
            return store.Find(version) is { } saved ? Parse(saved) : null;
        }
    }

    /// <summary>Spares parsing what was just validated.</summary>
    public void Remember(int version, DefinitionSet definitions)
    {
        lock (_lock)
        {
            _definitions[version] = definitions;
        }
    }

    private List<ProgramVersion> HistoryOf(int version, long activatedAt)
    {
        var history = new List<ProgramVersion>();
        foreach (var saved in store.All())
        {
            if (saved.Version <= version && Parse(saved) is { } definitions)
            {
                var at = saved.Version == version && activatedAt > 0 ? activatedAt : ActivatedAt(saved);

                // The first version stands before every customer: nothing it introduces was missed by anybody.
                history.Add(new ProgramVersion(saved.Version, definitions, saved.Version == 1 ? 0 : at, saved.Fills));
            }
        }

        return history;
    }

    private long ActivatedAt(DefinitionVersion saved)
    {
        if (journal.ActivatedAt(saved.Version) is { } known)
        {
            return known;
        }

        // Another process may have told of it a moment ago, and every process compiles the same program.
        journal.Refresh();
        return journal.ActivatedAt(saved.Version) ?? saved.SavedAt;
    }

    private DefinitionSet? Parse(DefinitionVersion saved)
    {
        if (!_definitions.TryGetValue(saved.Version, out var definitions))
        {
            definitions = DefinitionLoader.LoadSaved(saved.Files).Definitions;
            _definitions[saved.Version] = definitions;
        }

        return definitions;
    }
}
