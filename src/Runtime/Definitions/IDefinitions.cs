using Triggers.Engine.Definitions;

namespace Triggers.Runtime.Definitions;

/// <summary>The definitions in force, and their replacement through the log.</summary>
public interface IDefinitions
{
    int Version { get; }

    DefinitionSet Current { get; }

    /// <summary>The definitions of an earlier version (for messages decided under it); the current ones if that version is gone.</summary>
    DefinitionSet At(int version);

    /// <summary>Reads the folder again. Valid: saved as a new version and activated on every partition through the log. Invalid: nothing changes.</summary>
    Task<ReloadResult> ReloadAsync(CancellationToken cancellation);

    /// <summary>How the server's folder stands to the version in force; one of <see cref="FolderStates"/>.</summary>
    string Folder();

    /// <summary>What files would change; and, unless it is a trial, brings them into force as a new version. Invalid: nothing changes.</summary>
    /// <param name="expected">The version that they were made from; null: whichever is in force.</param>
    /// <exception cref="DefinitionsMovedException">Another version is in force.</exception>
    Task<ApplyResult> ApplyAsync(IReadOnlyList<DefinitionFile> files, int? expected, bool dryRun, CancellationToken cancellation);
}

/// <summary>How a definitions folder stands to what is in force, as texts that people and programs read.</summary>
public static class FolderStates
{
    public const string Same = "same";

    /// <summary>A reload would change something.</summary>
    public const string Differs = "differs";

    /// <summary>The server has none, or cannot read it.</summary>
    public const string None = "none";
}

/// <param name="Changed">false: it was a trial, or the files are those in force.</param>
/// <param name="Version">In force now.</param>
public sealed record ApplyResult(bool Valid, bool Changed, int Version, DefinitionPlan Plan, IReadOnlyList<DefinitionError> Errors)
{
    /// <summary>What is no error and may not be meant: static lists that nobody has uploaded.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <param name="Changed">false: the folder equals the version in force.</param>
public sealed record ReloadResult(bool Valid, bool Changed, int Version, IReadOnlyList<DefinitionError> Errors)
{
    /// <summary>As of <see cref="ApplyResult"/>.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
