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
}

/// <param name="Changed">false: the folder equals the version in force.</param>
public sealed record ReloadResult(bool Valid, bool Changed, int Version, IReadOnlyList<DefinitionError> Errors);
