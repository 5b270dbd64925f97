using Triggers.Engine.Definitions;

namespace Triggers.Engine.Programs;

/// <summary>
/// Definitions, compiled: indexed by event name so that an event touches only what mentions it. Immutable; shared by all loops.
/// Holds the current definitions and every earlier version of a campaign that may still have entries, since an entry runs the version it began with.
/// </summary>
public sealed class Program
{
    private Program(int version, DefinitionSet definitions)
    {
        Version = version;
        Definitions = definitions;
    }

    public int Version { get; }

    public DefinitionSet Definitions { get; }

    /// <param name="history">Every version up to the one to run, ascending; the last is in force.</param>
    public static Program Compile(IReadOnlyList<ProgramVersion> history) => new(history[^1].Version, history[^1].Definitions);
}

/// <param name="ActivatedAt">ms since 1970 when it came into force: elements it introduces are collecting for customers known before.</param>
public sealed record ProgramVersion(int Version, DefinitionSet Definitions, long ActivatedAt);
