using Triggers.Engine.Definitions;

namespace Triggers.Runtime.Definitions;

/// <summary>Thrown at start when the definitions folder has errors: a server without valid definitions does not begin.</summary>
public sealed class DefinitionsInvalidException(string folder, IReadOnlyList<DefinitionError> errors)
    : Exception($"The definitions in '{folder}' have {errors.Count} error{(errors.Count == 1 ? "" : "s")}:{Environment.NewLine}{string.Join(Environment.NewLine, errors.Take(20))}")
{
    public IReadOnlyList<DefinitionError> Errors { get; } = errors;
}
